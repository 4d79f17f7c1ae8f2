//! Registries of semantic conventions that an enum cannot express, and hostile ones.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;
use typed_metrics_catalog::{Catalog, Document, GeneratedEnum, SemanticConventions, to_enum};
use typed_metrics_core::{Metric, MetricType, Scope, ScopedDefinition, ValueType, register_metric};

/// A registry that is mutated.
const SEED: &str = include_str!("../../tests/semconv/tests/registry.yaml");

fn metric(rest: &str) -> String {
    format!(
        "groups:\n  - id: metric.a.b\n    type: metric\n    metric_name: a.b\n    instrument: counter\n    \
         unit: s\n    brief: B.\n    stability: stable\n{rest}"
    )
}

fn problems(text: &str) -> Vec<String> {
    GeneratedEnum::of_files(&[text]).unwrap().problems
}

#[test]
fn each_problem_is_named() {
    let attribute = |rest: &str| metric(&format!("    attributes:\n      - {{ {rest} }}\n"));
    let cases = [
        (attribute("ref: c.d"), "the attribute `c.d` is not defined in the files that are read"),
        (metric("    extends: z\n"), "the group `z` is not defined in the files that are read"),
        (
            attribute("id: c, type: 'string[]'"),
            "the metric `a.b` lacks a label: `c` has the type `string[]`, which is no single value",
        ),
        (
            attribute("id: c, type: double"),
            "the label `c` of `a.b` is a float; it is exported as a text, and nearly every value is \
             a series of its own",
        ),
        (attribute("id: le, type: string"), "\"le\" cannot be a label of `a.b`"),
        (
            metric("").replace("unit: s", "unit: seconds"),
            "the unit \"seconds\" of the metric `a.b` is not valid: units are UCUM codes; write `s`",
        ),
        (
            metric("  - { id: m, type: metric, metric_name: 1, instrument: gauge }\n"),
            "\"1\" cannot be the name of a metric",
        ),
        (
            metric(
                "  - { id: m, type: metric, metric_name: c, instrument: gauge, deprecated: Gone. }\n",
            ),
            "the metric `c` is deprecated, so it is left out",
        ),
        (
            metric(
                "  - { id: m, type: metric, metric_name: c, instrument: gauge, deprecated: { reason: renamed, renamed_to: a.b } }\n",
            ),
            "the metric `c` is renamed to `a.b`, but no metric here has that name, the same unit",
        ),
        (
            metric("  - { id: m, type: metric, metric_name: c, instrument: summary }\n"),
            "the metric `c` has the unknown instrument \"summary\"",
        ),
        (
            metric("  - { id: m, type: metric, metric_name: a.b, instrument: gauge }\n"),
            "the metric `a.b` is defined twice; the first one counts",
        ),
    ];
    for (text, expected) in cases {
        let problems = problems(&text);
        let [problem] = &problems[..] else { panic!("{text}\n{problems:?}") };
        assert!(problem.starts_with(expected), "{problem}");
        let source = to_enum(&text).unwrap();
        let first: String = problem.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
        assert!(source.contains(&format!("// - {first}")), "{source}");
    }
}

#[test]
fn attributes_are_read_from_other_files_and_inherited() {
    let attributes = "groups:\n  - id: base\n    type: attribute_group\n    brief: b\n    attributes:\n      \
                      - { id: c.d, type: int, requirement_level: required }\n      - { id: c.e, type: boolean }\n";
    let metrics =
        metric("    extends: base\n    attributes: [{ ref: c.e, requirement_level: required }]\n");
    let generated = GeneratedEnum::of_files(&[metrics, attributes.to_owned()]).unwrap();
    assert_eq!(generated.problems, Vec::<String>::new());
    let expected = "    B {\n        /// The label `c.d`.\n        #[label(name = \"c.d\")]\n        c_d: i64,\n        \
                    /// The label `c.e`.\n        #[label(name = \"c.e\")]\n        \
                    c_e: bool,\n    },\n";
    assert!(generated.source.contains(expected), "{}", generated.source);
    assert!(generated.source.contains("#[counter(unit = \"s\", value = f64)]"));
}

