//! What `docs/behaviour.md` says to hold a behaviour is there, and no story is left out of it.
//!
//! The sources are read as text and plainly: a story has its name in the line that begins it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const DOCUMENT: &str = include_str!("../docs/behaviour.md");

/// Where the stories are.
const IN_CHROMIUM: &str = "tests/e2e";
const IN_THE_OTHERS: &str = "tests/engines";

/// Stories that hold other documents: the README's snippets, docs/mock.md and the manifest.
const OF_OTHER_TOPICS: [&str; 2] = ["tests/e2e/readme.test.js", "tests/e2e/manifest.test.js"];

/// A test: its file, from the root of the project, and its name.
type Test = (String, String);

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(path).unwrap_or_else(|_| panic!("there is no {file}"))
}

/// The cells of each row of the document that is not the head of its table.
fn rows() -> Vec<Vec<&'static str>> {
    let rows =
        DOCUMENT.lines().filter(|line| line.starts_with("| ") && !line.contains("held by |"));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// The tests that a cell names, each as `` `name` [where](../file) ``.
fn named(cell: &str) -> Vec<Test> {
    let tests = cell.split("<br>").filter(|test| !test.is_empty());
    tests
        .map(|test| {
            let (name, place) = test.strip_prefix('`').expect(test).split_once("` [").expect(test);
            let file = place.split_once("](../").expect(test).1.strip_suffix(')').expect(test);
            (file.to_owned(), name.to_owned())
        })
        .collect()
}

/// The names of the stories of a file: `story("…", async …`, whatever the wrapper is called.
fn stories(file: &str) -> Vec<String> {
    let source = read(file);
    let calls = source.lines().filter_map(|line| {
        let (word, call) = line.trim_start().split_once('(')?;
        let is_word = !word.is_empty() && word.chars().all(char::is_alphanumeric);
        let ends = [", async (", ", (told) =>"].iter().filter_map(|end| call.find(end));
        ends.min().filter(|_| is_word).map(|end| &call[..end])
    });
    calls
        // Inside a wrapper, which is called with the name.
        .filter(|&call| call != "name")
        .map(|call| {
            let mark = call.chars().last().filter(|mark| ['"', '`'].contains(mark));
            let mark = mark.unwrap_or_else(|| panic!("{file}: a story without a name: {call}"));
            let name = call.strip_suffix(mark).unwrap().rsplit(mark).next().unwrap();
            name.to_owned()
        })
        .collect()
}

#[test]
fn every_behaviour_is_held_by_tests_that_are_there() {
    assert!(!rows().is_empty());
    for cells in rows() {
        let [behaviour, here, elsewhere] = cells[..] else { panic!("three cells: {cells:?}") };
        assert!(!here.is_empty(), "nothing holds: {behaviour}");
        for (file, name) in named(here).iter().chain(&named(elsewhere)) {
            let source = read(file);
            let is_there = if file.ends_with(".rs") {
                source.contains(&format!("fn {name}("))
            } else {
                ['"', '`'].iter().any(|mark| source.contains(&format!("({mark}{name}{mark}, ")))
                    || stories(file).contains(name)
            };
            assert!(is_there, "{file} has no {name}");
        }
        let is_of_the_others = |(file, _): &Test| file.starts_with(IN_THE_OTHERS);
        assert!(named(elsewhere).iter().all(is_of_the_others), "not elsewhere: {behaviour}");
        assert!(!named(here).iter().any(is_of_the_others), "not in Chromium: {behaviour}");
    }
}

#[test]
fn every_story_is_named_for_the_behaviour_that_it_holds() {
    let cells = rows().into_iter().flat_map(|cells| cells.into_iter().skip(1));
    let named: BTreeSet<Test> = cells.flat_map(named).collect();
    for folder in [IN_CHROMIUM, IN_THE_OTHERS] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
        let files = files.map(|name| format!("{folder}/{}", name.to_string_lossy()));
        let files = files.filter(|file| file.ends_with(".test.js"));
        for file in files.filter(|file| !OF_OTHER_TOPICS.contains(&file.as_str())) {
            let stories = stories(&file);
            assert!(!stories.is_empty(), "{file} has no stories");
            for name in stories {
                let story = (file.clone(), name);
                assert!(named.contains(&story), "docs/behaviour.md does not name {story:?}");
            }
        }
    }
}
