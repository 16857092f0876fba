//! What the documents list is what the code has, all of it and nothing else. What the types and the
//! manifest say of it is compared in `tests/types`, what the running element does in
//! `tests/e2e/manifest.test.js`.
//!
//! The sources are read as text and plainly: whoever writes a list in another way is told here.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

#[path = "docs/security.rs"]
mod security;

const DOCUMENT: &str = include_str!("../docs/element.md");
const ELEMENT: &str = include_str!("../src/widget/js/element.js");
const SHEET: &str =
    concat!(include_str!("../src/widget/js/sheet.js"), include_str!("../src/widget/js/painted.js"));
const ENGLISH: &str = include_str!("../src/widget/english.rs");
const PAINT: &str = include_str!("../src/widget/paint.rs");
const SLOTS: &str = include_str!("../src/widget/slots.rs");
const REFUSAL: &str = include_str!("../src/core/flow/refusal.rs");
const TROUBLE: &str = include_str!("../src/core/flow/event.rs");
const STATE: &str = include_str!("../src/core/flow/state.rs");

type Words = BTreeSet<String>;

/// What stands between the two, the first time.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("there is no {from:?}")).1;
    rest.split_once(to).unwrap_or_else(|| panic!("there is no {to:?} after {from:?}")).0
}

/// From this heading of the document to the next.
fn section(heading: &str) -> &'static str {
    section_of(DOCUMENT, heading)
}

fn section_of<'a>(document: &'a str, heading: &str) -> &'a str {
    between(document, &format!("\n## {heading}\n"), "\n## ")
}

/// The cells of the rows below this head.
fn rows<'a>(text: &'a str, head: &str) -> Vec<Vec<&'a str>> {
    let table = text.split_once(head).unwrap_or_else(|| panic!("no table {head}")).1;
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// What stands in these quotation marks.
fn quoted(text: &str, mark: char) -> Words {
    text.split(mark).skip(1).step_by(2).map(str::to_owned).collect()
}

/// What the first column of the table names.
fn listed(text: &str, head: &str) -> Words {
    rows(text, head).iter().flat_map(|cells| quoted(cells[0], '`')).collect()
}

/// Whatever follows this beginning, up to the quotation mark.
fn after(text: &str, beginning: &str) -> Words {
    text.split(beginning).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// Every file of the widget in this language, in one text.
fn widget(folder: &str, extension: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|file| file.to_string_lossy().ends_with(extension))
        .map(|file| fs::read_to_string(file).unwrap())
        .collect()
}

#[test]
fn the_attributes_are_those_of_the_element() {
    let listed = listed(section("Attributes"), "| attribute | value | meaning |");
    let mut ours = quoted(between(ELEMENT, "const TEXTS = [", "]"), '"');
    ours.extend(quoted(between(ELEMENT, "const FLAGS = [", "]"), '"'));
    ours.extend(quoted(between(ELEMENT, "observedAttributes = [", "]"), '"'));
    ours.extend(after(ELEMENT, "hasAttribute(\""));
    assert_eq!(ours, listed);

    let rust = widget("src/widget", ".rs");
    for call in ["has_attribute(\"", " text(&self.host, \"", " text(host, \"", "_number(host, \""] {
        let read = after(&rust, call);
        let unknown: Vec<_> = read.difference(&ours).collect();
        assert!(!read.is_empty() && unknown.is_empty(), "{call} {unknown:?}");
    }
}

#[test]
fn the_events_are_those_that_are_fired() {
    let listed = listed(section("Events"), "| event | `detail` | when |");
    let code = widget("src/widget", ".rs") + ELEMENT;
    let mut fired = after(&code, "\"mfa-");
    fired.retain(|name| name.chars().all(|c| c.is_ascii_lowercase()) && name != "code");
    let fired: Words = fired.iter().map(|name| format!("mfa-{name}")).collect();
    assert_eq!(fired, listed);
}

#[test]
fn the_kinds_of_errors_are_those_of_the_code() {
    let listed = listed(section("Events"), "| `kind` | retryable | meaning |");
    let kinds =
        |source| quoted(between(source, "fn kind(self) -> &'static str {", "\n    }\n"), '"');
    let mut ours = &kinds(REFUSAL) | &kinds(TROUBLE);
    ours.extend(after(ELEMENT, "#fail(\""));
    assert_eq!(ours, listed);
}

