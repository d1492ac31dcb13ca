//! A NATS server of one's own: the system's package, on a free port, which a test can freeze, cut and bring back. It
//! belongs to a shell that waits for the end of its standard input, so that it ends however this process does.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Starts the server `$1` at address `$2` and port `$3`, says its process id, and takes it away when nobody holds the pipe
/// any more.
const KEEPER: &str = r#"
"$1" --addr "$2" --port "$3" </dev/null >/dev/null 2>&1 &
echo $!
read -r _
kill -KILL $! 2>/dev/null
"#;

/// The server.
pub struct Nats {
    /// Where it listens.
    pub address: SocketAddr,
    keeper: Option<(Child, String)>,
}

impl Nats {
    /// Starts one.
    pub fn start() -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST)
    }

    /// The same at this address of the machine.
    pub fn start_at(address: Ipv4Addr) -> Self {
        let address = TcpListener::bind((address, 0)).unwrap().local_addr().unwrap();
        let mut nats = Self { address, keeper: None };
        nats.comes_back();
        nats
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// Takes it away; it will not know of anything afterwards.
    pub fn is_cut(&mut self) {
        let (mut keeper, _) = self.keeper.take().unwrap();
        drop(keeper.stdin.take());
        keeper.wait().unwrap();
    }

    /// Starts it again, where it was.
    pub fn comes_back(&mut self) {
        let mut shell = Command::new("sh");
        shell.args(["-c", KEEPER, "keeper"]).arg(program());
        shell.args([self.address.ip().to_string(), self.address.port().to_string()]);
        // A group of its own: Ctrl-C must reach the tests alone, or nobody is left to take it away.
        shell.process_group(0);
        let mut keeper = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut process = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut process).unwrap();
        self.keeper = Some((keeper, process.trim().to_owned()));
        for _ in 0..1000 {
            if TcpStream::connect(self.address).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("nats-server does not start");
    }

    /// Freezes it: it keeps its connections and answers nothing.
    pub fn freezes(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaws(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let (_, process) = self.keeper.as_ref().unwrap();
        assert!(Command::new("kill").args([signal, process]).status().unwrap().success());
    }

    /// Hears everything on it from now on, as one could who broke into the network.
    pub fn is_listened_to(&self) -> Eavesdropper {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(b"CONNECT {\"verbose\":false}\r\nSUB > 1\r\nPING\r\n").unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (ear, mut hearing) = (heard.clone(), stream.try_clone().unwrap());
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(length @ 1..) = hearing.read(&mut buffer) {
                ear.lock().unwrap().extend_from_slice(&buffer[..length]);
            }
        });
        let eavesdropper = Eavesdropper { heard, stream };
        eavesdropper.waits_for(b"PONG");
        eavesdropper
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        if self.keeper.is_some() {
            self.is_cut();
        }
    }
}

/// Somebody who hears all that travels.
pub struct Eavesdropper {
    heard: Arc<Mutex<Vec<u8>>>,
    stream: TcpStream,
}

impl Eavesdropper {
    /// Waits until this was heard; gives everything heard by then.
    pub fn waits_for(&self, words: &[u8]) -> Vec<u8> {
        for _ in 0..1000 {
            let heard = self.heard.lock().unwrap().clone();
            if heard.windows(words.len()).any(|window| window == words) {
                return heard;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{:?} is not heard", String::from_utf8_lossy(words));
    }
}

impl Drop for Eavesdropper {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

/// Something that answers like a NATS server of this version, for one client after another; gives where it is.
pub fn impostor(version: &'static str) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let hello =
                format!("INFO {{\"server_id\":\"x\",\"version\":\"{version}\",\"max_payload\":1048576}}\r\n");
            let _ = stream.write_all(hello.as_bytes());
            let mut said = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            while matches!(said.read_line(&mut line), Ok(1..)) {
                if line.starts_with("PING") {
                    let _ = stream.write_all(b"PONG\r\n");
                }
                line.clear();
            }
        }
    });
    address
}

fn program() -> &'static str {
    let known = ["/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"];
    let found = known.into_iter().find(|path| Path::new(path).is_file());
    found.unwrap_or_else(|| panic!("NATS is missing: install the package `nats-server` (Debian, Ubuntu)"))
}
