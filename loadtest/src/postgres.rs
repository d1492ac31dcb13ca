//! A PostgreSQL of one's own, from the system's package: made in a folder, and taken away with this process, however
//! it ends. A shell keeps it, and waits for the end of its standard input.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::process::Pid;

/// Who owns the cluster.
const OWNER: &str = "medchat";

/// Makes the cluster in `$2` with the programs in `$1` and the settings `$3`, says `ready`, waits for the end, and
/// takes everything away.
const KEEPER: &str = r#"
trap '' PIPE INT TERM
"$1/initdb" --pgdata="$2/data" --username=medchat --auth=trust --no-sync --encoding=UTF8 --locale=C >"$2/log" 2>&1 &&
printf '%s\n' "$3" >>"$2/data/postgresql.conf" &&
"$1/pg_ctl" --pgdata="$2/data" --log="$2/log" --wait --timeout=120 start >/dev/null 2>&1 </dev/null &&
echo ready && read -r _
[ -e "$2/data/postmaster.pid" ] && "$1/pg_ctl" --pgdata="$2/data" --mode=immediate --wait stop >/dev/null 2>&1
tail -n 3 "$2/log"
rm -rf "$2"
"#;

/// A running PostgreSQL.
pub struct Postgres {
    /// `postgres://…`, for the server's configuration.
    pub url: String,
    /// Its first process; the others are its children.
    pub pid: Pid,
    programs: PathBuf,
    _keeper: Child,
}

impl Postgres {
    /// Starts one that takes so many connections.
    ///
    /// # Errors
    /// One line, when the package is missing or it does not start.
    pub async fn start(folder: &Path, connections: u32) -> anyhow::Result<Self> {
        let programs = programs().context("PostgreSQL is missing: install the package `postgresql`")?;
        let folder = folder.join("postgres");
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut shell = Command::new("sh");
        shell.args(["-c", KEEPER, "keeper"]).arg(&programs).arg(&folder).arg(settings(
            &folder,
            port,
            connections,
        ));
        // A group of its own: Ctrl-C must not reach it before it has cleaned up.
        shell
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some((user, group)) = unprivileged(&folder)? {
            chown(&folder, Some(user), Some(group))?;
            shell.uid(user).gid(group);
        }
        let mut keeper = shell.spawn().context("starting sh")?;
        let mut said = BufReader::new(keeper.stdout.take().context("a shell without a pipe")?);
        let mut first = [0; 6];
        let length = said.read(&mut first).await?;
        if first != *b"ready\n" {
            let mut rest = String::new();
            said.read_to_string(&mut rest).await?;
            let first = String::from_utf8_lossy(first.get(..length).unwrap_or_default());
            anyhow::bail!("PostgreSQL does not start: {first}{}", rest.trim());
        }
        let pid =
            fs::read_to_string(folder.join("data/postmaster.pid")).context("the process of PostgreSQL")?;
        let pid =
            pid.lines().next().and_then(|line| line.parse().ok()).context("the process of PostgreSQL")?;
        let url = format!("postgres://{OWNER}@127.0.0.1:{port}/postgres");
        Ok(Self { url, pid, programs, _keeper: keeper })
    }

    /// Puts the database in order after a mass of rows came at once: else it would do so by itself minutes later, beside what
    /// is measured, which no database of an ordinary day does.
    ///
    /// # Errors
    /// When a program of the package fails.
    pub async fn settle(&self) -> anyhow::Result<()> {
        for (program, arguments) in [
            ("vacuumdb", ["--quiet", "--analyze"].as_slice()),
            ("psql", &["--quiet", "--no-psqlrc", "--command=checkpoint"]),
        ] {
            let mut command = Command::new(self.programs.join(program));
            command.args(arguments).arg(format!("--dbname={}", self.url)).stdin(Stdio::null());
            let output = command.output().await.with_context(|| program.to_owned())?;
            ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }
}

/// What promises need, and room for every node.
fn settings(folder: &Path, port: u16, connections: u32) -> String {
    format!(
        "fsync = on\nsynchronous_commit = on\nlisten_addresses = '127.0.0.1'\nport = {port}\n\
         unix_socket_directories = '{}'\nmax_connections = {connections}\nshared_buffers = 256MB\n\
         max_wal_size = 4GB\njit = off",
        folder.display()
    )
}

/// Where the programs of the newest PostgreSQL are.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    debian.sort();
    let folders = debian.into_iter().rev().map(|(_, folder)| folder);
    let mut folders =
        folders.chain(["/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin"].map(PathBuf::from));
    folders.find(|folder| ["initdb", "pg_ctl"].iter().all(|program| folder.join(program).is_file()))
}

/// A user and group to run as when we are root, whom PostgreSQL refuses to serve.
fn unprivileged(own: &Path) -> anyhow::Result<Option<(u32, u32)>> {
    if fs::metadata(own)?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").context("/etc/passwd")?;
    let user = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map_while(|field| field.parse().ok());
        Some((numbers.next()?, numbers.next()?))
    };
    let found = user("postgres").or_else(|| user("nobody"));
    ensure!(found.is_some(), "there is neither a user `postgres` nor `nobody` to run PostgreSQL as");
    Ok(found)
}
