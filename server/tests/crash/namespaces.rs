//! A network of one's own: each node in a namespace, tied by a pair of virtual interfaces to the machine, where people,
//! PostgreSQL and NATS are. What passes between them can be dropped there, by chance or by where it comes from. Needs
//! root.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

/// The addresses are of those that mean nobody (RFC 5737); each node has four of them.
pub const NETWORK: &str = "198.51.100.0/24";
/// Where the machine is, to nodes.
pub const MACHINE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
/// Where each node listens in its namespace: a demo listens on loopback only.
pub const LISTEN: &str = "127.0.0.1:8080";

/// Lets in whoever asks for the node from outside, and drops what is to be dropped.
const RULES: &str = r#"
table ip medchat {
	chain door { type nat hook prerouting priority -100; iifname "eth0" tcp dport 8080 dnat to 127.0.0.1:8080; }
	chain heard { type filter hook input priority 0; }
	chain said { type filter hook output priority 0; }
}
"#;

/// What does not get through to a node and from it.
#[derive(Debug, Clone, Copy)]
pub enum Gap {
    /// One packet of five, each way.
    AFifth,
    /// All from and to this port of the machine.
    Port(u16),
    /// All from this port; what is sent to it arrives.
    Answers(u16),
}

/// The namespaces; they go when this is dropped.
pub struct Namespaces(Vec<String>);

impl Namespaces {
    /// So many.
    pub fn open(count: usize) -> Self {
        let name = |node| format!("mc{}n{node}", std::process::id());
        let namespaces = Self((0..count).map(name).collect());
        for (node, name) in namespaces.0.iter().enumerate() {
            let (ours, theirs) = addresses(node);
            runs("ip", &["netns", "add", name]);
            runs("ip", &["link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name]);
            runs("ip", &["addr", "add", &format!("{ours}/30"), "dev", name]);
            runs("ip", &["link", "set", name, "up"]);
            runs("ip", &["-n", name, "addr", "add", &format!("{theirs}/30"), "dev", "eth0"]);
            runs("ip", &["-n", name, "link", "set", "lo", "up"]);
            runs("ip", &["-n", name, "link", "set", "eth0", "up"]);
            runs("ip", &["-n", name, "route", "add", "default", "via", &ours.to_string()]);
            // Else nobody from outside reaches what listens on loopback.
            runs("ip", &["netns", "exec", name, "sysctl", "-qw", "net.ipv4.conf.eth0.route_localnet=1"]);
            namespaces.nft(node, RULES);
        }
        namespaces
    }

    /// Where people find a node.
    pub fn door(node: usize) -> SocketAddr {
        (addresses(node).1, 8080).into()
    }

    /// What starts a program in a node's namespace, before its own name.
    pub fn prefix(&self, node: usize) -> [&str; 4] {
        ["ip", "netns", "exec", &self.0[node]]
    }

    /// From now on this does not get through.
    pub fn tear(&self, node: usize, gap: Gap) {
        let (heard, said) = match gap {
            Gap::AFifth => {
                let fifth = |way| Some(format!("{way} \"eth0\" numgen random mod 100 < 20"));
                (fifth("iifname"), fifth("oifname"))
            }
            Gap::Port(port) => (Some(format!("tcp sport {port}")), Some(format!("tcp dport {port}"))),
            Gap::Answers(port) => (Some(format!("tcp sport {port}")), None),
        };
        for (chain, which) in [("heard", heard), ("said", said)] {
            if let Some(which) = which {
                self.nft(node, &format!("add rule ip medchat {chain} {which} counter drop"));
            }
        }
    }

    /// Everything gets through again; gives how many packets did not.
    pub fn mend(&self, node: usize) -> u64 {
        let rules = self.nft(node, "list table ip medchat");
        self.nft(node, "flush chain ip medchat heard; flush chain ip medchat said");
        let counts = rules.split("counter packets ").skip(1);
        counts.filter_map(|count| count.split(' ').next()?.parse::<u64>().ok()).sum()
    }

    fn nft(&self, node: usize, rules: &str) -> String {
        let mut nft = Command::new("ip");
        nft.args(["netns", "exec", &self.0[node], "nft", "-f", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut nft = nft.spawn().expect("ip is there");
        nft.stdin.take().expect("a pipe").write_all(rules.as_bytes()).expect("nft listens");
        let done = nft.wait_with_output().expect("nft ends");
        assert!(done.status.success(), "nft: {rules} (`deploy/needs.sh prove` brings it; this needs root)");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        for name in &self.0 {
            let _ = Command::new("ip").args(["netns", "del", name]).status();
        }
    }
}

/// The machine's and the node's, on the way between them.
fn addresses(node: usize) -> (Ipv4Addr, Ipv4Addr) {
    let [a, b, c, first] = MACHINE.octets();
    let first = first + 4 * u8::try_from(node).expect("few nodes");
    (Ipv4Addr::new(a, b, c, first), Ipv4Addr::new(a, b, c, first + 1))
}

fn runs(program: &str, arguments: &[&str]) {
    let done = Command::new(program).args(arguments).output();
    let done = done.unwrap_or_else(|error| panic!("{program}: {error} (`deploy/needs.sh prove` brings it)"));
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program} {arguments:?}: {said} (this needs root)");
}
