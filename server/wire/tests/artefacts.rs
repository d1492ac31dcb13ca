//! The files other languages read are generated from this crate and never differ from it. Run with
//! `UPDATE_GOLDEN=1` (or `make generated`) to write them.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::{Path, PathBuf};

fn beside_the_clients(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/wire").join(name)
}

fn holds(name: &str, text: &str) {
    let path = beside_the_clients(name);
    if option_env!("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(stands, text, "{name} is stale: run `make generated`");
}

#[test]
fn typescript_types_are_fresh() {
    holds("generated.ts", &wire::typescript::generated());
}

#[test]
fn the_socket_schema_is_fresh() {
    #[derive(schemars::JsonSchema)]
    #[expect(dead_code, reason = "only the schema of the two directions is wanted")]
    struct Socket {
        client: wire::frame::ClientFrame,
        server: wire::frame::ServerFrame,
    }
    let schema = schemars::schema_for!(Socket);
    holds("socket.schema.json", &format!("{}\n", serde_json::to_string_pretty(&schema).unwrap()));
}
