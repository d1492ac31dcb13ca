//! Whom the load goes to. Loopback only, unless its owner names the host: a load tester that is pointed at the
//! wrong server by a slip of the pen is an attack.

use std::net::SocketAddr;

use anyhow::{Context as _, bail, ensure};
use reqwest::Url;

/// A server that may be loaded.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where it listens.
    pub address: SocketAddr,
    /// Host and port as the server knows itself.
    authority: String,
}

impl Target {
    /// The server at `url`, when it is on loopback or `owned` names its host.
    ///
    /// # Errors
    /// One clear line.
    pub async fn resolve(url: &str, owned: Option<&str>) -> anyhow::Result<Self> {
        let url = Url::parse(url).with_context(|| format!("the address {url}"))?;
        ensure!(url.scheme() == "http", "only plain http:// is spoken here; TLS is the proxy's work");
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            bail!("{url} names no host");
        };
        // An IPv6 address stands in brackets in a URL, and not elsewhere.
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found = tokio::net::lookup_host((bare, port)).await;
        let addresses: Vec<SocketAddr> = found.with_context(|| format!("the host {host}"))?.collect();
        let Some(address) = addresses.first().copied() else { bail!("the host {host} has no address") };
        let is_loopback = addresses.iter().all(|address| address.ip().is_loopback());
        ensure!(
            is_loopback || owned == Some(bare),
            "{host} is not this machine: name it with --i-own-this-server if it is yours to load"
        );
        Ok(Self { address, authority: format!("{host}:{port}") })
    }

    /// Host and port as the server knows itself.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The address of a route of the API.
    pub fn api(&self, path: &str) -> String {
        format!("http://{}/api/v1/{path}", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn loopback_is_free_and_another_host_must_be_named() {
        let local = Target::resolve("http://127.0.0.1:8080", None).await.unwrap();
        assert_eq!(local.api("me"), "http://127.0.0.1:8080/api/v1/me");
        assert!(Target::resolve("http://[::1]:8080", None).await.is_ok());
        assert!(Target::resolve("http://192.0.2.7:8080", None).await.is_err());
        assert!(Target::resolve("http://192.0.2.7:8080", Some("192.0.2.8")).await.is_err());
        assert!(Target::resolve("http://192.0.2.7:8080", Some("192.0.2.7")).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_no_plain_http_is_refused() {
        for url in ["https://127.0.0.1:8080", "127.0.0.1:8080", "http://"] {
            assert!(Target::resolve(url, None).await.is_err(), "{url}");
        }
    }
}
