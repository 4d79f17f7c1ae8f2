//! Descriptions and units.

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use typed_metrics_prometheus::{Format, PrometheusHandler};

use super::support::{metric, with};

#[test]
fn a_metric_may_be_described_before_its_first_use() {
    with(|| {
        describe_counter!("desc.before", Unit::Bytes, "Bytes before.");
        describe_counter!("desc.before", Unit::Seconds, "Never.");
        counter!("desc.before").increment(1);
    });
    let before = metric("desc.before").descriptor;
    assert_eq!((before.unit(), before.description()), ("By", "Bytes before."));
}

#[test]
fn a_metric_may_be_described_after_its_first_use() {
    let handler = PrometheusHandler::builder().build().unwrap();
    with(|| counter!("desc.after").increment(1));
    let text = String::from_utf8(handler.render(Format::Text)).unwrap();
    assert!(text.contains("\ndesc_after_total 1\n"), "{text}");
    with(|| {
        describe_counter!("desc.after", Unit::Bytes, "Bytes after.");
        describe_counter!("desc.after", Unit::Seconds, "Never.");
        counter!("desc.after").increment(1);
    });
    let after = metric("desc.after").descriptor;
    assert_eq!((after.unit(), after.description()), ("By", "Bytes after."));
    let text = String::from_utf8(handler.render(Format::Text)).unwrap();
    assert!(text.contains("# HELP desc_after_bytes_total Bytes after.\n"), "{text}");
    assert!(text.contains("\ndesc_after_bytes_total 2\n"), "{text}");
}

#[test]
fn a_description_belongs_to_a_kind() {
    with(|| {
        describe_gauge!("desc.kind", "A level.");
        describe_histogram!("desc.kind", "A size.");
        gauge!("desc.kind").set(1.0);
    });
    assert_eq!(metric("desc.kind").descriptor.description(), "A level.");
}

#[test]
fn descriptions_alone_register_nothing() {
    with(|| describe_counter!("desc.alone", "Nothing."));
    assert!(typed_metrics_core::snapshot().get("desc.alone").is_none());
}
