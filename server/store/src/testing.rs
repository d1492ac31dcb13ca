//! Fresh databases for tests: a SQLite file in a folder that goes away, and a database of a PostgreSQL
//! cluster that this process starts once, on a free port, and stops with itself. A machine without
//! PostgreSQL fails the tests with one line; nothing is skipped.
//!
//! The cluster belongs to a shell that waits for the end of its standard input. The kernel closes that pipe
//! however this process ends, so a panic, an abort or a `kill -9` leaves neither a server nor a folder behind.
#![expect(clippy::panic, reason = "a test without its database cannot go on")]

use std::fmt::Display;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::engine::{Address, KEYS_SCHEMA, Store, on_tx};
use crate::migrate::{migrate, migrate_keys};

/// The two engines, for tests that run on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

impl Engine {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// An opened and migrated database of one test. Keep it as long as the test runs: with it goes the folder.
pub struct Fresh {
    /// The database.
    pub store: Store,
    /// Where it is, for another process or another opening.
    pub address: Address,
    _folder: Option<TempDir>,
}

/// A database nobody else uses.
///
/// # Panics
/// When it cannot be made; without PostgreSQL with one line that names the package.
pub async fn fresh(engine: Engine) -> Fresh {
    match engine {
        Engine::Sqlite => {
            let folder = or_panic("a temporary folder", TempDir::with_prefix("medchat-"));
            let address = Address::Sqlite(folder.path().join("medchat.db"));
            let store = or_panic("opening SQLite", Store::open(&address).await);
            or_panic("migrating SQLite", migrate(&store).await);
            Fresh { store, address, _folder: Some(folder) }
        }
        Engine::Postgres => {
            let address = shared().await.database().await;
            let store = or_panic("opening PostgreSQL", Store::open(&address).await);
            Fresh { store, address, _folder: None }
        }
    }
}

/// A key store nobody else uses.
///
/// # Panics
/// As [`fresh`].
pub async fn fresh_keys(engine: Engine) -> Fresh {
    let Fresh { store, address, _folder } = fresh(engine).await;
    store.close().await;
    let address = keys_beside(&address);
    let store = or_panic("opening the key store", Store::open(&address).await);
    or_panic("migrating the key store", migrate_keys(&store).await);
    Fresh { store, address, _folder }
}

/// Where the key store of this database is: a file in its folder, or its own schema.
pub fn keys_beside(address: &Address) -> Address {
    match address {
        Address::Sqlite(path) => Address::Sqlite(path.with_file_name("keys.db")),
        Address::Postgres { url, password, .. } => {
            Address::Postgres { url: url.clone(), password: password.clone(), schema: Some(KEYS_SCHEMA) }
        }
    }
}

/// Everything a database keeps, as bytes to be searched: the files of SQLite, every row of every table of PostgreSQL.
///
/// # Panics
/// When it cannot be read.
pub async fn everything_in(address: &Address) -> Vec<u8> {
    match address {
        Address::Sqlite(path) => {
            let mut bytes = or_panic("reading the database", fs::read(path));
            // What was committed lately may stand in the log alone.
            bytes.extend(fs::read(path.with_extension("db-wal")).unwrap_or_default());
            bytes
        }
        Address::Postgres { url, schema, .. } => {
            let mut connection = or_panic("reaching PostgreSQL", PgConnection::connect(url).await);
            let schema = schema.unwrap_or("public");
            let tables =
                sqlx::query_scalar::<_, String>("select tablename from pg_tables where schemaname = $1")
                    .bind(schema)
                    .fetch_all(&mut connection)
                    .await;
            let mut bytes = Vec::new();
            for table in or_panic("listing tables", tables) {
                let sql = AssertSqlSafe(format!("select one::text from {schema}.{table} one"));
                let rows = sqlx::query_scalar::<_, String>(sql).fetch_all(&mut connection).await;
                or_panic("reading rows", rows).iter().for_each(|row| bytes.extend(row.as_bytes()));
            }
            or_panic("leaving PostgreSQL", connection.close().await);
            bytes
        }
    }
}

/// Runs one statement in this database, as nobody but a fault or a clumsy hand would; gives how many rows it changed.
///
/// # Panics
/// When it fails.
pub async fn spoil(store: &Store, sql: &'static str) -> u64 {
    let mut tx = or_panic("beginning", store.begin().await);
    let rows = on_tx!(&mut tx, on => {
        sqlx::query::<Db>(sql).execute(on).await.map(|done| done.rows_affected())
    });
    or_panic("committing", tx.commit().await);
    or_panic(sql, rows)
}

/// The migrated database every other one of the shared cluster is copied from.
const TEMPLATE: &str = "migrated";

/// The cluster of this process, with its template.
async fn shared() -> &'static Cluster {
    static SHARED: OnceCell<Cluster> = OnceCell::const_new();
    SHARED
        .get_or_init(|| async {
            let cluster = Cluster::start();
            cluster.run(&format!("create database {TEMPLATE}")).await;
            let store = or_panic("opening the template", Store::open(&cluster.address(TEMPLATE)).await);
            or_panic("migrating PostgreSQL", migrate(&store).await);
            store.close().await;
            cluster
        })
        .await
}

