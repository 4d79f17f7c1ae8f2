//! Files that are made to break a reader.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use typed_metrics_catalog::{Audit, Report};

use crate::kiosk::catalog;

/// The report, which must come soon.
fn run(text: &str) -> Report {
    let begin = Instant::now();
    let report = Audit::new(&catalog()).run(&[("hostile", text)]);
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?} for {}", text.get(..80).unwrap_or(text));
    report
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = |open: &str, inner: &str, close: &str, n| {
        format!("{}{inner}{}", open.repeat(n), close.repeat(n))
    };
    for text in [
        deep("{\"panels\":[", "", "]}", 100_000),
        deep("[", "", "]", 1_000_000),
        format!("groups: {}", deep("[", "", "]", 100_000)),
        format!("groups: {}", deep("{a: ", "1", "}", 100_000)),
        deep("- ", "a", "", 100_000),
        (0..5_000).flat_map(|n| [" ".repeat(n), "a:\n".to_owned()]).collect(),
    ] {
        assert!(!run(&text).errors.is_empty());
    }
    // The deepest that JSON allows is deeper than panels may be.
    let report = run(&deep("{\"panels\":[", "", "]}", 30));
    assert!(report.errors[0].message.contains("below 8 other panels"), "{report}");
}

#[test]
fn yaml_bombs_are_errors() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        let before = n - 1;
        let items = vec![format!("*a{before}"); 9].join(", ");
        writeln!(bomb, "a{n}: &a{n} [{items}]").unwrap();
    }
    bomb.push_str("groups: *a11\n");
    assert!(!run(&bomb).errors.is_empty());
    assert!(!run("groups: &a [*a]\n").errors.is_empty());
    assert!(!run("groups: &a {rules: *a}\n").errors.is_empty());
}

#[test]
fn wrong_types_are_errors_or_nothing() {
    for wrong in ["1", "null", "\"x\"", "true", "[]", "{}", "[[]]", "[{}]", "[1]", "1e999"] {
        for text in [
            format!("{{\"panels\": {wrong}}}"),
            format!("{{\"panels\": [{wrong}]}}"),
            format!("{{\"panels\": [{{\"targets\": {wrong}}}]}}"),
            format!("{{\"panels\": [{{\"targets\": [{{\"expr\": {wrong}}}]}}]}}"),
            format!("{{\"panels\": [{{\"datasource\": {wrong}, \"libraryPanel\": {wrong}}}]}}"),
            format!("{{\"panels\": [], \"templating\": {wrong}, \"__inputs\": {wrong}}}"),
            format!("{{\"panels\": [], \"templating\": {{\"list\": [{wrong}]}}}}"),
            format!("{{\"elements\": {wrong}, \"variables\": {wrong}}}"),
            format!("{{\"elements\": {{\"a\": {wrong}}}, \"variables\": [{wrong}]}}"),
            format!("{{\"elements\": {{\"a\": {{\"spec\": {wrong}}}}}}}"),
            format!("{{\"dashboard\": {wrong}, \"spec\": {wrong}}}"),
            format!("groups: {wrong}"),
            format!("groups: [{{name: {wrong}, rules: {wrong}}}]"),
            format!("groups: [{{name: a, rules: [{{record: {wrong}, expr: {wrong}}}]}}]"),
            format!("groups: [{{name: a, rules: [{{alert: a, expr: a, annotations: {wrong}}}]}}]"),
            format!("spec: {wrong}\nitems: {wrong}"),
        ] {
            let _ = run(&text);
        }
    }
}

#[test]
fn large_files_are_read_or_refused_soon() {
    let panel = "{\"targets\":[{\"expr\":\"sum by (size) (rate(kiosk_cup_total[5m]))\"}]}";
    let panels = vec![panel; 2_000].join(",");
    let report = run(&format!("{{\"panels\":[{panels}]}}"));
    assert_eq!(report.findings.len(), 2_000);
    let long = "a".repeat(20 * 1024 * 1024);
    assert!(!run(&long).errors.is_empty());
    let name =
        format!("{{\"panels\":[{{\"targets\":[{{\"expr\":\"kiosk_{}\"}}]}}]}}", "x".repeat(60_000));
    assert_eq!(run(&name).findings.len(), 1);
    let huge = format!("{{\"panels\":[{{\"targets\":[{{\"expr\":\"{long}\"}}]}}]}}");
    assert_eq!(run(&huge).findings.len(), 1);
}
