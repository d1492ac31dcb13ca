//! Reads the configuration and finds everything that is wrong with it.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use store::{Address, KEYS_SCHEMA};

use crate::config::{BusAddress, Config};

/// All that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Problems {}

/// A configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<String>,
    data_dir: Option<String>,
    secrets_dir: Option<String>,
    database_url: Option<String>,
    database_password_file: Option<String>,
    keys_url: Option<String>,
    keys_password_file: Option<String>,
    database_connections: Option<u32>,
    bus_url: Option<String>,
    bus_credentials_file: Option<String>,
    share_port: Option<bool>,
    threads: Option<usize>,
    max_sockets: Option<usize>,
    ping_after: Option<u32>,
    public_url: Option<String>,
    console_url: Option<String>,
    trusted_proxies: Option<String>,
    log: Option<String>,
    load_test: bool,
}

/// The names of the variables, and the field each one fills.
pub(super) const VARIABLES: [&str; 18] = [
    "listen",
    "data_dir",
    "secrets_dir",
    "database_url",
    "database_password_file",
    "keys_url",
    "keys_password_file",
    "database_connections",
    "bus_url",
    "bus_credentials_file",
    "share_port",
    "threads",
    "max_sockets",
    "ping_after",
    "public_url",
    "console_url",
    "trusted_proxies",
    "log",
];

/// Reads the configuration of this process. `file` comes from the command line.
///
/// # Errors
/// [`Problems`], all of them.
pub fn read(file: Option<&Path>, demo: bool) -> Result<Config, Problems> {
    #[expect(clippy::disallowed_methods, reason = "this is the module that reads the environment")]
    let environment: BTreeMap<String, String> =
        std::env::vars().filter(|(name, _)| name.starts_with("MEDCHAT_")).collect();
    resolve(file, &environment, demo)
}

fn resolve(
    file: Option<&Path>,
    environment: &BTreeMap<String, String>,
    demo: bool,
) -> Result<Config, Problems> {
    let named = file.map(Path::to_owned).or_else(|| environment.get("MEDCHAT_CONFIG").map(PathBuf::from));
    let mut file = match named {
        None => File::default(),
        Some(path) => read_file(&path)?,
    };
    let take = |name: &str, from_file: Option<String>| -> Option<String> {
        let variable = format!("MEDCHAT_{}", name.to_uppercase());
        environment.get(&variable).filter(|value| !value.is_empty()).cloned().or(from_file)
    };
    let mut problems = Vec::new();
    let data_dir = PathBuf::from(take("data_dir", file.data_dir.take()).unwrap_or_else(|| "data".into()));
    let listen = take("listen", file.listen.take()).unwrap_or_else(|| "127.0.0.1:8080".into());
    let listen: Option<SocketAddr> =
        parse(&listen, "listen", "an address and a port, 127.0.0.1:8080", &mut problems);
    let proxies = take("trusted_proxies", file.trusted_proxies.take()).unwrap_or_default();
    let trusted_proxies = proxies
        .split(',')
        .map(str::trim)
        .filter(|address| !address.is_empty())
        .filter_map(|address| {
            parse::<IpAddr>(address, "trusted_proxies", "addresses and commas", &mut problems)
        })
        .collect();
    let url = take("database_url", file.database_url.take());
    let password = take("database_password_file", file.database_password_file.take());
    let database = match url {
        None => Some(Address::Sqlite(data_dir.join("medchat.db"))),
        Some(url) => address("database", &url, password, &mut problems),
    };
    let url = take("keys_url", file.keys_url.take());
    let password = take("keys_password_file", file.keys_password_file.take());
    let keys = match url {
        None => database.as_ref().map(|database| keys_beside(database, &data_dir)),
        Some(url) => address("keys", &url, password, &mut problems).map(in_own_schema),
    };
    let database_connections = number(
        take("database_connections", file.database_connections.map(spell)),
        "database_connections",
        8,
        &mut problems,
    );
    let threads = number(take("threads", file.threads.map(spell)), "threads", cores(), &mut problems);
    let max_sockets = take("max_sockets", file.max_sockets.map(spell))
        .map(|text| number(Some(text), "max_sockets", 1, &mut problems));
    let ping_after = number(take("ping_after", file.ping_after.map(spell)), "ping_after", 25, &mut problems);
    let bus = bus(
        take("bus_url", file.bus_url.take()),
        take("bus_credentials_file", file.bus_credentials_file.take()),
        database.as_ref(),
        &mut problems,
    );
    let share_port = take("share_port", file.share_port.map(spell))
        .map_or(Some(bus.is_some()), |text| parse(&text, "share_port", "true or false", &mut problems))
        .unwrap_or_default();
    let public_url = origin(take("public_url", file.public_url.take()), "public_url", &mut problems);
    let console_url = origin(take("console_url", file.console_url.take()), "console_url", &mut problems);
    if (demo || file.load_test) && listen.is_some_and(|listen| !listen.ip().is_loopback()) {
        problems.push("listen: a demo or a load test runs on loopback only, such as 127.0.0.1:8080".into());
    }
    match (listen, database, keys) {
        (Some(listen), Some(database), Some(keys)) if problems.is_empty() => Ok(Config {
            listen,
            secrets_dir: take("secrets_dir", file.secrets_dir.take())
                .map_or_else(|| data_dir.join("secrets"), PathBuf::from),
            data_dir,
            database,
            keys,
            database_connections,
            bus,
            share_port,
            threads,
            max_sockets,
            ping_after,
            public_url,
            console_url,
            trusted_proxies,
            log: take("log", file.log.take()).unwrap_or_else(|| "info".into()),
            load_test: file.load_test,
            demo,
            unknown: environment.keys().filter(|name| !is_known(name)).cloned().collect(),
        }),
        _ => Err(Problems(problems)),
    }
}

