//! Names in Rust for the names of a registry.

use std::collections::BTreeSet;

use heck::{ToPascalCase as _, ToSnakeCase as _};

/// The keywords of all editions.
const KEYWORDS: [&str; 53] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "union", "raw",
];

/// Types that the source uses, or that are in scope everywhere.
const TYPES: [&str; 13] = [
    "Self", "Label", "Metrics", "Option", "Some", "None", "Result", "Ok", "Err", "String", "Vec",
    "Box", "Drop",
];

/// Constructors that an enum cannot have.
const CONSTRUCTORS: [&str; 4] = ["record", "self", "super", "crate"];

/// The name of a type that no name in `taken` equals.
pub(super) fn type_name(text: &str, ending: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = pascal(text, ending);
    if TYPES.contains(&&*name) {
        name.push_str(ending);
    }
    unique(name, taken)
}

/// The name of a variant whose constructor no name in `taken` equals.
pub(super) fn variant_name(text: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = pascal(text, "Metric");
    if CONSTRUCTORS.contains(&&*name.to_snake_case()) || name == "Self" {
        name.push_str("Metric");
    }
    let numbered = (2..).map(|n| format!("{name}{n}"));
    let mut candidates = std::iter::once(name.clone()).chain(numbered);
    let free = candidates.find(|name| !taken.contains(&name.to_snake_case()));
    let name = free.unwrap_or(name);
    taken.insert(name.to_snake_case());
    name
}

/// The name of a variant of a label.
pub(super) fn value_name(text: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = pascal(text, "Value");
    if name == "Self" {
        name.push_str("Value");
    }
    unique(name, taken)
}

/// The name of a field that no name in `taken` equals.
pub(super) fn field_name(text: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = ascii(text).to_snake_case();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert_str(0, if name.is_empty() { "label" } else { "label_" });
    }
    if KEYWORDS.contains(&&*name) {
        name.push('_');
    }
    unique(name, taken)
}

fn pascal(text: &str, instead: &str) -> String {
    let name = ascii(text).to_pascal_case();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("{instead}{name}")
    }
}

/// The text with letters and digits of ASCII, and `_` for the rest.
fn ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|n| format!("{name}{n}"));
    let mut candidates = std::iter::once(name.clone()).chain(numbered);
    let name = candidates.find(|name| !taken.contains(name)).unwrap_or(name);
    taken.insert(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_and_differ() {
        let mut taken = BTreeSet::new();
        let types = ["http.method", "option", "2xx", "", "http_method", "größe"];
        let types = types.map(|text| type_name(text, "Label", &mut taken));
        assert_eq!(
            types,
            ["HttpMethod", "OptionLabel", "Label2xx", "LabelLabel", "HttpMethod2", "GrE"]
        );
        let mut taken = BTreeSet::new();
        let fields = ["type", "http.request.method", "1st", "-", "http_request_method", "union"];
        let fields = fields.map(|text| field_name(text, &mut taken));
        let expected = [
            "type_",
            "http_request_method",
            "label_1st",
            "label",
            "http_request_method2",
            "union_",
        ];
        assert_eq!(fields, expected);
        let mut taken = BTreeSet::new();
        let variants = ["record", "self", "a.b", "a_b", "404", "gen"];
        let variants = variants.map(|text| variant_name(text, &mut taken));
        assert_eq!(variants, ["RecordMetric", "SelfMetric", "AB", "AB2", "Metric404", "Gen"]);
        let mut taken = BTreeSet::new();
        assert_eq!(value_name("self", &mut taken), "SelfValue");
        assert_eq!(value_name("_OTHER", &mut taken), "Other");
    }
}
