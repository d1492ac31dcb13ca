//! The pages that may use a browser's credentials here. Compared with what is configured, never with the
//! request's own `Host`: a page that points its name at us would pass that.

use axum::http::{HeaderMap, header};

/// The origins of our own pages.
#[derive(Debug, Clone)]
pub struct Origins(Vec<String>);

impl Origins {
    /// These origins and no other.
    pub fn new(origins: Vec<String>) -> Self {
        Self(origins.into_iter().map(|origin| origin.to_ascii_lowercase()).collect())
    }

    /// Whether the request comes from one of our pages, or from no page at all: programs send no `Origin`.
    pub fn admit(&self, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(header::ORIGIN).iter();
        match (values.next(), values.next()) {
            (None, _) => true,
            (Some(origin), None) => origin.to_str().is_ok_and(|origin| self.has(origin)),
            (Some(_), Some(_)) => false,
        }
    }

    fn has(&self, origin: &str) -> bool {
        let origin = origin.to_ascii_lowercase();
        self.0.contains(&origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_pages_and_null_are_refused() {
        let origins = Origins::new(vec!["https://medchat.example".into(), "http://127.0.0.1:8080".into()]);
        let admits = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, origin.parse().unwrap());
            origins.admit(&headers)
        };
        assert!(admits("https://medchat.example"));
        assert!(admits("http://127.0.0.1:8080"));
        for foreign in [
            "null",
            "",
            "https://evil.example",
            "https://medchat.example.evil.example",
            "http://medchat.example",
            "https://medchat.example:444",
            "http://127.0.0.1:8081",
        ] {
            assert!(!admits(foreign), "{foreign}");
        }
        assert!(origins.admit(&HeaderMap::new()));
    }
}