#[test]
fn the_states_are_those_of_the_flow() {
    let listed = listed(section("States"), "| state | meaning |");
    let ours = between(STATE, "fn as_str(self) -> &'static str {", "\n    }\n");
    assert_eq!(quoted(ours, '"'), listed);
}

/// Name and text of each `Name = "name": "text",`.
fn built_in_strings() -> BTreeMap<String, String> {
    let mut strings = BTreeMap::new();
    for entry in between(ENGLISH, "texts! {\n", "\n}\n").split(" = \"").skip(1) {
        let (name, rest) = entry.split_once("\":").unwrap();
        let text = rest.trim_start().strip_prefix('"').unwrap().split_once('"').unwrap().0;
        // A line that ends with a backslash goes on at the next one's first letter.
        let text = text.split("\\\n").map(str::trim_start).collect::<String>();
        assert_eq!(strings.insert(name.to_owned(), text), None, "{name} has two texts");
    }
    // What is said without the module stands outside it.
    let text = between(ELEMENT, "not_loaded ?? \"", "\"").to_owned();
    assert_eq!(strings.insert("not_loaded".to_owned(), text), None, "it has two texts");
    strings
}

#[test]
fn the_strings_are_the_built_in_ones() {
    let listed = section("Strings").split("\n- `").skip(1).map(|entry| {
        let (name, text) = entry.split_once("`: ").unwrap();
        let text = text.split("\n\n").next().unwrap().split_whitespace().collect::<Vec<_>>();
        (name.to_owned(), text.join(" "))
    });
    assert_eq!(built_in_strings(), listed.collect());
}

#[test]
fn whatever_is_asked_for_the_hint_says_never_to_share_it() {
    let mut strings = built_in_strings();
    strings.retain(|name, _| name.starts_with("hint_"));
    assert_eq!(strings.len(), 2, "one for digits, one for letters and digits");
    for (name, text) in strings {
        assert!(text.contains("Never share it with anyone."), "{name}: {text}");
    }
}

#[test]
fn the_parts_are_those_that_are_painted() {
    let table = rows(section("Styling"), "| part | what |");
    let listed: Words = table.iter().flat_map(|cells| quoted(&cells.concat(), '`')).collect();
    let painted = [PAINT, SLOTS].concat();
    let painted = painted.split("let part =").skip(1).map(|rest| rest.split(';').next().unwrap());
    let painted = painted.flat_map(|part| quoted(part, '"'));
    let mut ours: Words =
        painted.flat_map(|part| part.split(' ').map(str::to_owned).collect::<Words>()).collect();
    ours.extend(after(SHEET, " part(\""));
    ours.extend(&after(SLOTS, "part(&page, \"") | &after(SLOTS, "part(&row.page(), \""));
    assert_eq!(ours, listed);

    for selector in ["[part~=", "[part="] {
        for styled in SHEET.split(selector).skip(1) {
            let styled = styled.split(']').next().unwrap();
            assert!(ours.contains(styled), "{styled} is styled and never painted");
        }
    }
}

#[test]
fn the_custom_properties_and_their_defaults_are_those_of_the_sheet() {
    let mut ours: BTreeMap<String, Words> = BTreeMap::new();
    for rest in SHEET.split("var(--mfa-").skip(1) {
        let mut depth = 1;
        let length = rest.find(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth == 0
        });
        let (name, default) = rest[..length.unwrap()].split_once(", ").unwrap();
        let defaults = ours.entry(format!("--mfa-{name}")).or_default();
        defaults.insert(default.to_owned());
    }
    // What is derived from the colour of the text is said in words.
    let derived = || Words::from(["derived".to_owned()]);
    for defaults in ours.values_mut() {
        if defaults.iter().any(|it| it.contains("urrentColor") || it.starts_with("color(from")) {
            *defaults = derived();
        }
    }
    let listed = rows(section("Styling"), "| custom property | default |");
    let listed: BTreeMap<_, _> = listed
        .iter()
        .map(|cells| {
            let defaults = quoted(cells[1], '`');
            let defaults = if defaults.is_empty() { derived() } else { defaults };
            (cells[0].trim_matches('`').to_owned(), defaults)
        })
        .collect();
    assert_eq!(ours, listed);
}
