//! The report, as a section of `docs/performance.md`.

use std::fmt;
use std::fs;
use std::process::Command;
use std::thread;

use chrono::DateTime;
use mfa_proxy::Clock;

use crate::cold::Cold;
use crate::hurried;
use crate::inside::{Part, Through};
use crate::load::CONNECTIONS;
use crate::million::Stand;
use crate::rounds::{Asked, PEOPLE, Rounds};
use crate::servers::{program, proxy_program};
use crate::soak::{self, FLAT, STEADY_AFTER, Soak};

pub(crate) const NGINX: &str = "nginx `proxy_pass`";
pub(crate) const PLAIN: &str = "axum and reqwest, passing on";
pub(crate) const MEMORY: &str = "mfa-proxy";
pub(crate) const REDIS: &str = "mfa-proxy, Redis";
pub(crate) const NO_LIMITS: &str = "mfa-proxy, no limits on sends";
pub(crate) const OTHER: &str = "mfa-proxy, the other build";
pub(crate) const NGINX_LOG: &str = "nginx, access log";
pub(crate) const MEMORY_LOG: &str = "mfa-proxy, log";

/// All that was measured.
pub(crate) struct Report {
    pub(crate) million: Vec<Stand>,
    /// With no limits on sends.
    pub(crate) full: Stand,
    pub(crate) parts: Vec<Part>,
    pub(crate) through: Through,
    pub(crate) cold: Cold,
    pub(crate) beside: Beside,
    pub(crate) soaks: Vec<Soak>,
}

/// All who were asked, in rounds.
pub(crate) struct Beside {
    pub(crate) rounds: Rounds,
    /// Of each server, in kilobytes: before anybody asked, and after all rounds.
    pub(crate) memory: Vec<(&'static str, (u64, u64))>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", machine())?;
        self.goals(f)?;
        writeln!(
            f,
            "\n### Beside nginx\n\n\
             {CONNECTIONS} connections, kept alive, each asking again when it is answered; medians \
             of {many} interleaved rounds of {PEOPLE} sign-ins each, after one to warm up. `÷` is \
             the ratio to nginx of these medians. CPU is what the server's own processes took for \
             one request, in µs. Whoever asks and the emulator share the {cores} cores with who is \
             measured; nginx has two workers, the proxy a thread for each core. Nobody logs but \
             where it says so. All get bodies of the same length and the same headers. The proxy \
             has every protection on, and the windows of the default limits with rates that are \
             not used up. What only passes on is the least that can be built of axum and \
             reqwest.\n",
            many = self.beside.rounds.many,
            cores = cores()
        )?;
        writeln!(f, "{}", self.beside)?;
        self.inside(f)?;
        self.million(f)?;
        Soaks(&self.soaks).fmt(f)
    }
}

impl fmt::Display for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.alone(f)?;
        for (asked, title) in [(Asked::Start, "POST /sms"), (Asked::Verify, "POST /{id}/verify")] {
            self.one(f, asked, title)?;
        }
        self.private(f)?;
        self.memory(f)
    }
}

impl Report {
    fn goals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ratio = |asked, of: fn(&crate::rounds::Medians) -> f64| {
            let nginx = self.beside.rounds.medians(NGINX, asked).as_ref().map(of);
            let ours = self.beside.rounds.medians(MEMORY, asked).as_ref().map(of);
            ours.zip(nginx).map_or(f64::NAN, |(ours, nginx)| ours / nginx)
        };
        let both = |of| (ratio(Asked::Start, of), ratio(Asked::Verify, of));
        let ((start, verify), (start_p99, verify_p99)) =
            (both(|it| it.per_second), both(|it| it.p99));
        let Cold { listens, answers, size } = self.cold;
        let size = size as f64 / 1e6;
        writeln!(f, "| goal | is |\n|---|---|")?;
        writeln!(
            f,
            "| requests in a second, to nginx's: 0.80 | start {start:.2}, verify {verify:.2} |"
        )?;
        writeln!(f, "| p99, to nginx's: 2.0 | start {start_p99:.1}, verify {verify_p99:.1} |")?;
        writeln!(
            f,
            "| from the call to the first answer: 100 ms | {answers:.1} ms; listening after \
             {listens:.1} ms |"
        )?;
        writeln!(f, "| the program: 15 MB | {size:.1} MB |")?;
        Soaks(&self.soaks).goal(f)
    }
}

