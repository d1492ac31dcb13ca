//! The audit's chain: what was done is sealed by itself, and whatever somebody does to the record behind the server's back
//! is found. The forger of these tests writes to the database at will, but holds no key and no copy of the heads.

use std::time::Duration;

use domain::audit::{Flaw, Head};
use medchat::acts::seal::{self, Findings};
use medchat::auth::heads::{Heads, Last};
use store::testing::{Engine, spoil};

use crate::ground::keys;
use crate::people::Person;
use crate::world::World;

/// The file of the server, as an operator reads it.
fn heads(world: &World) -> Heads {
    Heads::new(world.data_dir().join("audit.heads"), &keys().audit).unwrap()
}

/// A record of some acts, sealed and signed.
async fn sealed(engine: Engine) -> World {
    let world = World::on(engine).await;
    let cast = world.cast();
    for _ in 0..3 {
        let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Когда примет окулист?").await;
        cast.oleg.accepts(&appeal).await;
    }
    world.seals().await;
    world.acts().sign_audit(&heads(&world)).await.unwrap();
    world
}

async fn looked_at(world: &World) -> Findings {
    seal::verify(&world.store(), heads(world).own().unwrap().heads).await.unwrap()
}

async fn an_honest_record_has_no_flaw(engine: Engine) {
    let world = sealed(engine).await;
    let found = looked_at(&world).await;
    assert!(found.head.n >= 6, "{found:?}");
    assert_eq!((found.flaws.as_slice(), found.slipped_in, found.waiting), ([].as_slice(), 0, 0));
    assert_eq!(heads(&world).last().unwrap(), Last::Signed(found.head));
    // Sealing again finds nothing to do, and nothing is signed twice.
    assert_eq!(world.acts().seal_audit().await.unwrap(), 0);
    world.acts().sign_audit(&heads(&world)).await.unwrap();
    assert_eq!(heads(&world).own().unwrap().heads.iter().filter(|head| **head == found.head).count(), 1);
}

async fn two_who_seal_at_once_make_one_chain(engine: Engine) {
    let world = World::on(engine).await;
    let other = world.another_node().await;
    let cast = world.cast();
    for _ in 0..5 {
        cast.nina.asks_clinic(&world.medchat("rukha"), "Когда примет окулист?").await;
        let here = world.acts();
        let (one, two) = tokio::join!(here.seal_audit(), other.seal_audit());
        one.unwrap();
        two.unwrap();
    }
    world.seals().await;
    let found = looked_at(&world).await;
    assert!(found.head.n >= 5, "{found:?}");
    assert_eq!((found.flaws.as_slice(), found.waiting), ([].as_slice(), 0));
}

