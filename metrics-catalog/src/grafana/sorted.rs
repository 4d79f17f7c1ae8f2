//! JSON values whose keys are in order.
//!
//! The maps of `serde_json` keep the order of insertion if any crate of a program asks for its
//! feature `preserve_order`. The files must be the same in every program.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value;

struct Sorted<'a>(&'a Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(map) => {
                let sorted: BTreeMap<&String, Sorted<'_>> =
                    map.iter().map(|(key, value)| (key, Sorted(value))).collect();
                serializer.collect_map(sorted)
            }
            Value::Array(list) => serializer.collect_seq(list.iter().map(Sorted)),
            other => other.serialize(serializer),
        }
    }
}

/// Serializes a value.
pub(super) fn value<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    Sorted(value).serialize(serializer)
}

/// Serializes a list of values.
pub(super) fn list<S: Serializer>(list: &[Value], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(list.iter().map(Sorted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_in_every_map() {
        let unordered = json!({"b": [{"z": 1, "y": null}], "a": {"d": "x", "c": 0.5}});
        let text = serde_json::to_string(&Sorted(&unordered)).unwrap();
        assert_eq!(text, r#"{"a":{"c":0.5,"d":"x"},"b":[{"y":null,"z":1}]}"#);
    }
}
