//! Names that OpenTelemetry does not allow.

use metrics::counter;
use typed_metrics_bridge::MetricsRecorder;
use typed_metrics_prometheus::{Format, PrometheusHandler};
use typed_metrics_turn::{Level, lines, my_turn};

use super::support::{value, with};

#[test]
fn names_are_kept_as_far_as_opentelemetry_allows() {
    let cases = [
        ("name/with.all-chars_1", "name/with.all-chars_1"),
        ("name:with:colons", "name_with_colons"),
        ("name with blanks", "name_with_blanks"),
        ("_name", "metric_name"),
        ("1name", "metric_1name"),
    ];
    for (given, name) in cases {
        with(|| counter!(given).increment(1));
        assert_eq!(value(name, &[]), 1.0, "{given}");
    }
}

#[test]
fn names_that_no_receiver_takes_are_reported() {
    let _turn = my_turn();
    let long = "l".repeat(256);
    with(|| {
        counter!("").increment(1);
        counter!(long.clone()).increment(1);
        counter!(long).increment(1);
    });
    let errors: Vec<_> = lines().into_iter().filter(|line| line.level == Level::Error).collect();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert!(errors[0].text.contains("it is empty; give it at least one letter"), "{errors:?}");
    assert!(errors[1].text.contains("it has 256 bytes; the longest allowed is 255"), "{errors:?}");
}

#[test]
fn names_in_prometheus_may_be_those_of_its_exporter() {
    let recorder = MetricsRecorder::builder().prometheus_names_as_given(true).build().unwrap();
    metrics::with_local_recorder(&recorder, || {
        metrics::describe_counter!("given.sent_bytes", metrics::Unit::Bytes, "Sent.");
        counter!("given.sent_bytes").increment(3);
        metrics::histogram!("given:time__x").record(1.0);
    });
    let text = PrometheusHandler::builder().build().unwrap().render(Format::Text);
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("# TYPE given_sent_bytes counter\ngiven_sent_bytes 3\n"), "{text}");
    assert!(text.contains("\ngiven:time__x_count 1\n"), "{text}");
}