/// What a forger does, and what is found.
async fn forged(engine: Engine, statements: &[&'static str], wanted: fn(Head) -> Vec<Flaw>) {
    let world = sealed(engine).await;
    let head = looked_at(&world).await.head;
    for sql in statements {
        assert!(spoil(&world.store(), sql).await > 0, "{sql}");
    }
    let found = looked_at(&world).await;
    assert_eq!(found.flaws, wanted(head), "{statements:?}");
}

async fn a_row_that_is_edited_is_found(engine: Engine) {
    let sql = "update audit set reason = 'x' where id = (select audit from audit_links where n = 2)";
    forged(engine, &[sql], |_| vec![Flaw::Changed(2)]).await;
}

async fn a_row_that_is_deleted_is_found(engine: Engine) {
    let sql = "delete from audit where id = (select audit from audit_links where n = 2)";
    forged(engine, &[sql], |_| vec![Flaw::Missing(2)]).await;
    let link = "delete from audit_links where n = 2";
    forged(engine, &[sql, link], |_| vec![Flaw::Gap(2)]).await;
}

async fn rows_that_change_places_are_found(engine: Engine) {
    let away = "update audit_links set n = 1000 where n = 2";
    let there = "update audit_links set n = 2 where n = 3";
    let back = "update audit_links set n = 3 where n = 1000";
    forged(engine, &[away, there, back], |_| vec![Flaw::Changed(2), Flaw::Changed(3), Flaw::Changed(4)])
        .await;
}

async fn a_row_that_is_slipped_in_is_found(engine: Engine) {
    let world = sealed(engine).await;
    world.clock().advance(Duration::from_secs(3600));
    world.cast().nina.asks_clinic(&world.medchat("rukha"), "Когда примет окулист?").await;
    world.seals().await;
    let sql = "insert into audit (id, at, actor, act, target, reason) \
               select '00000000-0000-7000-8000-000000000000', at, actor, act, target, reason from audit \
               where id = (select audit from audit_links where n = 2)";
    assert_eq!(spoil(&world.store(), sql).await, 1);
    world.seals().await;
    let found = looked_at(&world).await;
    assert_eq!((found.flaws.as_slice(), found.slipped_in), ([].as_slice(), 1));
}

async fn a_tail_that_is_cut_is_found(engine: Engine) {
    let rows = "delete from audit where id in (select audit from audit_links where n > 3)";
    let links = "delete from audit_links where n > 3";
    // Whoever knows the house puts the seal back too.
    let seal = "update audit_seal set n = 3, hash = (select hash from audit_links where n = 3)";
    forged(engine, &[rows, links, seal], |head| vec![Flaw::Short(head.n)]).await;
    // A server that runs finds it as well, and signs nothing any more.
    let world = sealed(engine).await;
    for sql in [rows, links, seal] {
        spoil(&world.store(), sql).await;
    }
    let before = heads(&world).last().unwrap();
    assert!(world.acts().sign_audit(&heads(&world)).await.is_err());
    assert_eq!(heads(&world).last().unwrap(), before);
}

async fn another_key_is_found(engine: Engine) {
    let world = sealed(engine).await;
    let mut other = keys();
    other.audit[0].bytes = [99; 32];
    let theirs = Heads::new(heads(&world).path().to_owned(), &other.audit).unwrap();
    assert_eq!(theirs.last().unwrap(), Last::Foreign);
    assert!(world.acts().sign_audit(&theirs).await.is_err());
}

/// Acts of the audit as somebody finds them by a query.
async fn finds(who: &Person<'_>, query: &str) -> Vec<String> {
    let page = who.reads(&format!("/audit?{query}")).await;
    page["items"].as_array().unwrap().iter().map(|row| row["act"].as_str().unwrap().to_owned()).collect()
}

async fn an_auditor_finds_who_did_what(engine: Engine) {
    let world = World::on(engine).await;
    let cast = world.cast();
    let auditor = world.person("auditor@demo");
    let before = world.now();
    world.clock().advance(Duration::from_secs(1));
    let appeal = cast.nina.asks_clinic(&world.medchat("rukha"), "Когда примет окулист?").await;
    cast.oleg.accepts(&appeal).await;
    let slip = world.person("registrar.rukha@demo").asks("POST", "/desk-codes", None).await.with(201).json();
    let id = slip["slips"][0]["id"].as_str().unwrap();
    world.person("registrar.rukha@demo").asks("DELETE", &format!("/desk-codes/{id}"), None).await.with(204);

    let target = format!("target=appeal:{}", appeal.id);
    let found = auditor.reads(&format!("/audit?{target}")).await;
    let newest = &found["items"][0];
    assert_eq!(newest["act"], "appeal.accept");
    let oleg = cast.oleg.reads("/me").await;
    assert_eq!(newest["actor"]["id"], oleg["id"]);
    assert_eq!(newest["actor"]["name"], oleg["signature"]["name"]);
    assert_eq!(finds(&auditor, "act=desk_code").await, ["desk_code.take_back", "desk_code.hand_out"]);
    assert_eq!(finds(&auditor, "act=desk_code.hand_out").await, ["desk_code.hand_out"]);
    assert_eq!(finds(&auditor, "act=desk").await, [""; 0]);
    let mine = format!("actor={}", oleg["id"].as_str().unwrap());
    assert_eq!(finds(&auditor, &mine).await, ["appeal.accept"]);
    let (old, new) =
        (format!("to={}", before.plus_millis(1).rfc3339()), format!("from={}", world.now().rfc3339()));
    assert!(!finds(&auditor, &old).await.contains(&"appeal.accept".to_owned()));
    assert!(finds(&auditor, &new).await.contains(&"appeal.accept".to_owned()));

    // Page by page it is the same.
    let whole = finds(&auditor, "limit=100").await;
    let (mut pieces, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page = auditor.reads(&format!("/audit?{query}")).await;
        pieces.extend(
            page["items"].as_array().unwrap().iter().map(|row| row["act"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        query = format!("limit=2&after={next}");
    }
    assert_eq!(pieces, whole);
    for bad in ["actor=7", "act=Grant%25", "from=yesterday", "after=7", "limit=1000"] {
        auditor.asks("GET", &format!("/audit?{bad}"), None).await.refused(422, "invalid");
    }
}

on_both_engines!(
    an_auditor_finds_who_did_what,
    an_honest_record_has_no_flaw,
    two_who_seal_at_once_make_one_chain,
    a_row_that_is_edited_is_found,
    a_row_that_is_deleted_is_found,
    rows_that_change_places_are_found,
    a_row_that_is_slipped_in_is_found,
    a_tail_that_is_cut_is_found,
    another_key_is_found,
);
