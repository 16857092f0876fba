//! Every kind of bad input, on every route of both faces and over real sockets: a clear 4xx
//! problem, never a 5xx, never a panic, and nothing of it said again.
//!
//! `docs/proxy.md` has the table. What nobody thought of is for `tests/fuzz`.

mod bodies;
mod door;
mod embedding;
mod fields;
mod heads;
mod ids;
mod origin;
mod routes;

const DOCUMENT: &str = include_str!("../../../../docs/proxy.md");

const STORIES: &str = concat!(
    include_str!("bad_input/bodies.rs"),
    include_str!("bad_input/fields.rs"),
    include_str!("bad_input/heads.rs"),
    include_str!("bad_input/ids.rs"),
    include_str!("bad_input/origin.rs"),
    include_str!("bad_input/routes.rs"),
);

#[test]
fn every_row_of_the_document_is_a_story_that_is_told_here() {
    let table = DOCUMENT.split_once("| what is bad | answer | shown by |").unwrap().1;
    let rows: Vec<_> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert!(!rows.is_empty());
    for row in rows {
        let story = row.trim_end_matches([' ', '|', '`']).rsplit('`').next().unwrap();
        let told = STORIES.contains(&format!("async fn {story}()"));
        assert!(told, "there is no {story}");
    }
}