fn is_known(variable: &str) -> bool {
    let name = variable.trim_start_matches("MEDCHAT_").to_lowercase();
    name == "config" || VARIABLES.contains(&name.as_str())
}

fn read_file(path: &Path) -> Result<File, Problems> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problems(vec![format!("{}: {error}", path.display())]))?;
    toml::from_str(&text)
        .map_err(|error| Problems(vec![format!("{}: {}", path.display(), error.to_string().trim_end())]))
}

fn parse<T: std::str::FromStr>(text: &str, name: &str, form: &str, problems: &mut Vec<String>) -> Option<T> {
    let parsed = text.parse().ok();
    if parsed.is_none() {
        problems.push(format!("{name}: \"{text}\" is not {form}"));
    }
    parsed
}

fn spell(value: impl ToString) -> String {
    value.to_string()
}

/// A number from 1 on; `default` when nobody says.
fn number<T: std::str::FromStr + PartialOrd + From<u8>>(
    text: Option<String>,
    name: &str,
    default: T,
    problems: &mut Vec<String>,
) -> T {
    let Some(text) = text else { return default };
    match text.parse() {
        Ok(number) if number >= T::from(1) => number,
        _ => {
            problems.push(format!("{name}: \"{text}\" is not a number from 1 on"));
            default
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The bus, which needs a database that several nodes can share.
fn bus(
    url: Option<String>,
    credentials: Option<String>,
    database: Option<&Address>,
    problems: &mut Vec<String>,
) -> Option<BusAddress> {
    let credentials = credentials.map(PathBuf::from);
    if let Some(path) = credentials.as_ref().filter(|path| !path.is_file()) {
        problems.push(format!("bus_credentials_file: {} is not a file", path.display()));
    }
    let Some(url) = url else {
        if credentials.is_some() {
            problems.push("bus_credentials_file: there is no bus_url that needs it".into());
        }
        return None;
    };
    if !url.split(',').all(|one| one.trim().starts_with("nats://") || one.trim().starts_with("tls://")) {
        problems.push(format!("bus_url: \"{url}\" does not begin with nats:// or tls://"));
    }
    if matches!(database, Some(Address::Sqlite(_))) {
        problems.push(
            "bus_url: a bus is between nodes that share a database, which SQLite cannot; set database_url"
                .into(),
        );
    }
    Some(BusAddress { url, credentials })
}

/// The address `name`_url gives, with the password of `name`_password_file.
fn address(
    name: &str,
    url: &str,
    password_file: Option<String>,
    problems: &mut Vec<String>,
) -> Option<Address> {
    if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
        return Some(Address::Sqlite(PathBuf::from(path)));
    }
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        problems.push(format!("{name}_url: it begins with sqlite: or postgres://"));
        return None;
    }
    let password = match password_file.map(|path| (std::fs::read_to_string(&path), path)) {
        None => None,
        Some((Ok(password), _)) => Some(password.trim_end().to_owned()),
        Some((Err(error), path)) => {
            problems.push(format!("{name}_password_file: {path}: {error}"));
            None
        }
    };
    Some(Address::Postgres { url: url.to_owned(), password, schema: None })
}

/// Where the key store is when nobody says: a file in the data folder, or a schema beside the database's own.
fn keys_beside(database: &Address, data_dir: &Path) -> Address {
    match database {
        Address::Sqlite(_) => Address::Sqlite(data_dir.join("keys.db")),
        postgres @ Address::Postgres { .. } => in_own_schema(postgres.clone()),
    }
}

fn in_own_schema(address: Address) -> Address {
    match address {
        Address::Postgres { url, password, .. } => {
            Address::Postgres { url, password, schema: Some(KEYS_SCHEMA) }
        }
        sqlite @ Address::Sqlite(_) => sqlite,
    }
}

/// An origin: scheme, host and port, nothing behind.
fn origin(url: Option<String>, name: &str, problems: &mut Vec<String>) -> Option<String> {
    let url = url?;
    let trimmed = url.trim_end_matches('/');
    let host = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.contains(['/', '?', '#', '@'])) {
        problems.push(format!("{name}: \"{url}\" is not an origin, such as https://medchat.example"));
    }
    Some(trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)], demo: bool) -> Result<Config, Problems> {
        let environment = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        resolve(None, &environment, demo)
    }

    #[test]
    fn the_default_needs_nothing() {
        let config = from(&[], false).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert!(matches!(&config.database, Address::Sqlite(path) if path.ends_with("data/medchat.db")));
        assert!(matches!(&config.keys, Address::Sqlite(path) if path.ends_with("data/keys.db")));
        assert!(config.secrets_dir.ends_with("data/secrets"));
    }

    #[test]
    fn keys_have_a_place_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let password = folder.path().join("password");
        std::fs::write(&password, "one\n").unwrap();
        let main = ("MEDCHAT_DATABASE_URL", "postgres://a@host/main");
        let place = |config: Config| match config.keys {
            Address::Postgres { url, password, schema } => (url, password.unwrap_or_default(), schema),
            Address::Sqlite(path) => (path.display().to_string(), String::new(), None),
        };
        let file = ("MEDCHAT_DATABASE_PASSWORD_FILE", password.to_str().unwrap());
        let schema = Some("medchat_keys");
        let beside = from(&[main, file], false).unwrap();
        assert_eq!(place(beside), ("postgres://a@host/main".into(), "one".into(), schema));
        let other = ("MEDCHAT_KEYS_URL", "postgres://b@host/keys");
        let elsewhere = from(&[main, file, other], false).unwrap();
        assert_eq!(place(elsewhere), ("postgres://b@host/keys".into(), String::new(), schema));
        let own = ("MEDCHAT_KEYS_PASSWORD_FILE", password.to_str().unwrap());
        let elsewhere = from(&[other, own], false).unwrap();
        assert_eq!(place(elsewhere), ("postgres://b@host/keys".into(), "one".into(), schema));
        let file = from(&[("MEDCHAT_KEYS_URL", "sqlite:/elsewhere/keys.db")], false).unwrap();
        assert_eq!(place(file), ("/elsewhere/keys.db".into(), String::new(), None));
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let pairs = [
            ("MEDCHAT_LISTEN", "somewhere"),
            ("MEDCHAT_DATABASE_URL", "mysql://x"),
            ("MEDCHAT_KEYS_URL", "keys.db"),
            ("MEDCHAT_PUBLIC_URL", "medchat.example"),
            ("MEDCHAT_TRUSTED_PROXIES", "10.0.0.1, proxy"),
            ("MEDCHAT_THREADS", "0"),
            ("MEDCHAT_DATABASE_CONNECTIONS", "many"),
            ("MEDCHAT_MAX_SOCKETS", "-1"),
            ("MEDCHAT_SHARE_PORT", "perhaps"),
            ("MEDCHAT_BUS_URL", "redis://x"),
            ("MEDCHAT_BUS_CREDENTIALS_FILE", "no-such-file"),
        ];
        let Err(Problems(problems)) = from(&pairs, false) else { panic!("it has problems") };
        assert_eq!(problems.len(), 11, "{problems:?}");
    }

    #[test]
    fn a_bus_needs_a_database_that_nodes_can_share() {
        let bus = ("MEDCHAT_BUS_URL", "nats://127.0.0.1:4222");
        let Err(Problems(problems)) = from(&[bus], false) else { panic!("it has a problem") };
        assert!(problems[0].contains("SQLite cannot"), "{problems:?}");
        let database = ("MEDCHAT_DATABASE_URL", "postgres://a@host/main");
        let config = from(&[bus, database], false).unwrap();
        assert_eq!(config.bus, Some(BusAddress { url: bus.1.into(), credentials: None }));
        assert!(config.share_port, "nodes of one machine share a port");
        assert!(!from(&[bus, database, ("MEDCHAT_SHARE_PORT", "false")], false).unwrap().share_port);
        assert!(!from(&[database], false).unwrap().share_port);
    }

    #[test]
    fn a_demo_stays_on_loopback() {
        assert!(from(&[("MEDCHAT_LISTEN", "0.0.0.0:80")], false).is_ok());
        assert!(from(&[("MEDCHAT_LISTEN", "0.0.0.0:80")], true).is_err());
    }

    #[test]
    fn the_example_of_three_nodes_is_a_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let (path, password) = (folder.path().join("medchat.toml"), folder.path().join("password"));
        std::fs::write(&password, "one\n").unwrap();
        let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/nodes/medchat.toml");
        let text = std::fs::read_to_string(example).unwrap();
        std::fs::write(&path, text.replace("/etc/medchat/database.password", password.to_str().unwrap()))
            .unwrap();
        let config = resolve(Some(&path), &BTreeMap::new(), false).unwrap();
        assert!(config.bus.is_some() && config.share_port);
    }

    #[test]
    fn an_unknown_key_of_a_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("medchat.toml");
        std::fs::write(&path, "listen = \"127.0.0.1:0\"\nlisten_on = 1\n").unwrap();
        let Err(problems) = resolve(Some(&path), &BTreeMap::new(), false) else { panic!("it has problems") };
        assert!(problems.to_string().contains("listen_on"), "{problems}");
    }
}
