//! The rounds: many people sign in, at everybody who is measured, in turn.
//!
//! A round goes through all of them before the next begins, each time in another order, so that
//! what else the machine does meanwhile meets all alike. The first round only warms them up.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use axum::body::Bytes;
use hyper::Method;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::load::{self, Call, Run};
use crate::servers::{API_KEY, Kind, Server, basic};

/// How many sign in at each in a round.
pub(crate) const PEOPLE: usize = 8_000;

/// How many of them do so one after the other, before the others come.
const ALONE: usize = 400;

/// So many rounds at the most, and so few to see what a change is worth.
pub(crate) const MOST: usize = 7;
pub(crate) const BRIEF: usize = 3;

/// After this no further round begins.
const LONGEST: Duration = Duration::from_secs(190);

/// What is asked of somebody, one thing at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    Ticket,
    /// A start while nobody else asks.
    Alone,
    Start,
    Verify,
    Redeem,
}

/// What one round came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// What the processor had to do for one request, in the server that is measured.
    pub(crate) cpu: Duration,
}

/// All rounds of all servers.
pub(crate) struct Rounds {
    pub(crate) many: usize,
    samples: HashMap<(&'static str, Asked), Vec<Sample>>,
}

/// The medians of the rounds, each by itself.
#[derive(Clone, Copy)]
pub(crate) struct Medians {
    pub(crate) per_second: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) cpu: f64,
}

impl Rounds {
    /// Milliseconds and requests in a second; nothing if that was not asked of this server.
    pub(crate) fn medians(&self, server: &'static str, asked: Asked) -> Option<Medians> {
        let samples = self.samples.get(&(server, asked))?;
        let of = |value: fn(&Sample) -> f64| median(samples.iter().map(value).collect());
        Some(Medians {
            per_second: of(|it| it.per_second),
            p50: of(|it| it.p50.as_secs_f64() * 1e3),
            p99: of(|it| it.p99.as_secs_f64() * 1e3),
            cpu: of(|it| it.cpu.as_secs_f64() * 1e6),
        })
    }
}

/// The value in the middle, or between the two that are there.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (below, above) = (values.len().saturating_sub(1) / 2, values.len() / 2);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    f64::midpoint(at(below), at(above))
}

/// Has all of them asked, round by round, for as long as there is time.
pub(crate) fn walk(emulator: &Server, servers: &[&Server], most: usize) -> Result<Rounds> {
    let mut rounds = Rounds { many: 0, samples: HashMap::new() };
    let length = body_length(servers)?;
    let began = Instant::now();
    for round in 0..=most {
        if began.elapsed() > LONGEST {
            break;
        }
        crate::say(format_args!("Round {round} of {most}"));
        for turn in 0..servers.len() {
            let server = servers[(turn + round) % servers.len()];
            let samples = sign_in(emulator, server, round, length)
                .with_context(|| format!("{} in round {round}", server.name))?;
            for (asked, sample) in samples.into_iter().filter(|_| round > 0) {
                rounds.samples.entry((server.name, asked)).or_default().push(sample);
            }
        }
        rounds.many = round;
    }
    Ok(rounds)
}

/// As many sign in as one round has, from the ticket to the receipt.
fn sign_in(
    emulator: &Server,
    server: &Server,
    round: usize,
    length: usize,
) -> Result<Vec<(Asked, Sample)>> {
    forget(emulator)?;
    let people = round * PEOPLE..(round + 1) * PEOPLE;
    let mut samples = Vec::new();
    let mut measured = |asked: Asked, to: SocketAddr, calls: Vec<Call>| -> Result<Run> {
        let before = server.process.cpu()?;
        let run = if asked == Asked::Alone { load::alone(to, calls) } else { load::run(to, calls) };
        let run = run?;
        samples.push((asked, sample(&run, server.process.cpu()?.saturating_sub(before))));
        Ok(run)
    };
    let bodies: Vec<String> = match server.kind {
        Kind::Proxy { private } => {
            let calls = people.clone().map(|person| backend(private, "/tickets", &ticket(person)));
            let run = measured(Asked::Ticket, private, calls.collect::<Result<_>>()?)?;
            let sealed = run.answers.iter().map(|answer| field(answer, "ticket"));
            sealed.map(|it| Ok(json!({ "ticket": it? }).to_string())).collect::<Result<_>>()?
        }
        Kind::Emulator | Kind::PassesOn => {
            people.clone().map(|person| plain_body(person, length)).collect()
        }
    };

    let starts = bodies.into_iter().map(|body| page(server, "/sms", body));
    let mut alone: Vec<Call> = starts.collect::<Result<_>>()?;
    let together = alone.split_off(ALONE.min(alone.len()));
    let alone = measured(Asked::Alone, server.public, alone)?;
    let together = measured(Asked::Start, server.public, together)?;

    let tokens = outbox(emulator)?;
    let numbers = people.map(number);
    let started = alone.answers.iter().zip(numbers.clone());
    let started = started.chain(together.answers.iter().zip(numbers.skip(ALONE)));
    let calls = started.map(|(answer, number)| {
        let token = tokens.get(&number).context("a number was sent no token")?;
        let path = format!("/{}/verify", field(answer, "id")?);
        page(server, &path, json!({ "token": token }).to_string())
    });
    let calls: Vec<_> = calls.collect::<Result<_>>()?;
    let verified = measured(Asked::Verify, server.public, calls)?;
    anyhow::ensure!(verified.answers.iter().all(is_success), "a right token was not taken");

    if let Kind::Proxy { private } = server.kind {
        let calls = verified.answers.iter().map(|answer| {
            let receipt = json!({ "receipt": field(answer, "receipt")? });
            backend(private, "/receipts/redeem", &receipt)
        });
        measured(Asked::Redeem, private, calls.collect::<Result<_>>()?)?;
    }
    Ok(samples)
}

