//! The one field: what gets into it, where its caret is, and what the slots show.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, get};

#[wasm_bindgen_test]
fn what_was_typed_before_the_module_came_is_kept() {
    let page = Page::with_typed("{}", "12-a3");
    assert_eq!(page.value(), "123");
    assert_eq!(page.slots(), "123");
}

#[wasm_bindgen_test]
fn slots_and_value_never_differ() {
    let page = Page::with("{ 'allow-alphas': '' }");
    let agree = |value: &str| {
        assert_eq!(page.value(), value);
        assert_eq!(page.slots(), value);
    };
    for (typed, value) in [
        ("1", "1"),
        ("12", "12"),
        ("12 ", "12"),
        ("12 b", "12b"),
        ("12b!", "12b"),
        ("12b45678", "12b456"),
        ("１２３ＡＢＣ", "123ABC"),
        ("Your code is 9Z8Y7X. Thank you", "9Z8Y7X"),
        ("", ""),
    ] {
        page.types(typed);
        agree(value);
    }
    page.fills("987654");
    agree("987654");
    page.pastes(1..3, "ab");
    agree("9ab654");
    page.pastes(0..6, "no code, sorry");
    agree("9ab654");
    page.widget().reset();
    agree("");
}

#[wasm_bindgen_test]
fn the_source_of_a_whole_code_is_told() {
    let page = Page::with("{}");
    page.types("123456");
    page.pastes(0..6, "222222");
    page.fills("333333");
    let told = page.told();
    let sources = told.iter().filter(|event| event.starts_with("complete"));
    assert!(sources.eq([
        r#"complete {"source":"typing"}"#,
        r#"complete {"source":"paste"}"#,
        r#"complete {"source":"autofill"}"#,
    ]));
}

#[wasm_bindgen_test]
fn the_caret_stays_where_the_visitor_types() {
    let page = Page::with("{}");
    page.edits("12x34", 3);
    assert_eq!((page.value().as_str(), page.selection()), ("1234", (2, 2)));
    // Of a browser that does not ask before: the same as if it had.
    page.edits("12934", 3);
    assert_eq!((page.value().as_str(), page.selection()), ("1294", (3, 3)));
}

#[wasm_bindgen_test]
fn the_caret_goes_behind_what_was_pasted() {
    let page = Page::with("{}");
    page.types("1234");
    page.pastes(1..2, "99");
    assert_eq!((page.value().as_str(), page.selection()), ("19934", (3, 3)));
    // A whole code replaces everything, wherever the caret was.
    page.pastes(2..2, "654 321");
    assert_eq!((page.value().as_str(), page.selection()), ("654321", (6, 6)));
    // What is too much is cut at the end, not where it was pasted.
    page.pastes(1..1, "00");
    assert_eq!((page.value().as_str(), page.selection()), ("600543", (3, 3)));
}

#[wasm_bindgen_test]
fn a_paste_without_a_code_leaves_text_and_selection_alone_and_says_why() {
    let page = Page::with("{}");
    page.types("1234");
    page.pastes(1..3, "see you at noon");
    assert_eq!((page.value().as_str(), page.selection()), ("1234", (1, 3)));
    assert_eq!(page.says("status"), "There is no code of 6 numbers in that text.");
    page.pastes(4..4, "123456 or 654321");
    assert_eq!(page.value(), "1234");
    assert_eq!(
        page.says("status"),
        "There is more than one code in that text. Type the one you mean."
    );
}

#[wasm_bindgen_test]
fn a_field_that_is_no_text_field_takes_a_code_all_the_same() {
    let mut page = Page::unmounted("{}", "");
    js_sys::Reflect::set(&page.field, &"type".into(), &"number".into()).unwrap();
    page.mount();
    js_sys::Reflect::set(&page.field, &"value".into(), &"1234567".into()).unwrap();
    page.fire("input");
    assert_eq!((page.value().as_str(), page.slots().as_str()), ("123456", "123456"));
}

#[wasm_bindgen_test]
fn who_has_the_code_filled_in_is_told_so_and_who_types_is_not() {
    let page = Page::with("{}");
    page.types("12");
    assert_eq!(page.says("status"), "");
    page.fills("1234");
    assert_eq!(page.says("status"), "Code filled in.");
}

#[wasm_bindgen_test]
fn the_browser_does_not_cut_what_the_rules_have_yet_to_clean() {
    let mut page = Page::unmounted("{}", "");
    js_sys::Reflect::set(&page.field, &"maxLength".into(), &6.into()).unwrap();
    page.mount();
    assert_eq!(get(&page.field, "maxLength").as_f64(), Some(-1.0));
}

#[wasm_bindgen_test]
fn a_prefilled_field_is_taken_over_even_if_it_is_closed() {
    let page = Page::with_typed("{ readonly: '' }", "123-4");
    assert_eq!((page.value().as_str(), page.slots().as_str()), ("1234", "1234"));
    page.types("99");
    assert_eq!((page.value().as_str(), page.slots().as_str()), ("1234", "1234"));
}

#[wasm_bindgen_test]
fn a_click_on_a_slot_selects_it_and_one_behind_the_text_is_where_typing_goes_on() {
    let page = Page::with("{}");
    page.focus();
    page.edits("1234", 0);
    page.clicks(0.25);
    assert_eq!(page.selection(), (1, 2));
    page.edits("1234", 0);
    page.clicks(0.99);
    assert_eq!(page.selection(), (4, 4));
    page.edits("1234", 0);
    page.clicks(-3.0);
    assert_eq!(page.selection(), (0, 1));
    page.edits("123456", 0);
    page.clicks(3.0);
    assert_eq!(page.selection(), (5, 6));
}

#[wasm_bindgen_test]
fn the_caret_is_drawn_while_the_field_has_the_focus() {
    let page = Page::with("{}");
    page.types("12");
    assert_eq!(page.active_slot(), -1);
    page.focus();
    assert_eq!(page.active_slot(), 2);
    page.types("123456");
    assert_eq!(page.active_slot(), 5, "behind the last there is no slot");
}

#[wasm_bindgen_test]
fn there_are_as_many_slots_as_the_code_has_characters() {
    let page = Page::with("{ 'token-length': '8' }");
    page.types("12345678");
    assert_eq!(page.slot_count(), 8);
    page.attribute("token-length", "4");
    assert_eq!((page.slot_count(), page.value().as_str()), (4, "1234"));
    assert_eq!(page.slots(), "1234");
    page.attribute("token-length", "20");
    assert_eq!((page.slot_count(), page.slots().as_str()), (20, "1234"));
}
