//! The answer to a scrape, by the headers of the request.

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderName,
    HeaderValue, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Method, Response, StatusCode};
use http_body_util::Full;

use crate::format::Format;
use crate::scrape::output::{Contents, Output};
use crate::scrape::scraper::Scraper;

pub(crate) type Answer = Response<Full<Bytes>>;

/// The metrics, in the format that the request prefers.
pub(crate) async fn metrics(scraper: &Scraper, method: &Method, headers: &HeaderMap) -> Answer {
    let format = Format::from_accept(joined(headers, &ACCEPT).as_deref());
    let mut answer =
        collected(scraper, method, headers, Contents::Scrape(format), format.content_type()).await;
    answer.headers_mut().insert(VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    answer
}

/// An answer out of a collection.
pub(crate) async fn collected(
    scraper: &Scraper,
    method: &Method,
    headers: &HeaderMap,
    contents: Contents,
    content_type: &'static str,
) -> Answer {
    if let Some(refused) = refuse_other_methods(method) {
        return refused;
    }
    let is_compressed = accepts_gzip(joined(headers, &ACCEPT_ENCODING).as_deref());
    let output = Output { contents, is_compressed };
    let Some(bytes) = scraper.scrape(output).await else {
        let reason = "The metrics could not be collected. The log of the program has the reason.\n";
        return text(StatusCode::INTERNAL_SERVER_ERROR, reason);
    };
    let mut answer = bytes_of_type(bytes, content_type);
    if is_compressed {
        answer.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    answer
}

/// The answer to a method other than `GET` and `HEAD`.
pub(crate) fn refuse_other_methods(method: &Method) -> Option<Answer> {
    if method == Method::GET || method == Method::HEAD {
        return None;
    }
    let mut refused =
        text(StatusCode::METHOD_NOT_ALLOWED, "Metrics can only be read: use GET or HEAD.\n");
    refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    Some(refused)
}

pub(crate) fn text(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    let mut answer = bytes_of_type(text.into(), "text/plain; charset=utf-8");
    *answer.status_mut() = status;
    answer
}

pub(crate) fn bytes_of_type(bytes: Bytes, content_type: &'static str) -> Answer {
    let mut answer = Response::new(Full::new(bytes));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// The value of a header that holds a list. A list in several headers is one list (RFC 9110,
/// section 5.3). `None` if there is no header of this name.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let texts = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let texts: Vec<_> = texts.collect();
    (!texts.is_empty()).then(|| texts.join(","))
}

/// Whether `Accept-Encoding` allows gzip (RFC 9110, section 12.5.3).
pub(crate) fn accepts_gzip(accept: Option<&str>) -> bool {
    let mut any = false;
    for coding in accept.unwrap_or_default().split(',') {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let quality = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let is_allowed = quality.is_none_or(|q| q.parse::<f32>().is_ok_and(|q| q > 0.0));
        if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
            return is_allowed;
        }
        any |= name == "*" && is_allowed;
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_used_where_it_is_accepted() {
        for accepted in ["gzip", "deflate, GZIP;q=0.5", "x-gzip", "*", "br, *;q=0.1", "gzip ; q=1"]
        {
            assert!(accepts_gzip(Some(accepted)), "{accepted}");
        }
        for refused in ["", "identity", "br", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "gzip;q=x"] {
            assert!(!accepts_gzip(Some(refused)), "{refused}");
        }
        assert!(!accepts_gzip(None));
    }
}