fn sample(run: &Run, cpu: Duration) -> Sample {
    let many = run.waits.len();
    let within = |hundredths: usize| run.waits[(many * hundredths / 100).min(many - 1)];
    Sample {
        per_second: f64::from(u32::try_from(many).unwrap_or(u32::MAX)) / run.took.as_secs_f64(),
        p50: within(50),
        p99: within(99),
        cpu: cpu / u32::try_from(many).unwrap_or(u32::MAX),
    }
}

/// What a page sends, to everybody the same: only the emulator itself has to be shown credentials.
fn page(server: &Server, path: &str, body: String) -> Result<Call> {
    let (origin, key) = (format!("http://{}", server.public), Uuid::new_v4().to_string());
    let mut headers = vec![
        ("origin", origin.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("idempotency-key", key.as_str()),
    ];
    let basic = basic();
    let mut path = path.to_owned();
    if server.kind == Kind::Emulator {
        headers.push(("authorization", &basic));
        path.insert_str(0, "/api/relay/rest/mfa");
    }
    load::call(Method::POST, server.public, &path, &headers, body)
}

pub(crate) fn backend(private: SocketAddr, path: &str, body: &serde_json::Value) -> Result<Call> {
    let key = format!("Bearer {API_KEY}");
    load::call(Method::POST, private, path, &[("authorization", &key)], body.to_string())
}

pub(crate) fn ticket(person: usize) -> serde_json::Value {
    json!({ "subject": format!("person {person}"), "to": number(person) })
}

/// What a start without a ticket says: as long as one with it. The emulator passes over what it
/// does not know.
fn plain_body(person: usize, length: usize) -> String {
    let least = json!({ "to": number(person), "ticket": "" }).to_string().len();
    let filling = ".".repeat(length.saturating_sub(least));
    json!({ "to": number(person), "ticket": filling }).to_string()
}

/// How long the body of a start is that has a ticket.
fn body_length(servers: &[&Server]) -> Result<usize> {
    let private = servers.iter().find_map(|server| match server.kind {
        Kind::Proxy { private } => Some(private),
        Kind::Emulator | Kind::PassesOn => None,
    });
    let private = private.context("no proxy is measured")?;
    let answer = load::ask(private, backend(private, "/tickets", &ticket(0))?)?;
    Ok(json!({ "ticket": field(&answer, "ticket")? }).to_string().len())
}

/// A number of its own for everybody.
pub(crate) fn number(person: usize) -> String {
    format!("+447400{person:06}")
}

/// Everything at the emulator as it was at first, so that nobody finds it fuller than another.
fn forget(emulator: &Server) -> Result<()> {
    let call = load::call(Method::DELETE, emulator.public, "/_emulator", &[], String::new())?;
    load::ask(emulator.public, call).map(drop)
}

/// Who was sent which token.
fn outbox(emulator: &Server) -> Result<HashMap<String, String>> {
    #[derive(Deserialize)]
    struct Delivery {
        to: String,
        token: String,
    }
    let call = load::call(Method::GET, emulator.public, "/_emulator/outbox", &[], String::new())?;
    let deliveries: Vec<Delivery> = serde_json::from_slice(&load::ask(emulator.public, call)?)?;
    Ok(deliveries.into_iter().map(|delivery| (delivery.to, delivery.token)).collect())
}

fn field(answer: &Bytes, name: &str) -> Result<String> {
    let answer: serde_json::Value = serde_json::from_slice(answer)?;
    let text = answer[name].as_str().with_context(|| format!("an answer has no {name}"))?;
    Ok(text.to_owned())
}

fn is_success(answer: &Bytes) -> bool {
    serde_json::from_slice::<serde_json::Value>(answer).is_ok_and(|it| it["success"] == true)
}