/// A PostgreSQL server of one's own. It stops when this is dropped or the process ends.
pub struct Cluster {
    port: u16,
    programs: PathBuf,
    folder: PathBuf,
    databases: AtomicU64,
    /// Its standard input is the pipe that the keeper waits on.
    _keeper: Child,
}

/// How often a start is tried: another process may take the free port first.
const STARTS: usize = 3;

/// The user that owns the cluster.
const OWNER: &str = "medchat";

/// Makes the cluster, says `ready` (or why not), waits until nobody holds the other end of the pipe, and takes
/// everything away. `$1`: where the programs are; `$2`: the folder; `$3`: lines for the configuration.
/// Collation is a real language's, so that an order that leans on it shows.
const KEEPER: &str = r#"
trap '' PIPE
start() {
  "$1/initdb" --pgdata="$2/data" --username=medchat --auth=trust --no-sync --encoding=UTF8 --locale=C \
    --locale-provider=icu --icu-locale=ru </dev/null >"$2/log" 2>&1 &&
  printf '%s\n' "$3" >>"$2/data/postgresql.conf" &&
  "$1/pg_ctl" --pgdata="$2/data" --log="$2/log" --wait --timeout=120 start </dev/null >/dev/null 2>&1
}
if start "$@"; then echo ready && read -r _; else cat "$2/log"; fi
if [ -e "$2/data/postmaster.pid" ]; then
  "$1/pg_ctl" --pgdata="$2/data" --mode=immediate --wait stop </dev/null >/dev/null 2>&1
fi
rm -rf "$2"
"#;

impl Cluster {
    /// Starts one; it blocks for a second or two.
    ///
    /// # Panics
    /// When PostgreSQL is missing or does not start.
    pub fn start() -> Self {
        Self::start_in(&std::env::temp_dir(), &[])
    }

    /// The same in a folder of this one, with these variables beside its own.
    ///
    /// # Panics
    /// As [`Self::start`].
    pub fn start_in(parent: &Path, environment: &[(&str, &str)]) -> Self {
        let Some(programs) = programs() else {
            panic!("PostgreSQL is missing: install the package `postgresql` (Debian, Ubuntu)")
        };
        for _ in 1..STARTS {
            if let Ok(cluster) = Self::try_start(&programs, parent, environment) {
                return cluster;
            }
        }
        or_panic("starting PostgreSQL", Self::try_start(&programs, parent, environment))
    }

    fn try_start(programs: &Path, parent: &Path, environment: &[(&str, &str)]) -> Result<Self, String> {
        let folder = or_panic("a temporary folder", TempDir::with_prefix_in("medchat-", parent)).keep();
        let port = free_port();
        let mut shell = Command::new("sh");
        shell.args(["-c", KEEPER, "keeper"]).arg(programs).arg(&folder).arg(settings(&folder, port));
        // A group of its own: Ctrl-C must reach the tests alone, or nobody is left to clean up.
        shell.current_dir("/").process_group(0).envs(environment.iter().copied());
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some((user, group)) = unprivileged(&folder) {
            or_panic("giving the folder away", chown(&folder, Some(user), Some(group)));
            shell.uid(user).gid(group);
        }
        let mut keeper = or_panic("starting sh", shell.spawn());
        let mut said = BufReader::new(or_panic("hearing sh", keeper.stdout.take().ok_or("no pipe")));
        let mut first = String::new();
        or_panic("hearing sh", said.read_line(&mut first));
        if first.trim_end() == "ready" {
            let (programs, databases) = (programs.to_owned(), AtomicU64::new(0));
            return Ok(Self { port, programs, folder, databases, _keeper: keeper });
        }
        or_panic("hearing sh", said.read_to_string(&mut first));
        or_panic("the end of sh", keeper.wait());
        Err(first)
    }