#[test]
fn too_many_combinations_become_texts() {
    let mut members = String::new();
    for n in 0..50 {
        write!(members, "{{ id: v{n}, value: v{n} }}, ").unwrap();
    }
    let attributes: String = ["x", "y", "z"]
        .map(|id| {
            format!("      - {{ id: {id}, type: {{ members: [{members}] }}, requirement_level: required }}\n")
        })
        .concat();
    let text = metric(&format!("    attributes:\n{attributes}"));
    let problems = problems(&text);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("series limit of 2000"), "{problems:?}");
    assert_eq!(to_enum(&text).unwrap().matches(": &'a str,").count(), 2);
}

#[test]
fn other_files_are_errors() {
    for (text, reason) in [
        ("", "this is no registry of version 1"),
        ("{}", "this is no registry of version 1"),
        ("groups: 5", "this is no registry of version 1"),
        ("groups: []", "there is no metric in it"),
        ("groups: [{id: a, type: span}]", "there is no metric in it"),
        ("groups: [{id: a, type: metric}]", "no metric can be expressed:\nthe group `a` has no"),
        ("\0", "this is no registry of version 1"),
    ] {
        let error = to_enum(text).unwrap_err().to_string();
        assert!(error.starts_with(reason), "{text:?}: {error}");
    }
    let deep = format!("groups: {}", "[".repeat(100_000));
    let bomb = "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n\
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\n\
                g: &g [*f,*f,*f,*f,*f,*f,*f,*f]\ngroups: [*g,*g,*g,*g,*g,*g,*g,*g]\n";
    for text in [&*deep, bomb] {
        assert!(to_enum(text).is_err());
    }
}

#[test]
fn no_text_of_a_registry_becomes_code() {
    let evil = "\"x\\n*/ } fn evil() {} ``` \\u2028 \\r #[derive(\\\"\"";
    let text = metric(&format!(
        "    attributes:\n      - {{ id: c, brief: {evil}, type: {{ members: [{{ id: {evil}, value: {evil}, brief: {evil} }}, {{ id: b, value: b }}] }} }}\n"
    ))
    .replace("brief: B.", &format!("brief: {evil}"))
    .replace("unit: s", &format!("unit: {evil}"));
    let source = to_enum(&text).unwrap();
    for line in source.lines().filter(|line| line.contains("evil()")) {
        let line = line.trim_start();
        let is_text = line.starts_with("//") || line.starts_with("#[label(name = \"");
        assert!(is_text, "{line}");
        assert!(!line.contains("```") || line.starts_with("#[label"), "{line}");
    }
    assert!(source.contains("evil()"));
}

#[test]
fn mutated_registries_end_in_a_source_or_an_error() {
    let seed: Vec<char> = SEED.chars().collect();
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..1_500 {
        let mut text = seed.clone();
        for _ in 0..random.usize(1..8) {
            let at = random.usize(..text.len());
            match random.u8(..3) {
                0 => drop(text.remove(at)),
                1 => text[at] = char::from(random.u8(1..128)),
                _ => {
                    let end = text.len().min(at + random.usize(..40));
                    let part: Vec<char> = text[at..end].to_vec();
                    let to = random.usize(..text.len());
                    text.splice(to..to, part);
                }
            }
        }
        let text: String = text.into_iter().collect();
        let source = to_enum(&text).unwrap_or_else(|error| error.to_string());
        assert!(!source.is_empty(), "{text}");
    }
}

