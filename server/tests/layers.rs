//! Who may import whom, and the other rules of the house that a compiler does not know. The tables below are
//! the ones of `ARCHITECTURE.md`; whoever wants another arrow changes both, and says why there.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A part of the server, the parts it may use, and which of the watched crates.
struct Part {
    name: &'static str,
    parts: &'static [&'static str],
    crates: &'static [&'static str],
}

const fn part(name: &'static str, parts: &'static [&'static str], crates: &'static [&'static str]) -> Part {
    Part { name, parts, crates }
}

/// The arrows inside the server. `a::b` allows one module of a part alone.
const PARTS: [Part; 13] = [
    // Where the database is, is part of the configuration.
    part("config", &[], &["store"]),
    part("observe", &[], &[]),
    part("texts", &[], &["domain"]),
    part("auth", &["config"], &["domain"]),
    // Keys of the secrets folder wrap those of the key store.
    part("vault", &["auth::secrets"], &["domain", "store"]),
    part("live", &["vault"], &["domain", "wire", "store"]),
    part("acts", &["auth", "vault", "live::bus"], &["domain", "store"]),
    part("http", &["acts", "auth", "texts"], &["domain", "wire", "axum"]),
    // An error frame carries the code of the one mapping; a frame is decoded, and a page judged, as HTTP does it.
    part(
        "socket",
        &["acts", "auth", "live", "observe", "http::extract", "http::origin", "http::problem"],
        &["domain", "wire", "axum", "hyper"],
    ),
    // The hub's repair reads the newest numbers itself: it is no act of anybody.
    part("ticker", &["acts", "auth::heads", "live", "observe"], &["domain", "store"]),
    // Who wants a socket goes past the router.
    part("serve", &["http::address", "socket"], &["axum", "hyper"]),
    part("open_files", &[], &[]),
    // A region's list is read from the region files, which are compiled in there.
    part("lines", &["acts::subject"], &["domain"]),
];

/// These put everything together and hold no rule.
const COMPOSITION: [&str; 4] = ["app", "command", "main", "lib"];

/// The crates whose use is watched.
const WATCHED: [&str; 6] = ["domain", "wire", "store", "axum", "hyper", "sqlx"];

/// Own crates: the own crates each may use, and foreign ones it must not know.
const CRATES: [(&str, &[&str], &[&str]); 5] = [
    ("server/domain", &[], &["tokio", "axum", "hyper", "sqlx", "reqwest", "tracing", "rand", "utoipa"]),
    ("server/wire", &["domain"], &["tokio", "axum", "hyper", "sqlx", "reqwest", "tracing"]),
    ("server/store", &["domain"], &["axum", "hyper", "reqwest", "utoipa", "rand"]),
    ("server", &["domain", "wire", "store"], &["sqlx"]),
    ("loadtest", &["wire"], &["sqlx", "axum"]),
];

/// Where a task may be started. Long-lived ones belong to `app.rs`, which can stop them.
const SPAWNS: [(&str, &str); 5] = [
    ("app.rs", "the long-lived tasks"),
    ("serve.rs", "one task a connection"),
    ("socket/upgrade.rs", "one task a socket"),
    ("live/local.rs", "filling a gap, which ends by itself"),
    ("auth/password.rs", "one hash, off the runtime's threads"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// All Rust files under a folder, by their path in it.
fn sources(folder: &str) -> BTreeMap<String, String> {
    let folder = root().join(folder);
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

/// The files of the server, without their tests.
fn server() -> BTreeMap<String, String> {
    shipped("server/src")
}

/// The files under a folder without their tests: those may use anything.
fn shipped(folder: &str) -> BTreeMap<String, String> {
    let files = sources(folder)
        .into_iter()
        .filter(|(name, _)| part_of(name.rsplit('/').next().unwrap_or_default()) != "tests");
    files.map(|(name, text)| (name, without_tests(&text))).collect()
}

/// The code of a file: no comments, nothing from its tests on.
fn without_tests(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The part a file belongs to.
fn part_of(file: &str) -> &str {
    file.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// What follows each `prefix` in the code, as far as it is a path.
fn paths_after<'a>(code: &'a str, prefix: &'a str) -> impl Iterator<Item = String> + 'a {
    code.match_indices(prefix).filter(|(at, _)| !ends_in_word(&code[..*at])).map(move |(at, _)| {
        let rest = &code[at + prefix.len()..];
        rest.chars().take_while(|symbol| symbol.is_alphanumeric() || matches!(symbol, '_' | ':')).collect()
    })
}

fn ends_in_word(text: &str) -> bool {
    text.ends_with(|symbol: char| symbol.is_alphanumeric() || matches!(symbol, '_' | ':'))
}

/// Every arrow of a file that the table does not allow.
fn forbidden(file: &str, code: &str) -> Vec<String> {
    let name = part_of(file);
    if COMPOSITION.contains(&name) {
        return Vec::new();
    }
    let Some(part) = PARTS.iter().find(|part| part.name == name) else {
        return vec![format!("{file}: the table knows no part `{name}`")];
    };
    let mut odd = Vec::new();
    for path in paths_after(code, "crate::") {
        let mut segments = path.split("::");
        let (first, second) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
        let deeper = format!("{first}::{second}");
        if first != name && !part.parts.contains(&first) && !part.parts.contains(&deeper.as_str()) {
            odd.push(format!("{file} uses crate::{path}"));
        }
    }
    for known in WATCHED.iter().filter(|known| !part.crates.contains(known)) {
        if paths_after(code, &format!("{known}::")).next().is_some() {
            odd.push(format!("{file} uses {known}"));
        }
    }
    odd
}

#[test]
fn imports_go_one_way() {
    let odd: Vec<String> = server().iter().flat_map(|(file, code)| forbidden(file, code)).collect();
    assert!(odd.is_empty(), "{odd:#?}");
}

#[test]
fn an_arrow_the_other_way_is_found() {
    for (file, code) in [
        ("acts/post.rs", "use crate::http::problem::Refusal;"),
        ("acts/post.rs", "use crate::live::hub::Hub;"),
        ("acts/post.rs", "fn f() -> wire::frame::ServerFrame {}"),
        ("http/room.rs", "use store::room;"),
        ("http/room.rs", "    let hub = crate::live::hub::Hub::new();"),
        ("socket/inbound.rs", "use store::Store;"),
        ("socket/inbound.rs", "use crate::http::session;"),
        ("live/hub.rs", "use crate::acts::Acts;"),
        ("kitchen/sink.rs", ""),
    ] {
        assert_eq!(forbidden(file, code).len(), 1, "{file}: {code}");
    }
    for (file, code) in [
        ("acts/post.rs", "use crate::live::bus::Bus;\nuse crate::acts::Acts;\nuse domain::text;"),
        ("http/room.rs", "use crate::acts::room::RoomView;\nlet restore::x = 1;"),
        ("app.rs", "use crate::live::hub::Hub;\nuse store::Store;"),
    ] {
        assert_eq!(forbidden(file, &without_tests(code)), Vec::<String>::new());
    }
    assert_eq!(without_tests("a // use store::x\n#[cfg(test)]\nmod tests {\n use store::x; }"), "a ");
}

/// The dependencies a crate ships with.
fn dependencies(folder: &str) -> Option<BTreeSet<String>> {
    let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).ok()?;
    let manifest: toml::Table = text.parse().unwrap();
    let table = manifest.get("dependencies").and_then(|table| table.as_table());
    Some(table.into_iter().flat_map(|table| table.keys().cloned()).collect())
}

#[test]
fn crates_know_what_they_may() {
    let own = ["domain", "wire", "store", "medchat", "loadtest"];
    for (folder, may, must_not) in CRATES {
        let Some(known) = dependencies(folder) else {
            assert_eq!(folder, "loadtest", "{folder} has no Cargo.toml");
            continue;
        };
        for name in own.into_iter().filter(|name| known.contains(*name)) {
            assert!(may.contains(&name), "{folder} depends on {name}");
        }
        for name in must_not {
            assert!(!known.contains(*name), "{folder} depends on {name}");
        }
    }
}

#[test]
fn one_crate_alone_knows_sqlx() {
    let folders = CRATES.iter().map(|(folder, ..)| *folder);
    let knowing: Vec<&str> =
        folders.filter(|folder| dependencies(folder).is_some_and(|known| known.contains("sqlx"))).collect();
    assert_eq!(knowing, ["server/store"]);
}

/// The files in which one of these words stands.
fn files_with(files: &BTreeMap<String, String>, words: &[&str]) -> Vec<String> {
    let has = |code: &&String| words.iter().any(|word| code.contains(word));
    files.iter().filter(|(_, code)| has(code)).map(|(file, _)| file.clone()).collect()
}

#[test]
fn only_the_unit_of_work_begins_and_announces() {
    let files = server();
    assert_eq!(
        files_with(&files, &["store.begin(", "store().begin(", "Store::begin", "begin_with("]),
        ["acts/unit.rs"]
    );
    // A data key is committed in its own database before the unit that first uses it.
    assert_eq!(files_with(&files, &["keys.begin("]), ["vault/mod.rs"]);
    assert_eq!(files_with(&files, &[".announce(", "Bus::announce"]), ["acts/unit.rs"]);
    let writing =
        files.keys().filter(|file| !file.starts_with("acts/") && *file != "app.rs" && *file != "main.rs");
    for file in writing {
        assert!(!files[file].contains("Tx"), "{file} knows transactions");
    }
}

#[test]
fn only_the_configuration_reads_the_environment() {
    let odd: Vec<String> = files_with(&server(), &["env::var", "env::vars", "env::args", "std::env"]);
    assert!(odd.iter().all(|file| file.starts_with("config/")), "{odd:?}");
    for folder in ["server/domain/src", "server/wire/src"] {
        assert_eq!(
            files_with(&shipped(folder), &["std::env", "std::fs", "std::net"]),
            Vec::<String>::new(),
            "{folder}"
        );
    }
}

#[test]
fn tasks_are_started_where_they_can_be_stopped() {
    let spawning = files_with(&server(), &["spawn(", "spawn_blocking(", "spawn_local("]);
    let known: BTreeSet<&str> = SPAWNS.iter().map(|(file, _)| *file).collect();
    let odd: Vec<&String> = spawning.iter().filter(|file| !known.contains(file.as_str())).collect();
    assert!(odd.is_empty(), "{odd:?} start tasks; known are {SPAWNS:#?}");
}

#[test]
fn every_channel_has_a_bound() {
    for folder in ["server/src", "server/domain/src", "server/wire/src", "server/store/src"] {
        assert_eq!(files_with(&sources(folder), &["unbounded"]), Vec::<String>::new(), "{folder}");
    }
}

#[test]
fn every_file_says_what_it_holds() {
    let mut silent = Vec::new();
    for folder in ["server/src", "server/domain/src", "server/wire/src", "server/store/src", "server/tests"] {
        for (file, text) in sources(folder) {
            let first = text.lines().next().unwrap_or_default();
            if !first.starts_with("//! ") {
                silent.push(format!("{folder}/{file}"));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

/// The paths the code map of the architecture names, each in its row's folder.
fn mapped() -> Vec<String> {
    let text = fs::read_to_string(root().join("server/ARCHITECTURE.md")).unwrap();
    let map = text.split("\n## Code map").nth(1).unwrap_or_else(|| panic!("there is no code map"));
    let rows = map.split("\n## ").next().unwrap_or_default().lines().filter(|line| line.starts_with("| `"));
    let mut paths = Vec::new();
    for row in rows {
        let cell = row.trim_start_matches('|').split('|').next().unwrap_or_default();
        let named: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        let folder = named.first().and_then(|first| first.rsplit_once('/')).map_or("", |(folder, _)| folder);
        for name in named {
            paths.push(if name.contains('/') || folder.is_empty() {
                name.into()
            } else {
                format!("{folder}/{name}")
            });
        }
    }
    paths
}

#[test]
fn the_code_map_shows_the_house_as_it_is() {
    let mapped = mapped();
    for path in &mapped {
        assert!(root().join(path).exists(), "the code map shows {path}, which is not there");
    }
    for name in
        PARTS.iter().map(|part| part.name).filter(|name| root().join("server/src").join(name).is_dir())
    {
        let shown = name == "texts" || mapped.contains(&format!("server/src/{name}"));
        assert!(shown, "the code map does not show server/src/{name}");
    }
}