    /// The port it listens on.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The address of one of its databases.
    pub fn address(&self, database: &str) -> Address {
        Address::Postgres {
            url: format!("postgres://{OWNER}@127.0.0.1:{}/{database}", self.port),
            password: None,
            schema: None,
        }
    }

    /// Listens at this address of the machine too, for everybody in the network. It is started again for that.
    ///
    /// # Panics
    /// When it does not start.
    pub fn open_to(&self, address: Ipv4Addr, network: &str) {
        let data = self.folder.join("data");
        for (file, line) in [
            ("postgresql.conf", format!("listen_addresses = '127.0.0.1, {address}'")),
            ("pg_hba.conf", format!("host all all {network} trust")),
        ] {
            let file = fs::File::options().append(true).open(data.join(file));
            or_panic("configuring PostgreSQL", file.and_then(|mut file| writeln!(file, "{line}")));
        }
        kill(&self.freeze());
        self.start_again();
    }

    /// Runs one statement as the owner, outside of any pool and its limits.
    ///
    /// # Panics
    /// When it fails.
    pub async fn run(&self, sql: &str) {
        let url = format!("postgres://{OWNER}@127.0.0.1:{}/postgres", self.port);
        let mut connection = or_panic("reaching PostgreSQL", PgConnection::connect(&url).await);
        or_panic(sql, sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await);
        or_panic("leaving PostgreSQL", connection.close().await);
    }

    /// Stops every process of it where it stands, as a machine does whose power is about to go; gives back when all
    /// stand still, which they are: connections stay open and nothing answers.
    ///
    /// # Panics
    /// When it does not run.
    pub fn freeze(&self) -> Vec<u32> {
        // The postmaster first: it would replace what stands still.
        let postmaster = self.postmaster();
        freeze(postmaster);
        let all: Vec<u32> = std::iter::once(postmaster).chain(children(postmaster)).collect();
        all.iter().skip(1).copied().for_each(freeze);
        all
    }

    /// Lets a frozen server go on.
    ///
    /// # Panics
    /// When it cannot.
    pub fn thaw(&self) {
        let postmaster = self.postmaster();
        children(postmaster).into_iter().chain([postmaster]).for_each(thaw);
    }

    /// Kills a process of the server, upon which it throws out everybody and recovers from its log.
    ///
    /// # Panics
    /// When it cannot.
    pub fn crash(&self) {
        let last = children(self.postmaster()).pop();
        signal("KILL", or_panic("a process of PostgreSQL", last.ok_or("it has one")));
    }

    /// Starts it again on what is there, after a kill.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&self) {
        // They name a process of before the kill, which may still wait to be reaped; after a true cut they name nobody.
        for lock in ["data/postmaster.pid".into(), format!(".s.PGSQL.{}.lock", self.port)] {
            let _ = fs::remove_file(self.folder.join(lock));
        }
        let mut pg_ctl = Command::new(self.programs.join("pg_ctl"));
        pg_ctl.arg("--pgdata").arg(self.folder.join("data")).arg("--log").arg(self.folder.join("log-again"));
        pg_ctl.args(["--wait", "--timeout=120", "start"]).current_dir("/").process_group(0);
        if let Some((user, group)) = unprivileged(Path::new("/proc/self")) {
            pg_ctl.uid(user).gid(group);
        }
        let done = or_panic("starting pg_ctl", pg_ctl.stdin(Stdio::null()).stdout(Stdio::null()).status());
        let log = || fs::read_to_string(self.folder.join("log-again")).unwrap_or_default();
        assert!(done.success(), "PostgreSQL does not start again: {}", log());
    }

    /// Kills whatever of it still runs, frozen or not, and gives back when all is gone. Nothing in its folder is needed
    /// for that, which may lie on a disk that is no more.
    pub fn end(&self) {
        let folder = self.folder.display().to_string();
        let is_ours = |process: &u32| {
            let words = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
            // The keeper names it too, and stays to clear up.
            words.split(|byte| *byte == 0).next().is_some_and(|program| program.ends_with(b"/postgres"))
                && String::from_utf8_lossy(&words).contains(&folder)
        };
        let postmasters: Vec<u32> = processes().filter(is_ours).collect();
        let theirs: Vec<u32> = postmasters.iter().flat_map(|process| children(*process)).collect();
        for process in postmasters.iter().chain(&theirs) {
            // One that has ended meanwhile takes no signal.
            let _ = Command::new("kill").args(["-KILL", &process.to_string()]).stderr(Stdio::null()).status();
        }
        while postmasters.iter().chain(&theirs).any(|process| state(*process).is_some_and(|it| it != 'Z')) {
            std::thread::sleep(MOMENT);
        }
    }

    /// The process all others of it come from.
    fn postmaster(&self) -> u32 {
        let file = or_panic("PostgreSQL runs", fs::read_to_string(self.folder.join("data/postmaster.pid")));
        or_panic("its process", file.lines().next().ok_or("nothing").and_then(|id| id.parse().or(Err("odd"))))
    }

    /// A new copy of the template.
    async fn database(&self) -> Address {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("create database {name} template {TEMPLATE}")).await;
        self.address(&name)
    }
}