/// Texts that YAML could take for something else.
const ODD: [&str; 22] = [
    "yes",
    "on",
    "null",
    "~",
    "1",
    "0x1F",
    "1e3",
    ".inf",
    "- a",
    "a: b",
    "#x",
    "x #y",
    "*a",
    "&a",
    "!x",
    "%x",
    "@x",
    "'q' \"r\"",
    "{a}",
    "größe\t\u{1}\u{2028}",
    " lead and trail ",
    "back\\slash",
];

fn documents(prefix: &str) -> Vec<Document> {
    let catalog = Catalog::of_program().only(|entry| entry.name().starts_with(prefix));
    SemanticConventions::new("https://example.com/1.0.0").documents(&catalog)
}

#[test]
fn odd_texts_survive() {
    for (n, text) in ODD.iter().enumerate() {
        let name = format!("odd.n{n:02}");
        let metric = Metric::counter(&name).description(*text).label("odd.label", *text);
        register_metric(name, metric).unwrap();
    }
    let registry: Value = serde_saphyr::from_str(&documents("odd.")[1].text).unwrap();
    let groups = registry["groups"].as_array().unwrap();
    let briefs: Vec<&str> =
        groups[1..].iter().map(|group| group["brief"].as_str().unwrap()).collect();
    assert_eq!(briefs, ODD);
    let members = groups[0]["attributes"][0]["type"]["members"].as_array().unwrap();
    let mut values: Vec<&str> =
        members.iter().map(|member| member["value"].as_str().unwrap()).collect();
    let mut expected = ODD.to_vec();
    values.sort_unstable();
    expected.sort_unstable();
    assert_eq!(values, expected);
    // The texts come back through an enum too.
    let source = to_enum(&documents("odd.")[1].text).unwrap();
    let as_variants = ["yes", "on", "null"];
    for text in ODD.iter().filter(|text| !as_variants.contains(text)) {
        assert!(source.contains(&format!("{text:?}")), "{text:?} {source}");
    }
}

#[test]
fn two_thousand_metrics_are_written_and_read_soon() {
    for n in 0..2_000 {
        let name = format!("many.m{n}");
        let metric = Metric::histogram(&name).unit("s").label("kind", format!("k{n}"));
        register_metric(name, metric).unwrap();
    }
    let begin = Instant::now();
    let documents = documents("many.");
    let written = begin.elapsed();
    let generated = GeneratedEnum::of_files(&[&documents[1].text]).unwrap();
    assert_eq!(generated.source.matches("#[histogram(unit = \"s\")]").count(), 2_000);
    let both = begin.elapsed();
    // Without optimization, on a busy machine.
    assert!(both < Duration::from_secs(20), "{written:?} of {both:?}");
}

#[test]
fn metrics_of_two_scopes_are_one_group_with_a_brief() {
    for scope in ["mailer", "mailer.v2"] {
        let metric = ScopedDefinition {
            scope: Scope::of(scope, None, None, &()),
            name: "twice.sent",
            metric_type: MetricType::Counter,
            value_type: ValueType::U64,
            unit: "",
            description: "",
            boundaries: None,
            is_observed: false,
            call: "u64_counter",
        };
        assert!(metric.register().is_some());
    }
    let catalog = Catalog::of_program();
    assert_eq!(catalog.iter().filter(|entry| entry.name() == "twice.sent").count(), 2);
    let registry: Value = serde_saphyr::from_str(&documents("twice.")[1].text).unwrap();
    let [group] = &registry["groups"].as_array().unwrap()[..] else { panic!("{registry}") };
    assert_eq!(
        (&group["id"], &group["brief"]),
        (&Value::from("metric.twice.sent"), &Value::from("The metric `twice.sent`."),)
    );
}

#[test]
fn other_signals_are_named() {
    let registry = metric(
        "  - { id: span.a, type: span, brief: B. }\n  - { id: event.a, type: event, brief: B. }\n  \
         - { id: span.b, type: span, brief: B. }\n",
    );
    let expected = "groups that are no metrics are left out: 1 of type `event`, 2 of type `span`";
    assert_eq!(problems(&registry), [expected]);
}
