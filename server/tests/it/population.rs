//! A made-up population: each token is of a verified resident who is a member of one medchat.

use std::collections::BTreeMap;

use domain::actor::Actor;
use store::testing::{Engine, fresh};

use crate::ground;

#[tokio::test]
async fn each_token_is_of_a_verified_member() {
    let db = fresh(Engine::Sqlite).await;
    let server = ground::build(&db).await.unwrap();
    let mut tokens: Vec<String> = Vec::new();
    server
        .acts
        .populate(70, |token| {
            tokens.push(token.to_owned());
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(tokens.len(), 70);
    let mut rooms: Vec<String> = Vec::new();
    for token in &tokens {
        let person = server.acts.person(server.acts.bearer_of(token).unwrap()).await.unwrap();
        assert!(person.verified_adult);
        let own = store::member::rooms_of(&db.store, person.account).await.unwrap();
        assert_eq!(own.len(), 1, "{:?}", Actor::Person(person));
        rooms.push(own[0].to_string());
    }
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    rooms.iter().for_each(|room| *sizes.entry(room).or_default() += 1);
    let changes = rooms.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert_eq!(changes + 1, sizes.len(), "neighbours in the file are neighbours in a room");
    assert!(sizes.len() > 1 && sizes.values().all(|size| *size > 0), "{sizes:?}");
}
