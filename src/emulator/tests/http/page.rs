//! The page: its policy, and that its files live by it.

use crate::server::Server;

#[tokio::test]
async fn the_page_and_its_files_are_served_under_a_policy_that_lets_nothing_else_in() {
    let server = Server::start().await;
    for (path, content_type) in [
        ("/_emulator/", "text/html; charset=utf-8"),
        ("/_emulator/page.css", "text/css; charset=utf-8"),
        ("/_emulator/page.js", "text/javascript; charset=utf-8"),
        ("/_emulator/icon.svg", "image/svg+xml"),
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.headers["content-type"], content_type);
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        let policy = &answer.headers["content-security-policy"];
        for rule in ["default-src 'none'", "require-trusted-types-for 'script'"] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}

#[tokio::test]
async fn the_page_turns_no_text_into_markup_and_has_nothing_inline() {
    let server = Server::start().await;
    let script = server.get("/_emulator/page.js").await.body;
    for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        assert!(!script.contains(sink), "{sink}");
    }
    let page = server.get("/_emulator/").await.body;
    for inline in ["<style", " style=", " onclick=", "javascript:", "://"] {
        assert!(!page.contains(inline), "{inline}");
    }
    assert!(page.matches("<script").count() == 1 && page.contains(r#"src="page.js"></script>"#));
}

#[tokio::test]
async fn the_base_url_leads_to_the_page() {
    let server = Server::start().await;
    for path in ["/", "/_emulator"] {
        assert_eq!(server.get(path).await.headers["location"], "/_emulator/", "{path}");
    }
}
