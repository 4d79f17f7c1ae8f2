//! Headers of every request.

use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use super::mistakes::Mistakes;
use super::vars::{Vars, pairs};

/// The headers of every request. A header given in code wins over the variable's.
pub(crate) fn headers(
    in_code: &[(String, String)],
    vars: &Vars<'_>,
    mistakes: &mut Mistakes,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(set) = vars.otlp("HEADERS", mistakes) {
        for (name, value) in pairs(&set, mistakes) {
            insert(&mut headers, &set.name, &name, &value, mistakes);
        }
    }
    for (name, value) in in_code {
        insert(&mut headers, "header", name, value, mistakes);
    }
    headers
}

fn insert(
    headers: &mut HeaderMap,
    setting: &str,
    name: &str,
    value: &str,
    mistakes: &mut Mistakes,
) {
    let Ok(header) = HeaderName::try_from(name) else {
        mistakes.add(format!(
            "`{setting}`: `{name}` is not a valid header name; use letters, digits and `-`"
        ));
        return;
    };
    match HeaderValue::try_from(value) {
        Ok(mut value) => {
            value.set_sensitive(true);
            headers.insert(header, value);
        }
        Err(_) => mistakes.add(format!(
            "`{setting}`: the value of `{name}` contains a line break or another control \
             character; remove it"
        )),
    }
}
