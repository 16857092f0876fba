//! SignalWire's own Rust client, unmodified, against the emulator.

use mfa_emulator::Credentials;
use serde_json::json;
use signalwire::rest::RestClient;

use crate::server::Server;

/// The vendor's client blocks: the server runs on the other threads meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_client_verifies_by_sms_and_by_call() {
    let server = Server::start().await;
    let emulator = server.emulator.clone();
    let base_url = format!("http://{}", server.address);
    let journey = tokio::task::spawn_blocking(move || {
        let Credentials { project_id, api_token } = Credentials::default();
        let client = RestClient::with_base_url(&project_id, &api_token, &base_url).unwrap();
        let to = json!({"to": "+15557788999"});
        for channel in ["sms", "call"] {
            let mfa = client.mfa();
            let started =
                if channel == "sms" { mfa.sms(&to).unwrap() } else { mfa.call(&to).unwrap() };
            assert_eq!(started["success"], true);
            assert_eq!(started["channel"], channel);
            assert_eq!(started["to"], "+15557788999");

            let id = started["id"].as_str().unwrap();
            let verify = |token: &str| mfa.verify(id, &json!({"token": token}));
            assert_eq!(verify("wrong").unwrap(), json!({"success": false}));
            let token = emulator.outbox()[0].token.clone();
            assert_eq!(verify(token.as_str()).unwrap(), json!({"success": true}));
            let used = verify(token.as_str()).unwrap_err();
            assert_eq!(used.status_code(), 404);
            assert_eq!(used.response_body(), r#"{"error":"Not Found"}"#);
        }
        let refused = client.mfa().sms(&json!({})).unwrap_err();
        assert_eq!(refused.status_code(), 422);
        let stranger = RestClient::with_base_url(&project_id, "wrong", &base_url).unwrap();
        assert_eq!(stranger.mfa().sms(&to).unwrap_err().status_code(), 401);
    });
    journey.await.unwrap();
}
