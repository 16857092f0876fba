//! The log of the program: one line an event, for people or for a collector.
//!
//! What is in a line is each module's matter; nothing is taken out here.

use clap::ValueEnum;
use tracing::Dispatch;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object a line, with the request's `id` and `route` in `span`.
    Json,
}

/// What is told of everything that happens, for as long as it is the default.
pub(crate) fn lines<Writer>(
    format: Format,
    filter: EnvFilter,
    colours: bool,
    writer: Writer,
) -> Dispatch
where
    Writer: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match format {
        Format::Text => Dispatch::new(lines.with_ansi(colours).finish()),
        Format::Json => {
            let lines = lines.json().flatten_event(true).with_span_list(false);
            Dispatch::new(lines.finish())
        }
    }
}
