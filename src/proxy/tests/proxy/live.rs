//! How many codes of one person are good at once.

use crate::world::World;

#[tokio::test]
async fn of_three_codes_asked_for_apart_two_are_good_and_after_a_success_none() {
    let world = World::start().await;
    let mut codes = Vec::new();
    for _ in 0..3 {
        // As from three browsers: each has a ticket of its own and names no previous id.
        let visitor = world.visitor().await;
        let id = visitor.asks("sms").await.text("id");
        codes.push((id, world.token()));
        world.passes(30);
    }
    let visitor = world.visitor().await;
    let types = async |at: usize| {
        let (id, token): &(String, String) = &codes[at];
        visitor.types(id, token).await
    };
    types(0).await.is_closed("unknown");
    assert_eq!(types(2).await.body["success"], true);
    types(1).await.is_closed("used");
    types(2).await.is_closed("used");

    let id = visitor.asks("sms").await.text("id");
    assert_eq!(visitor.types(&id, &world.token()).await.body["success"], true);
}
