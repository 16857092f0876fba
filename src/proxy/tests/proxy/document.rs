//! `docs/proxy.md` lists what the code has, all of it and nothing else: settings, flags,
//! variables, problem codes, metrics, and the tests that hold what it says of failures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use mfa_core::wire::ProblemCode;
use mfa_proxy::settings::file::File;

use crate::world::World;

const DOCUMENT: &str = include_str!("../../../../docs/proxy.md");

type Words = BTreeSet<String>;

/// From this heading to the next.
fn section(heading: &str) -> &'static str {
    let from = DOCUMENT.split_once(heading).unwrap_or_else(|| panic!("there is no {heading}")).1;
    from.split("\n## ").next().unwrap()
}

/// What stands in backticks.
fn quoted(text: &str) -> Words {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The cells of the rows below this head.
fn rows(section: &'static str, head: &str) -> Vec<Vec<&'static str>> {
    let table = section.split_once(head).unwrap_or_else(|| panic!("no table {head}")).1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// What stands in this column.
fn column(section: &'static str, head: &str, index: usize) -> Words {
    rows(section, head).iter().flat_map(|cells| quoted(cells[index])).collect()
}

/// The words that have this shape, wherever they stand.
fn words(text: &str, is: impl Fn(&str) -> bool) -> Words {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
        .filter(|word| is(word))
        .map(str::to_owned)
        .collect()
}

/// The keys that the file may have in this table, as the error for another one tells them.
fn keys_of(table: &str) -> Words {
    let error = File::parse(&format!("{table}\nno_such_setting = 1")).unwrap_err().to_string();
    let (_, expected) = error.split_once("expected").expect("it tells what it knows");
    quoted(expected)
}

#[test]
fn the_document_lists_the_settings_of_the_file() {
    let settings = section("\n## Settings\n");
    let tables = ["upstream", "keys", "limits", "policies"].map(str::to_owned);
    let mut ours = keys_of("");
    assert!(tables.iter().all(|table| ours.remove(table)), "{ours:?}");
    for table in &tables[..3] {
        ours.extend(keys_of(&format!("[{table}]")).iter().map(|key| format!("{table}.{key}")));
    }
    let mut theirs = column(settings, "| in the file | environment, flag |", 0);
    theirs.extend(
        column(settings, "| secret | or a file named by |", 1)
            .into_iter()
            .filter(|name| !name.starts_with("MFA_")),
    );
    assert_eq!(ours, theirs);
    assert_eq!(keys_of("[policies.x]"), column(settings, "| key | default |", 0));
}

#[test]
fn the_document_lists_the_flags_and_variables_of_the_program() {
    let help = Command::new(env!("CARGO_BIN_EXE_mfa-proxy")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let variable = |word: &str| word.starts_with("MFA_") && word.len() > 4;
    assert_eq!(words(&help, variable), words(DOCUMENT, variable));

    let flag = |word: &str| word.starts_with("--") && word.len() > 2 && !word.ends_with('-');
    let mut ours = words(&help, flag);
    assert!(ours.remove("--help") && ours.remove("--version"), "{ours:?}");
    assert_eq!(ours, words(DOCUMENT, flag));

    // A setting's variable and flag are named for it.
    for cells in rows(section("\n## Settings\n"), "| in the file | environment, flag |") {
        let name = cells[0].trim_matches('`').trim_start_matches("upstream.");
        let name = if name == "base_url" { "upstream_url" } else { name };
        let (variable, flag) = (format!("MFA_{}", name.to_uppercase()), name.replace('_', "-"));
        let named = [variable, format!("--{flag}")].into();
        assert!(cells[1].is_empty() || quoted(cells[1]) == named, "{cells:?}");
    }
}

#[test]
fn every_problem_code_is_explained_to_the_operator() {
    let ours: Vec<_> = ProblemCode::ALL
        .iter()
        .map(|code| (format!("`{}`", code.as_str()), code.status().to_string()))
        .collect();
    let theirs: Vec<_> = rows(section("\n## Problem codes\n"), "| code | status |")
        .iter()
        .map(|cells| (cells[0].to_owned(), cells[1].to_owned()))
        .collect();
    assert_eq!(ours, theirs);
}

#[test]
fn what_the_document_says_of_each_failure_is_held_by_tests_and_none_of_them_is_left_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proxy/faults");
    let sources = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let ours: Words = sources
        .map(|file| std::fs::read_to_string(file).unwrap())
        .flat_map(|source| {
            let tests = source.split("#[tokio::test]\nasync fn ").skip(1);
            tests.map(|test| test.split('(').next().unwrap().to_owned()).collect::<Vec<_>>()
        })
        .collect();
    let failures = section("\n## When something fails\n");
    assert_eq!(ours, column(failures, "| what fails | asking for a code |", 4));
}

#[tokio::test]
async fn every_metric_is_explained_to_the_operator_with_its_labels() {
    let world = World::start().await;
    // A histogram has its labels with its first event.
    let visitor = world.visitor().await;
    visitor.asks("sms").await;
    let text = world.proxy.metrics_text();
    let mut ours = BTreeMap::<String, Words>::new();
    for line in text.lines() {
        if let Some(metric) = line.strip_prefix("# TYPE ") {
            ours.entry(metric.split(' ').next().unwrap().to_owned()).or_default();
        } else if let Some((name, labels)) = line.split_once('{') {
            let name = name.trim_end_matches("_bucket").trim_end_matches("_count");
            let labels = labels.rsplit_once('}').unwrap().0.split("\",");
            let labels = labels.map(|label| label.split('=').next().unwrap().to_owned());
            ours.entry(name.trim_end_matches("_sum").to_owned())
                .or_default()
                .extend(labels.filter(|label| label != "le"));
        }
    }
    let section = section("\n## In production\n");
    let theirs: BTreeMap<_, _> = rows(section, "| metric | labels |")
        .iter()
        .map(|cells| (cells[0].trim_matches('`').to_owned(), quoted(cells[1])))
        .collect();
    assert_eq!(ours, theirs);
}
