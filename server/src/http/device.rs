//! What somebody sits at, in two words that they know again: no more of what a browser tells about itself is kept.

use axum::http::{HeaderMap, header};

/// Browsers by the mark in their `User-Agent`; one that has another's mark too stands before it.
const BROWSERS: [(&str, &str); 7] = [
    ("YaBrowser/", "Яндекс"),
    ("EdgA", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
/// Systems, likewise.
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
];

/// Browser and system; nothing when neither is known.
pub fn of(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    let found = |marks: &[(&str, &'static str)]| {
        marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (found(&BROWSERS), found(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser} · {system}")),
        (known, system) => known.or(system).map(ToOwned::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn told(agent: &str) -> Option<String> {
        of(&HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_str(agent).unwrap())]))
    }

    #[test]
    fn two_words_are_kept() {
        let android = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) \
                       Chrome/126.0.0.0 Mobile Safari/537.36";
        assert_eq!(told(android).as_deref(), Some("Chrome · Android"));
        let yandex = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/126.0.0.0 YaBrowser/24.7.0.0 Safari/537.36";
        assert_eq!(told(yandex).as_deref(), Some("Яндекс · Windows"));
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/17.5 Mobile/15E148 Safari/604.1";
        assert_eq!(told(iphone).as_deref(), Some("Safari · iPhone"));
        assert_eq!(told("curl/8.0"), None);
        assert_eq!(of(&HeaderMap::new()), None);
    }
}