/// What promises need, and room for the pools of many tests at once.
fn settings(folder: &Path, port: u16) -> String {
    format!(
        "fsync = on\nsynchronous_commit = on\nlisten_addresses = '127.0.0.1'\nport = {port}\n\
         unix_socket_directories = '{}'\nmax_connections = 400\nshared_buffers = 64MB",
        folder.display()
    )
}

/// Where the programs of the newest PostgreSQL are: on the path, or where Debian keeps them.
fn programs() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where programs lie is no configuration of ours")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    debian.sort();
    std::env::split_paths(&path)
        .chain(debian.into_iter().rev().map(|(_, folder)| folder))
        .find(|folder| ["initdb", "pg_ctl"].iter().all(|program| folder.join(program).is_file()))
}

/// A user and group to run as when we are root, whom PostgreSQL refuses to serve.
fn unprivileged(own: &Path) -> Option<(u32, u32)> {
    if or_panic("looking at the folder", fs::metadata(own)).uid() != 0 {
        return None;
    }
    let users = or_panic("reading /etc/passwd", fs::read_to_string("/etc/passwd"));
    let user = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map_while(|field| field.parse().ok());
        Some((numbers.next()?, numbers.next()?))
    };
    Some(or_panic("a user to run as", user("postgres").or_else(|| user("nobody")).ok_or("there is none")))
}

/// How long to wait before looking again.
const MOMENT: Duration = Duration::from_millis(2);

/// Stops a process where it stands; gives back when it, and every thread of it, stands still.
///
/// # Panics
/// When it cannot be stopped.
pub fn freeze(process: u32) {
    signal("STOP", process);
    while state(process).is_some_and(|state| !matches!(state, 'T' | 'Z')) {
        std::thread::sleep(MOMENT);
    }
}

/// Lets a process that stands still go on.
///
/// # Panics
/// When it takes no signal.
pub fn thaw(process: u32) {
    signal("CONT", process);
}

/// Kills processes that stand still; gives back when all are gone.
///
/// # Panics
/// When they take no signal.
pub fn kill(processes: &[u32]) {
    for process in processes {
        signal("KILL", *process);
    }
    while processes.iter().any(|process| state(*process).is_some_and(|state| state != 'Z')) {
        std::thread::sleep(MOMENT);
    }
}

fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status();
    assert!(or_panic("kill", sent).success(), "{process} takes no {name}");
}

/// The state of a process as the kernel calls it; that of a running thread, where one runs. `None` when it is gone.
fn state(process: u32) -> Option<char> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).ok()?.flatten();
    let states = threads.filter_map(|thread| stat(&thread.path()).map(|(state, _)| state));
    states.max_by_key(|state| u8::from(!matches!(state, 'T' | 'Z')))
}

/// The processes that a process has started.
fn children(process: u32) -> Vec<u32> {
    let parent = |one: &u32| stat(Path::new(&format!("/proc/{one}"))).map(|(_, parent)| parent);
    processes().filter(|one| parent(one) == Some(process)).collect()
}

/// All processes there are.
fn processes() -> impl Iterator<Item = u32> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|one| one.file_name().to_str()?.parse().ok())
}

/// State and parent of what a folder of /proc stands for.
fn stat(folder: &Path) -> Option<(char, u32)> {
    let text = fs::read_to_string(folder.join("stat")).ok()?;
    // The name stands in parentheses, and may hold some itself.
    let mut fields = text.rsplit_once(") ")?.1.split(' ');
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

fn free_port() -> u16 {
    let listener = or_panic("a free port", TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    or_panic("a free port", listener.local_addr()).port()
}

fn or_panic<T, E: Display>(what: &str, outcome: Result<T, E>) -> T {
    outcome.unwrap_or_else(|error| panic!("{what}: {error}"))
}
