//! Grafana dashboards: the queries in them, whatever the schema.

use serde_json::Value;

use super::query::Contents;
use super::{classic, resource};

/// The queries of a dashboard.
///
/// # Errors
/// The reason why the text is no dashboard.
pub(super) fn read(text: &str) -> Result<Contents, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?;
    let dashboard = unwrapped(&value);
    let contents = if dashboard.get("elements").is_some_and(Value::is_object) {
        resource::read(dashboard)
    } else if ["panels", "rows", "templating"].iter().any(|key| dashboard.get(key).is_some()) {
        classic::read(dashboard)
    } else {
        return Err("no Grafana dashboard: it has neither `panels` nor `elements`".to_owned());
    };
    Ok(Contents { is_dashboard: true, ..contents })
}

/// The dashboard in an answer of Grafana's API, `{"dashboard": …}`, or in a resource,
/// `{"kind": "Dashboard", "spec": …}`.
fn unwrapped(value: &Value) -> &Value {
    let inner = ["dashboard", "spec"].iter().find_map(|key| value.get(key));
    inner.filter(|inner| inner.is_object()).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_files_are_no_dashboards() {
        for text in ["{}", "[]", "1", "{\"panels", "{\"dashboard\": 1}", "null"] {
            assert!(read(text).is_err(), "{text}");
        }
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(&deep).is_err());
    }
}
