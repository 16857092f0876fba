//! What the person at the terminal reads: one short line a step, with the time since the start.

use std::fmt;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Says in plain words what is being done now.
pub(crate) fn say(what: impl fmt::Display) {
    eprintln!("[{:>7}] {what}", Elapsed(STARTED.elapsed()).to_string());
}

/// A duration as people read it: `0.4 s`, `12.3 s`, `3m04s`.
pub(crate) struct Elapsed(pub(crate) Duration);

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        if seconds < 60 {
            write!(f, "{:.1} s", self.0.as_secs_f64())
        } else {
            write!(f, "{}m{:02}s", seconds / 60, seconds % 60)
        }
    }
}

/// The steps that have passed, for the summary at the end.
#[derive(Default)]
pub(crate) struct Summary(Vec<(&'static str, Duration)>);

impl Summary {
    pub(crate) fn passed(&mut self, step: &'static str, took: Duration) {
        self.0.push((step, took));
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (step, took) in &self.0 {
            writeln!(f, "  {step:<12} {:>8}", Elapsed(*took).to_string())?;
        }
        let total = self.0.iter().map(|(_, took)| *took).sum();
        let steps = if self.0.len() == 1 { "step" } else { "steps" };
        write!(f, "All good: {} {steps} passed in {}.", self.0.len(), Elapsed(total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_seconds_and_from_a_minute_on_as_minutes() {
        assert_eq!(Elapsed(Duration::from_millis(420)).to_string(), "0.4 s");
        assert_eq!(Elapsed(Duration::from_secs(184)).to_string(), "3m04s");
    }

    #[test]
    fn the_summary_names_each_step_and_adds_up_the_time() {
        let mut summary = Summary::default();
        summary.passed("fmt", Duration::from_secs(1));
        summary.passed("native", Duration::from_secs(62));
        let text = summary.to_string();
        assert!(text.contains("fmt             1.0 s"), "{text}");
        assert!(text.ends_with("All good: 2 steps passed in 1m03s."), "{text}");
    }
}