impl Beside {
    fn one(&self, f: &mut fmt::Formatter<'_>, asked: Asked, title: &str) -> fmt::Result {
        writeln!(f, "| `{title}` | /s | ÷ | p50 ms | ÷ | p99 ms | ÷ | CPU µs |")?;
        writeln!(f, "|---|--:|--:|--:|--:|--:|--:|--:|")?;
        let nginx = self.rounds.medians(NGINX, asked);
        for (server, _) in &self.memory {
            let Some((it, nginx)) = self.rounds.medians(server, asked).zip(nginx) else {
                continue;
            };
            writeln!(
                f,
                "| {server} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} |",
                it.per_second,
                it.per_second / nginx.per_second,
                it.p50,
                it.p50 / nginx.p50,
                it.p99,
                it.p99 / nginx.p99,
                it.cpu
            )?;
        }
        writeln!(f)
    }

    fn alone(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| `POST /sms`, one at a time | p50 ms | ÷ | p99 ms | ÷ |\n\
             |---|--:|--:|--:|--:|"
        )?;
        let nginx = self.rounds.medians(NGINX, Asked::Alone);
        for (server, _) in &self.memory {
            let Some((it, nginx)) = self.rounds.medians(server, Asked::Alone).zip(nginx) else {
                continue;
            };
            let (p50, p99) = (it.p50 / nginx.p50, it.p99 / nginx.p99);
            writeln!(f, "| {server} | {:.2} | {p50:.2} | {:.2} | {p99:.2} |", it.p50, it.p99)?;
        }
        writeln!(f)
    }

    fn private(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "The private face, which no page reaches and nginx has no like of:\n\n\
             | | `POST /tickets` /s | p99 ms | CPU µs | `POST /receipts/redeem` /s | p99 ms | CPU \
             µs |\n|---|--:|--:|--:|--:|--:|--:|"
        )?;
        for (server, _) in &self.memory {
            let of = |asked| self.rounds.medians(server, asked);
            let Some((ticket, redeem)) = of(Asked::Ticket).zip(of(Asked::Redeem)) else {
                continue;
            };
            writeln!(
                f,
                "| {server} | {:.0} | {:.2} | {:.0} | {:.0} | {:.2} | {:.0} |",
                ticket.per_second,
                ticket.p99,
                ticket.cpu,
                redeem.per_second,
                redeem.p99,
                redeem.cpu
            )?;
        }
        writeln!(f)
    }

    fn memory(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let people = (self.rounds.many + 1) * PEOPLE;
        writeln!(
            f,
            "Memory, all processes of a server, in MB. The proxy remembers the {people} sign-ins \
             of the run (`capacity` is raised for it); in Redis it does that elsewhere:\n\n\
             | | before | after |\n|---|--:|--:|"
        )?;
        for (server, (before, after)) in &self.memory {
            writeln!(f, "| {server} | {} | {} |", megabytes(*before), megabytes(*after))?;
        }
        Ok(())
    }
}

impl Report {
    fn inside(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "### What a request is made of\n\n\
             In one process, without a network before it: from the request to the whole answer, in \
             µs.\n\n| ends as | µs |\n|---|--:|"
        )?;
        for Part { name, takes } in &self.parts {
            writeln!(f, "| {name} | {takes:.1} |")?;
        }
        let Through { start, start_without_limits, verify } = self.through;
        let limits = start - start_without_limits;
        writeln!(
            f,
            "\nOne that is let through keeps the processor busy there for {start:.0} µs to start \
             and {verify:.0} µs to verify, with an upstream in the same process. Without limits on \
             sends a start takes {start_without_limits:.0} µs: they cost {limits:.0} µs."
        )
    }

    fn million(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n### A million numbers\n\n\
             Visitors name ever new numbers, with the default `capacity`. When the books are full \
             the proxy refuses (503) rather than grow or forget; after each 100,000 numbers a day \
             passes. Memory of the whole process:\n\n\
             | numbers | sent a token | refused (503) | MB |\n|--:|--:|--:|--:|"
        )?;
        for Stand { numbers, sent, refused, memory } in &self.million {
            writeln!(f, "| {numbers} | {sent} | {refused} | {} |", megabytes(*memory))?;
        }
        let Stand { numbers, sent, refused, memory } = &self.full;
        writeln!(
            f,
            "\nWith no limits on sends the capacity alone is in the way, and what is remembered of \
             a person costs the most memory: of {numbers} numbers {sent} were sent a token and \
             {refused} refused, with {} MB.",
            megabytes(*memory)
        )
    }
}

/// Load without a pause, if there was any.
pub(crate) struct Soaks<'a>(pub(crate) &'a [Soak]);

