//! The commented example that `medchat check --example` prints and `deploy/medchat.example.toml` holds.

/// The example, in which every value shown is the default.
pub fn example() -> String {
    let mut out = String::from(
        "# Configuration of medchat. Every value shown is the default; a variable MEDCHAT_… of the environment\n\
         # goes over the file. Passwords and keys never stand here, only the files that hold them.\n",
    );
    for (key, value, comment) in ROWS {
        out.push_str(&format!("\n# {}\n", comment.replace('\n', "\n# ")));
        match value {
            Some(value) if value.starts_with("# ") => {
                out.push_str(&format!("# {key} = {}\n", value.trim_start_matches("# ")));
            }
            Some(value) => out.push_str(&format!("{key} = {value}\n")),
            None => out.push_str(&format!("# {key} = \"\"\n")),
        }
    }
    out
}

const ROWS: [(&str, Option<&str>, &str); 19] = [
    ("listen", Some("\"127.0.0.1:8080\""), "Where to listen. TLS is the proxy's work."),
    ("data_dir", Some("\"data\""), "Where the embedded database lives. One process locks it."),
    (
        "secrets_dir",
        None,
        "Where keys live, the same on every node; `secrets` in the data folder when left out.\nGenerated on the first start, readable by the owner alone.",
    ),
    (
        "database_url",
        None,
        "`postgres://user@host/database` for PostgreSQL; the embedded SQLite when left out.",
    ),
    ("database_password_file", None, "A file with the password of the database."),
    (
        "keys_url",
        None,
        "Where the keys of what people write in confidence are, with its own short-lived backup. When left out:\n`keys.db` in the data folder, or the schema `medchat_keys` in the PostgreSQL database.",
    ),
    ("keys_password_file", None, "A file with the password of the key store, when `keys_url` names one."),
    (
        "database_connections",
        Some("8"),
        "How many connections to PostgreSQL this node reads with, and as many it writes with; 1 is enough for a small node.\nThe key store takes as many while it is asked, and gives them back. PostgreSQL's `max_connections` must hold all nodes'.",
    ),
    (
        "bus_url",
        None,
        "The bus between nodes that share a PostgreSQL database: nats://host:4222, several with commas. NATS 2.9.0 or newer.\nWithout one this node is alone; with one that is away, entries of other nodes come up to two seconds late.",
    ),
    ("bus_credentials_file", None, "A file with the credentials of the bus, as `nsc` writes it."),
    (
        "share_port",
        Some("# true"),
        "Whether several nodes of one machine listen on the same port (SO_REUSEPORT): true or false.\nTrue when there is a bus, when left out.",
    ),
    ("threads", Some("# 2"), "How many threads do the work; as many as there are cores when left out."),
    (
        "max_sockets",
        Some("# 19000"),
        "How many sockets this node holds at most. When left out: what the limit of open files allows, less a twentieth.\nWho comes to a full node is sent away with 1013 and comes back a little later, perhaps elsewhere.",
    ),
    (
        "ping_after",
        Some("25"),
        "After how many seconds of silence a client is pinged; it has eight to answer. A proxy in between must wait longer than that.\nMore saves work on a node with very many silent sockets, and notices later that one is gone without a word.",
    ),
    (
        "public_url",
        None,
        "The origin people know the residents' client by: https://medchat.example\nSockets and cookies are for pages of this origin alone.",
    ),
    ("console_url", None, "The origin of the staff console, when it has a host name of its own."),
    (
        "trusted_proxies",
        None,
        "Addresses of the proxies whose word about a client's address is taken, with commas.",
    ),
    (
        "log",
        Some("\"info\""),
        "What to log: error, warn, info, debug, or by module. Texts of people are never logged.",
    ),
    ("load_test", Some("false"), "Lifts the limits per account and address, on loopback only."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read::VARIABLES;

    #[test]
    fn it_names_every_variable_and_is_itself_a_configuration() {
        let example = example();
        for name in VARIABLES {
            assert!(example.contains(name), "{name}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("medchat.toml");
        std::fs::write(&path, &example).unwrap();
        assert!(crate::config::read(Some(&path), false).is_ok());
    }

    #[test]
    fn the_file_in_deploy_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/medchat.example.toml");
        if option_env!("UPDATE_GOLDEN").is_some() {
            std::fs::write(path, example()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), example(), "run `make generated`");
    }
}
