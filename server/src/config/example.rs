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
            Some(value) => out.push_str(&format!("{key} = {value}\n")),
            None => out.push_str(&format!("# {key} = \"\"\n")),
        }
    }
    out
}

const ROWS: [(&str, Option<&str>, &str); 12] = [
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