impl Soaks<'_> {
    fn seconds(&self) -> Option<u64> {
        self.0.iter().flat_map(|soak| &soak.stands).map(|stand| stand.seconds).max()
    }

    fn goal(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(seconds) = self.seconds() else { return Ok(()) };
        let each = self.0.iter().map(|soak| format!("{} {:.2}", soak.name, soak.growth()));
        let each = each.collect::<Vec<_>>().join("; ");
        writeln!(
            f,
            "| memory in {seconds} s of load, the second half of the steady time to the first: \
             {FLAT:.2} | {each} |"
        )
    }
}

impl fmt::Display for Soaks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(seconds) = self.seconds() else { return Ok(()) };
        writeln!(
            f,
            "\n### Load without a pause\n\n\
             For {seconds} s {} visits begin in each second at each of {} proxies, one after the \
             other: {} people sign in again and again, one time in {} with a wrong code before the \
             right one. A visit that there is no time for is missed, and not made up for. All have \
             the default `capacity`. The first is the program, with rates that are not used up: \
             when its books are full it turns everybody away for want of room (503), until what \
             they hold ends, after a quarter of an hour and more. The others are the library, in \
             processes of the benchmark's, with a clock on which {} s pass in one: they forget \
             while they go on. One has every default, and turns most away for a limit (429), the \
             other has rates that are not used up. Memory of the whole process, the most that was \
             seen since the line before:",
            soak::PACE,
            self.0.len(),
            soak::PEOPLE,
            soak::MISTYPED,
            hurried::TIMES
        )?;
        for soak in self.0 {
            writeln!(
                f,
                "\n| {}: s | signed in | refused (429) | refused (503) | missed | MB |\n\
                 |--:|--:|--:|--:|--:|--:|",
                soak.name
            )?;
            for stand in &soak.stands {
                let soak::Stand { seconds, signed_in, refused: [limit, room], missed, memory } =
                    stand;
                let memory = megabytes(*memory);
                writeln!(
                    f,
                    "| {seconds} | {signed_in} | {limit} | {room} | {missed} | {memory} |"
                )?;
            }
        }
        writeln!(
            f,
            "\nFor {} s memory may grow: until the books are full, and on the hurried clock until \
             all have come and as much is forgotten as is remembered. Of the time after that, flat \
             is what has no more than {FLAT:.2} times the memory in the second half than in the \
             first, and has room for all if it forgets:\n",
            STEADY_AFTER.as_secs()
        )?;
        for soak in self.0 {
            let growth = soak.growth();
            let verdict = if soak.is_flat() { "flat" } else { "not flat" };
            writeln!(f, "- {}: {growth:.2}, {verdict}", soak.name)?;
        }
        Ok(())
    }
}

/// The text with lines of a hundred characters at most, but for tables, where a line is a row.
pub(crate) fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        lines.push(String::new());
        for word in line.split(' ') {
            let last = lines.last_mut().filter(|last| !last.is_empty());
            let room = |last: &String| last.chars().count() + 1 + word.chars().count() <= 100;
            match last {
                Some(last) if line.starts_with('|') || room(last) => {
                    last.push(' ');
                    last.push_str(word);
                }
                Some(_) => lines.push(word.to_owned()),
                None => {
                    lines.pop();
                    lines.push(word.to_owned());
                }
            }
        }
    }
    lines.join("\n")
}

fn megabytes(kilobytes: u64) -> String {
    format!("{:.1}", kilobytes as f64 * 1024.0 / 1e6)
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Where and when, and with which versions.
fn machine() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let processors = read("/proc/cpuinfo");
    let processor = processors
        .lines()
        .find(|line| line.starts_with("model name"))
        .and_then(|line| line.split(": ").nth(1))
        .unwrap_or("unknown");
    let kernel = read("/proc/sys/kernel/osrelease");
    let now = i64::try_from(Clock::system().now()).unwrap_or_default();
    let day = DateTime::from_timestamp(now, 0).unwrap_or_default().format("%Y-%m-%d");
    let version = |variable, flag: &str| {
        program(variable).map(|program| said(Command::new(program).arg(flag))).unwrap_or_default()
    };
    let nginx = version("MFA_NGINX", "-v");
    let redis = version("REDIS_SERVER", "--version");
    let redis = redis.split_whitespace().find_map(|word| word.strip_prefix("v=")).unwrap_or("?");
    let proxy = said(Command::new(proxy_program()).arg("--version"));
    format!(
        "Taken on {day} by `npm run bench:proxy`: {} cores of {processor}, Linux {}; {}, Redis \
         {redis}, {proxy} built by `cargo build --release`.",
        cores(),
        kernel.trim(),
        nginx.rsplit(": ").next().unwrap_or_default(),
    )
}

/// What a program says of itself, on whichever stream.
fn said(command: &mut Command) -> String {
    let Ok(output) = command.output() else { return String::new() };
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).trim().to_owned()
}
