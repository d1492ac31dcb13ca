//! The web clients, embedded as their build left them: precompressed, with a strong ETag, and for ever
//! cacheable where the name holds a hash.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};

#[derive(RustEmbed)]
#[folder = "../web/resident/build"]
#[allow_missing = true]
struct Resident;

#[derive(RustEmbed)]
#[folder = "../web/console/build"]
#[allow_missing = true]
struct Console;

/// One of the two clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// The residents' client.
    Resident,
    /// The staff console.
    Console,
}

impl Client {
    fn file(self, path: &str) -> Option<EmbeddedFile> {
        match self {
            Self::Resident => Resident::get(path),
            Self::Console => Console::get(path),
        }
    }

    /// The page that starts the client; `None` when the web clients were not built into this binary.
    pub fn start_page(self) -> Option<String> {
        let file = self.file("index.html")?;
        String::from_utf8(file.data.into_owned()).ok()
    }

    /// A file of the client, in the best form the asking browser takes.
    pub fn serve(self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let plain = self.file(path)?;
        let etag = format!("\"{}\"", BASE64.encode(plain.metadata.sha256_hash()));
        let mut response = if asks_if_changed(headers, &etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let (data, encoding) = self.best(path, plain, headers);
            let mut response = Response::new(Body::from(data));
            if let Some(encoding) = encoding {
                response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            response
        };
        let cache =
            if path.contains("/immutable/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        let own = response.headers_mut();
        own.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(path)));
        own.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        own.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        own.extend(HeaderValue::from_str(&etag).map(|etag| (header::ETAG, etag)));
        Some(response)
    }

    fn best(
        self,
        path: &str,
        plain: EmbeddedFile,
        headers: &HeaderMap,
    ) -> (Cow<'static, [u8]>, Option<&'static str>) {
        for (ending, encoding) in [("br", "br"), ("gz", "gzip")] {
            if takes(headers, encoding)
                && let Some(file) = self.file(&format!("{path}.{ending}"))
            {
                return (file.data, Some(encoding));
            }
        }
        (plain.data, None)
    }
}

fn asks_if_changed(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag))
}

/// Whether the browser takes this encoding; `;q=0` means it does not.
pub fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, "q=1"));
        let refused = weight.trim().trim_start_matches("q=").parse::<f32>().is_ok_and(|weight| weight == 0.0);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The content security policy of a page: its own files, and its own inline start script by its hash.
pub fn policy(page: &str) -> String {
    let scripts: String = inline_scripts(page)
        .map(|script| format!(" 'sha256-{}'", BASE64.encode(Sha256::digest(script.as_bytes()))))
        .collect();
    format!(
        "default-src 'none'; script-src 'self'{scripts}; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}

/// The text of every `<script>` without a `src`.
fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_script_is_named_by_its_hash() {
        let page = "<script src=\"/a.js\"></script><script>alert(1)</script>";
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        let hash = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
        let policy = policy(page);
        assert_eq!(policy.matches("sha256-").count(), 1);
        assert!(policy.contains(hash), "{policy}");
        assert!(!policy.contains("unsafe"));
    }

    #[test]
    fn a_refused_encoding_is_not_taken() {
        let takes = |accept: &'static str, encoding| {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accept))]);
            super::takes(&headers, encoding)
        };
        assert!(takes("gzip, deflate, br", "br"));
        assert!(takes("gzip;q=0.5", "gzip"));
        assert!(!takes("gzip;q=0, br", "gzip"));
        assert!(!takes("identity", "br"));
    }
}
