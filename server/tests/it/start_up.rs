//! The program itself, started as an operator would: what it refuses to start with, and what provisioning does.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::ground;

const REGIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/regions");

/// A folder for data, and the program run on it.
struct Ground {
    folder: TempDir,
}

impl Ground {
    fn new() -> Self {
        Self { folder: TempDir::with_prefix("medchat-").unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medchat"));
        command.args(arguments).env_clear().current_dir(self.folder.path());
        command.env("MEDCHAT_DATA_DIR", self.path("data")).env("MEDCHAT_LISTEN", "127.0.0.1:0");
        command.env("MEDCHAT_LOG", "error");
        command
    }

    /// Runs a command to its end.
    fn runs(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a command prints, which must succeed.
    fn prints(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.runs(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        lines(&output.stdout)
    }

    /// What a command complains about, which must be refused.
    fn complains(&self, arguments: &[&str]) -> Vec<String> {
        let output = self.runs(arguments);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        lines(&output.stderr)
    }

    /// Starts the demo.
    fn serves(&self) -> Serving {
        Serving::of(&mut self.command(&["serve", "--demo"]))
    }
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(ToOwned::to_owned).collect()
}

/// The program while it serves; it ends with the test.
struct Serving {
    address: SocketAddr,
    child: Child,
    _said: BufReader<ChildStdout>,
}

impl Serving {
    /// What this command starts.
    fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}"));
        Self { address: address.parse().unwrap(), child, _said: said }
    }

    /// The first line of the answer to a request.
    fn status(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// Asks it to stop and waits until it has; gives the exit status.
    fn stops(mut self) -> Option<i32> {
        let asked = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        assert!(asked.unwrap().success());
        for _ in 0..1500 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it did not end within 30 s");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_serves_alone_and_goes_when_asked() {
    let ground = Ground::new();
    let serving = ground.serves();
    assert_eq!(serving.address.ip(), Ipv4Addr::LOCALHOST);
    assert_eq!(serving.status("/readyz"), "HTTP/1.1 200 OK");
    for second in [&["serve", "--demo"][..], &["migrate"], &["provision", REGIONS]] {
        let complaint = ground.complains(second);
        assert_eq!(complaint.len(), 1, "{complaint:?}");
        assert!(complaint[0].contains("is used by another process"), "{complaint:?}");
    }
    assert_eq!(serving.status("/healthz"), "HTTP/1.1 200 OK");
    assert_eq!(serving.stops(), Some(0));
    assert_eq!(ground.serves().stops(), Some(0), "and comes back on the same data");
}

#[test]
fn both_databases_are_brought_up_to_date() {
    let ground = Ground::new();
    for _ in 0..2 {
        assert_eq!(ground.prints(&["migrate"]), ["the database is up to date"]);
        assert!(ground.path("data/medchat.db").exists() && ground.path("data/keys.db").exists());
    }
}

#[test]
fn the_key_store_is_where_it_is_said_to_be() {
    let ground = Ground::new();
    let with = |arguments: &[&str], keys: &Path| {
        let url = format!("sqlite:{}", keys.display());
        ground.command(arguments).env("MEDCHAT_KEYS_URL", url).output().unwrap()
    };
    let elsewhere = ground.path("elsewhere/keys.db");
    let output = with(&["migrate"], &elsewhere);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(elsewhere.exists() && !ground.path("data/keys.db").exists());
    let broken = ground.path("broken.db");
    fs::write(&broken, "no database, but as long as the beginning of one").unwrap();
    let output = with(&["serve", "--demo"], &broken);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("the key store"), "{output:?}");
}

#[test]
fn keys_that_are_not_its_own_are_refused() {
    let ground = Ground::new();
    assert_eq!(ground.serves().stops(), Some(0));
    let secrets = ground.path("data/secrets");
    for name in ["token.keys", "refresh.keys", "data.keys", "digest.keys"] {
        let path = secrets.join(name);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        let kept = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let complaint = ground.complains(&["serve", "--demo"]);
        assert!(complaint[0].contains("the database knows the keys"), "{complaint:?}");
        assert!(!String::from_utf8(kept.clone()).unwrap().trim().is_empty());
        fs::write(&path, kept).unwrap();
    }
    assert_eq!(ground.serves().stops(), Some(0), "with its own keys it starts again");
}

#[test]
fn keys_that_others_can_read_are_refused() {
    let ground = Ground::new();
    ground.serves().stops();
    for (mode, name) in
        [(0o644, "token.keys"), (0o640, "refresh.keys"), (0o604, "data.keys"), (0o640, "digest.keys")]
    {
        let path = ground.path("data/secrets").join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let complaint = ground.complains(&["serve", "--demo"]);
        assert!(complaint[0].contains(name) && complaint[0].contains("chmod 600"), "{complaint:?}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let path = ground.path("data/secrets/token.keys");
    for broken in ["", "k1\n", "k1:AAAA\n", "k1:not base64!\n"] {
        fs::write(&path, broken).unwrap();
        let complaint = ground.complains(&["serve", "--demo"]);
        assert!(complaint[0].contains("token.keys"), "{complaint:?}");
    }
}

#[test]
fn a_demo_stays_at_home() {
    let ground = Ground::new();
    let output = ground.command(&["serve", "--demo"]).env("MEDCHAT_LISTEN", "0.0.0.0:0").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("loopback"), "{output:?}");
    assert!(!ground.path("data").exists(), "nothing was written");
}

#[test]
fn provisioning_twice_changes_nothing_the_second_time() {
    let ground = Ground::new();
    let planned = ground.prints(&["provision", REGIONS, "--dry-run"]);
    let news =
        |lines: &[String]| lines.iter().filter(|line| line.starts_with('+')).cloned().collect::<Vec<_>>();
    assert_eq!(news(&planned).iter().filter(|line| line.starts_with("+ medchat")).count(), 69, "{planned:?}");
    let done = ground.prints(&["provision", REGIONS]);
    assert_eq!(news(&done), news(&planned), "the dry run wrote nothing and told all");
    for again in [&["provision", REGIONS][..], &["provision", REGIONS, "--dry-run"]] {
        let again = ground.prints(again);
        assert_eq!(news(&again), Vec::<String>::new());
        assert_eq!(again.last().unwrap(), "nothing to change");
        let warnings = again.iter().filter(|line| line.starts_with('!')).count();
        assert_eq!(warnings, 4, "four links of a wrong length are taken and told: {again:?}");
    }
}

#[test]
fn a_change_of_a_file_is_shown_before_it_is_made() {
    let ground = Ground::new();
    ground.prints(&["provision", REGIONS]);
    let text = fs::read_to_string(Path::new(REGIONS).join("khabarovsk.toml")).unwrap();
    let changed = ground.path("khabarovsk.toml");
    fs::write(&changed, text.replacen("name = \"Хабаровский край\"", "name = \"Край Хабаровский\"", 1))
        .unwrap();
    let changed = changed.to_str().unwrap();
    let shown = ground.prints(&["provision", changed, "--dry-run"]);
    assert!(shown.iter().any(|line| line.starts_with("~ region RU-KHA")), "{shown:?}");
    assert_eq!(ground.prints(&["provision", changed, "--dry-run"]), shown, "the dry run wrote nothing");
    assert_eq!(ground.prints(&["provision", changed]), shown);
    assert_eq!(ground.prints(&["provision", changed]), ["nothing to change"]);
}

#[test]
fn changes_of_targets_and_default_organisations_are_shown() {
    let ground = Ground::new();
    let good = fs::read_to_string(Path::new(REGIONS).join("khabarovsk.toml")).unwrap();
    let clinic = "\n[[organisations]]\nkey = \"clinic\"\nname = \"Поликлиника\"\nserves = \"all\"\ninvented = true\n\
        staff_room_title = \"Сотрудники\"\n";
    let targets = |minutes: u32| {
        format!(
            "\n[[targets]]\nfrom = 2026-01-01T00:00:00\n[targets.categories.queue]\nfinal_answer = {minutes}\n"
        )
    };
    let title = "title = \"Хабаровск. Здоровье\"";
    let owned = good.replacen(title, &format!("{title}\norganisation = \"clinic\""), 1);
    let file = ground.path("khabarovsk.toml");
    let arguments = ["provision", file.to_str().unwrap()];
    let shows = |text: String| -> Vec<String> {
        fs::write(&file, text).unwrap();
        let shown = ground.prints(&[&arguments[..], &["--dry-run"]].concat());
        assert_eq!(ground.prints(&arguments), shown);
        assert_eq!(ground.prints(&arguments), ["nothing to change"]);
        shown
    };
    let first = shows(format!("{owned}{clinic}{}", targets(240)));
    assert!(first.contains(&"+ targets RU-KHA, versions: 1".to_owned()), "{first:?}");
    assert!(first.contains(&"+ default organisation RU-KHA/khabarovsk clinic".to_owned()), "{first:?}");
    let region = "~ region RU-KHA Хабаровский край";
    assert_eq!(shows(format!("{owned}{clinic}{}", targets(120))), [region, "~ targets RU-KHA, versions: 1"]);
    let room = "~ medchat RU-KHA/khabarovsk Хабаровск. Здоровье";
    assert_eq!(
        shows(format!("{good}{clinic}")),
        [region, "~ targets RU-KHA, versions: 0", room, "~ default organisation RU-KHA/khabarovsk none"]
    );
    let broken = format!("{owned}{clinic}{}", targets(0));
    fs::write(&file, &broken).unwrap();
    let complaint = ground.complains(&arguments);
    let expected = format!("line {}: \"final_answer\"", broken.lines().count());
    assert!(complaint[0].contains(&expected), "{complaint:?}");
}

#[test]
fn a_bad_file_is_refused_whole_with_file_line_and_reason() {
    let ground = Ground::new();
    let good = fs::read_to_string(Path::new(REGIONS).join("khabarovsk.toml")).unwrap();
    let folder = ground.path("regions");
    fs::create_dir(&folder).unwrap();
    fs::copy(Path::new(REGIONS).join("bashkortostan.toml"), folder.join("a-good.toml")).unwrap();
    let folder_name = folder.to_str().unwrap();
    for (what, bad) in [
        ("no TOML", good.replacen("code = ", "code ", 1)),
        ("no zone", good.replacen("Asia/Vladivostok", "Asia/Nowhere", 1)),
        ("an unknown field", format!("colour = \"red\"\n{good}")),
        ("a territory twice", format!("{good}\n[[units]]\nkey = \"khabarovsk\"\nname = \"Ещё раз\"\n")),
        ("a territory without a medchat", good.replacen("name = \"г. Хабаровск\"", "name = \"\"", 1)),
        ("nothing", String::new()),
    ] {
        fs::write(folder.join("bad.toml"), bad).unwrap();
        for arguments in [&["provision", folder_name][..], &["provision", folder_name, "--dry-run"]] {
            let complaint = ground.complains(arguments);
            assert!(complaint[0].contains("bad.toml: line "), "{what}: {complaint:?}");
            assert!(complaint.iter().all(|line| !line.contains("a-good.toml")), "{what}: {complaint:?}");
        }
    }
    let planned = ground.prints(&["provision", folder.join("a-good.toml").to_str().unwrap(), "--dry-run"]);
    assert!(
        planned.iter().any(|line| line.starts_with("+ region RU-BA")),
        "the good file was not taken either"
    );
    let missing = ground.complains(&["provision", "no-such-file.toml"]);
    assert!(missing[0].contains("no-such-file.toml"), "{missing:?}");
    fs::create_dir(ground.path("empty")).unwrap();
    ground.complains(&["provision", "empty"]);
}

#[test]
fn staff_accounts_are_opened_by_the_operator() {
    let ground = Ground::new();
    let text = fs::read_to_string(Path::new(REGIONS).join("khabarovsk.toml")).unwrap();
    let file = ground.path("khabarovsk.toml");
    let clinic = "\n[[organisations]]\nkey = \"clinic\"\nname = \"Поликлиника\"\nserves = \"all\"\ninvented = true\n\
        staff_room_title = \"Сотрудники\"\n";
    fs::write(&file, format!("{text}{clinic}")).unwrap();
    ground.prints(&["provision", file.to_str().unwrap()]);
    let create = |scope: &str, role: &str, login: &str, password: &str| {
        let arguments = ["account", "create", "--login", login, "--role", role, "--scope", scope];
        let mut command = ground.command(&arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(password.as_bytes());
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let organisation = "organisation:RU-KHA/clinic";
    let (status, said) = create(organisation, "responder", "anna", "двенадцать букв\n");
    assert_eq!((status, said.trim().len()), (Some(0), 36), "{said}");
    for (scope, role, login, password) in [
        (organisation, "responder", "anna", "двенадцать букв"),
        (organisation, "responder", "boris", "короткий"),
        (organisation, "king", "boris", "двенадцать букв"),
        ("organisation:RU-KHA/nothing", "responder", "boris", "двенадцать букв"),
        ("region:RU-KHA", "responder", "boris", "двенадцать букв"),
        ("nowhere", "responder", "boris", "двенадцать букв"),
    ] {
        let (status, said) = create(scope, role, login, password);
        assert_eq!(status, Some(1), "{scope} {role} {login}: {said}");
        assert_eq!(said.lines().count(), 1, "one clear line: {said}");
        assert!(!said.contains(password), "{said}");
    }
}

#[test]
fn commands_that_need_no_data_write_none() {
    let ground = Ground::new();
    assert!(ground.prints(&["openapi"]).join("\n").contains("\"/api/v1/rooms/{id}/messages\""));
    assert!(ground.prints(&["check", "--example"]).iter().any(|line| line.contains("listen")));
    ground.prints(&["check"]);
    let output = ground
        .command(&["check"])
        .env("MEDCHAT_LISTEN", "nowhere")
        .env("MEDCHAT_PUBLIC_URL", "ftp://x/y")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("listen") && complaint.contains("public_url"), "all at once: {complaint}");
    for usage in [&["dance"][..], &[], &["serve", "--fast"], &["provision"]] {
        assert_eq!(ground.runs(usage).status.code(), Some(2), "{usage:?}");
    }
    assert_eq!(fs::read_dir(ground.folder.path()).unwrap().count(), 0, "nothing was written");
}

#[tokio::test]
async fn a_database_from_before_learns_the_keys_that_came_later() {
    let db = store::testing::fresh(store::testing::Engine::Sqlite).await;
    let facts = ground::keys().ids();
    let mut tx = db.store.begin().await.unwrap();
    store::fact::set(&mut tx, "keys", "k-token k-refresh").await.unwrap();
    tx.commit().await.unwrap();
    ground::build(&db).await.unwrap();
    for (name, ids) in facts {
        assert_eq!(store::fact::find(&db.store, name).await.unwrap(), Some(ids), "{name}");
    }
}

/// What the program complains about when it is to serve on this PostgreSQL database with these variables.
fn refuses(ground: &Ground, database: &store::Address, variables: &[(&str, &str)]) -> String {
    let store::Address::Postgres { url, .. } = database else { panic!("PostgreSQL was asked for") };
    let mut command = ground.command(&["serve"]);
    let output = command.env("MEDCHAT_DATABASE_URL", url).envs(variables.iter().copied()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let complaint = lines(&output.stderr);
    assert_eq!(complaint.len(), 1, "one clear line: {complaint:?}");
    complaint.into_iter().next().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bus_that_is_too_old_is_refused() {
    let (ground, db) = (Ground::new(), store::testing::fresh(store::testing::Engine::Postgres).await);
    for version in ["2.8.4", "1.4.1"] {
        let url = format!("nats://{}", crate::nats::impostor(version));
        let complaint = refuses(&ground, &db.address, &[("MEDCHAT_BUS_URL", &url)]);
        assert!(complaint.contains(version) && complaint.contains("2.9.0"), "{complaint}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_a_newer_program_is_refused() {
    let (ground, db) = (Ground::new(), store::testing::fresh(store::testing::Engine::Postgres).await);
    store::testing::spoil(
        &db.store,
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
         select 9999, 'of a newer program', success, checksum, execution_time from _sqlx_migrations where version = 1",
    )
    .await;
    let complaint = refuses(&ground, &db.address, &[]);
    assert!(complaint.contains("9999") && complaint.contains("newer program"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_may_lose_what_it_acknowledged_is_refused() {
    let (ground, db) = (Ground::new(), store::testing::fresh(store::testing::Engine::Postgres).await);
    let store::Address::Postgres { url, .. } = &db.address else { panic!("PostgreSQL was asked for") };
    let weak = store::Address::Postgres {
        url: format!("{url}?options=-c%20synchronous_commit%3Doff"),
        password: None,
        schema: None,
    };
    let complaint = refuses(&ground, &weak, &[]);
    assert!(complaint.contains("synchronous_commit=off"), "{complaint}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share_a_port_and_a_database() {
    let (ground, db) = (Ground::new(), store::testing::fresh(store::testing::Engine::Postgres).await);
    let nats = crate::nats::Nats::start();
    let store::Address::Postgres { url, .. } = &db.address else { panic!("PostgreSQL was asked for") };
    let node = |listen: &str| {
        let mut command = ground.command(&["serve", "--demo"]);
        command.env("MEDCHAT_DATABASE_URL", url).env("MEDCHAT_BUS_URL", nats.url());
        command.env("MEDCHAT_THREADS", "1").env("MEDCHAT_DATABASE_CONNECTIONS", "1");
        Serving::of(command.env("MEDCHAT_LISTEN", listen))
    };
    let one = node("127.0.0.1:0");
    let other = node(&one.address.to_string());
    assert_eq!(one.address, other.address);
    assert_eq!(one.status("/readyz"), "HTTP/1.1 200 OK");
    let address = one.address;
    assert_eq!(one.stops(), Some(0));
    assert_eq!(other.address, address);
    assert_eq!(other.status("/readyz"), "HTTP/1.1 200 OK", "whoever comes finds the other");
}
