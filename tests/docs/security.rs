//! The threat model, and the rules of NIST and OWASP: each line names the tests that hold it, and
//! they are there; or it says plainly that nothing does.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{rows, section_of};

const SECURITY: &str = include_str!("../../SECURITY.md");
const RULES: &str = include_str!("../../docs/security.md");
const PROXY: &str = include_str!("../../docs/proxy.md");

/// Every table of `docs/security.md` has this head.
const HEAD: &str = "| rule | what is done | setting: default | held by |";

/// Each section with the rules that it has to answer, all of them and no other.
const ANSWERED: [(&str, &[&str]); 4] = [
    (
        "NIST SP 800-63B-4",
        &[
            "§3.1.3.1 email",
            "§3.1.3.1 VoIP",
            "§3.1.3.2 ten minutes",
            "§3.1.3.2 once",
            "§3.1.3.2 six digits",
            "§3.1.3.2 approved RNG",
            "§3.1.3.2 rate limit",
            "§3.1.3.2 count survives",
            "§3.1.3.3 risk signals",
            "§3.2.2 at most 100",
            "§3.2.2 growing waits",
            "§3.2.2 bot challenge",
            "§3.2.2 reset on success",
            "§3.2.9 alternative",
            "§3.2.9 notice, plan",
        ],
    ),
    (
        "OWASP ASVS 5.0",
        &[
            "2.2.2", "2.3.1", "2.4.1", "2.4.2", "3.5.1", "3.5.2", "3.5.3", "6.1.1", "6.3.1",
            "6.3.4", "6.3.5", "6.3.8", "6.5.1", "6.5.3", "6.5.4", "6.5.5", "6.6.1", "6.6.1 L3",
            "6.6.2", "6.6.3", "13.2.1", "13.2.2", "13.2.3", "13.2.4", "13.2.5", "13.2.6", "13.3.1",
            "13.3.2", "16.2.5", "16.3.1", "16.5.1", "16.5.2", "16.5.3",
        ],
    ),
    (
        "OWASP MFA cheat sheet",
        &[
            "short life",
            "single use",
            "few tries",
            "ends with success",
            "no code in a log",
            "a resend replaces",
            "not for money",
            "limits per account",
            "floods",
        ],
    ),
    (
        "Toll fraud and SMS pumping",
        &[
            "allow-list of countries",
            "dear numbers",
            "per number",
            "one in 30 s",
            "backing off",
            "per address",
            "per session",
            "sequential numbers",
            "per country",
            "in all",
            "alarm",
            "never completed",
            "no guarantee",
        ],
    ),
];

/// How the last cell begins where no test holds the rule.
const PLAINLY: [&str; 4] =
    ["**Not held.**", "**The site's part.**", "**SignalWire's part.**", "**Cannot be given.**"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Nothing if the test is in the file; else what is wrong, and where the test is now.
fn missing(test: &str, file: &str) -> Option<String> {
    let is_in = |source: &str| {
        source.contains(&format!("fn {test}(")) || source.contains(&format!("\"{test}\""))
    };
    match fs::read_to_string(root().join(file)) {
        Ok(source) if is_in(&source) => None,
        Ok(_) | Err(_) => {
            let elsewhere = sources("src").into_iter().chain(sources("tests"));
            let now = elsewhere.filter(|path| is_in(&fs::read_to_string(path).unwrap()));
            let now: Vec<_> =
                now.map(|path| path.strip_prefix(root()).unwrap().to_owned()).collect();
            Some(format!("{file} has no {test}; it is in {now:?}"))
        }
    }
}

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "js") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn every_line_of_the_threat_model_is_held_by_a_test_that_is_there() {
    let (model, tests) = SECURITY.split_once("\n### The tests\n").unwrap();
    let mut named = BTreeSet::new();
    for cells in rows(model, "| what is done | where | held by |") {
        let [what, held] = [cells[0], cells[cells.len() - 1]];
        let numbers = held.split(' ').filter(|number| !number.is_empty());
        let numbers: Vec<u32> = numbers.map(|it| it.parse().expect(what)).collect();
        assert!(what.starts_with("**") || !numbers.is_empty(), "nothing holds: {what}");
        named.extend(numbers);
    }
    let entries = tests.trim_start().split("\n\n").next().unwrap().replace("\n    ", " ");
    let (mut listed, mut wrong) = (BTreeSet::new(), Vec::new());
    for entry in entries.lines() {
        let (number, entry) = entry.split_once(". ").expect(entry);
        listed.insert(number.parse::<u32>().unwrap());
        // What holds for every test of a folder is told in words.
        if entry.starts_with("every story of ") {
            continue;
        }
        let (test, file) = entry.trim_matches('`').split_once("` in `").expect(entry);
        wrong.extend(missing(test, file));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(listed, named);
}

#[test]
fn every_rule_of_nist_and_owasp_is_answered_once_and_no_other_is() {
    for (heading, rules) in ANSWERED {
        let table = rows(section_of(RULES, heading), HEAD);
        let answered: Vec<&str> = table.iter().map(|cells| cells[0]).collect();
        assert_eq!(answered, rules, "{heading}");
    }
}

#[test]
fn every_rule_is_held_by_tests_that_are_there_or_said_not_to_be() {
    let mut wrong = Vec::new();
    for (heading, _) in ANSWERED {
        for cells in rows(section_of(RULES, heading), HEAD) {
            let [rule, done, _, held] = cells[..] else { panic!("four cells: {cells:?}") };
            assert!(!done.is_empty(), "{rule}: what is done?");
            if PLAINLY.iter().any(|plain| held.starts_with(plain)) {
                continue;
            }
            for test in held.split("<br>") {
                let named = test.strip_prefix('`').and_then(|test| test.split_once("` ["));
                let (name, place) = named.unwrap_or_else(|| panic!("{rule}: what is {test:?}?"));
                let file = place.split_once("](../").and_then(|(_, file)| file.strip_suffix(')'));
                wrong.extend(missing(name, file.expect(test)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_settings_of_the_rules_are_those_of_the_proxy_with_their_defaults() {
    let of_the_file = rows(PROXY, "| in the file | environment, flag | default | |");
    let of_a_policy = rows(PROXY, "| key | default | |");
    let defaults = of_the_file.iter().map(|cells| (cells[0], cells[2]));
    let defaults = defaults.chain(of_a_policy.iter().map(|cells| (cells[0], cells[1])));
    let defaults: Vec<_> = defaults.collect();
    for (heading, _) in ANSWERED {
        for cells in rows(section_of(RULES, heading), HEAD) {
            for setting in cells[2].split("<br>").filter(|setting| !setting.is_empty()) {
                let (name, default) = setting.split_once(": ").expect(setting);
                let written = defaults.iter().find(|(names, _)| names.contains(name));
                let (_, written) = written.unwrap_or_else(|| panic!("there is no {name}"));
                let is_it = *written == default || written.split(", ").any(|one| one == default);
                assert!(is_it, "{name} is {written} by default, not {default}");
            }
        }
    }
}
