//! The recorder of the whole program.

use typed_metrics_bridge::{Matcher, MetricsRecorder, RecorderError};
use typed_metrics_turn::{Level, lines as log, my_turn};

#[test]
fn one_recorder_is_installed() {
    let _turn = my_turn();
    assert_eq!(MetricsRecorder::unused_matchers(), [], "no recorder is installed");
    MetricsRecorder::report_unused_matchers();
    assert_eq!(log(), []);
    // Recorded before, and in a handle that was made before: lost, as with every recorder.
    metrics::counter!("installed", "k" => "v").increment(100);
    let early = metrics::counter!("installed", "k" => "v");
    MetricsRecorder::builder()
        .buckets_for(Matcher::suffix("_seconds"), [1.0])
        .buckets_for(Matcher::full("reply.byte"), [1.0])
        .exponential_for(Matcher::prefix("repyl"))
        .install()
        .unwrap();
    early.increment(100);
    metrics::counter!("installed", "k" => "v").increment(2);
    std::thread::spawn(|| metrics::counter!("installed", "k" => "v").increment(3)).join().unwrap();
    let snapshot = typed_metrics_core::snapshot();
    let installed = snapshot.get("installed").unwrap();
    assert_eq!(installed.series_with(&[("k", "v")]).unwrap().value.as_f64(), 5.0);

    let error = MetricsRecorder::install().unwrap_err();
    assert_eq!(error, RecorderError::AlreadyInstalled);
    assert_eq!(
        error.to_string(),
        "the crate `metrics` has a recorder already, and keeps it to the end of the program; \
         install this one instead, at the beginning of `main`"
    );

    let unused = MetricsRecorder::unused_matchers;
    let [full, prefix] = [Matcher::full("reply.byte"), Matcher::prefix("repyl")];
    assert_eq!(unused(), [full.clone(), prefix.clone(), Matcher::suffix("_seconds")]);
    metrics::histogram!("reply_seconds").record(0.5);
    metrics::histogram!("reply.bytes").record(512);
    // A counter has no buckets.
    metrics::counter!("reply.byte").increment(1);
    log();
    assert_eq!(unused(), [full, prefix]);
    assert_eq!(log(), [], "the matchers are read without a report");
    MetricsRecorder::report_unused_matchers();
    let lines = log();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].level, Level::Warn);
    assert_eq!(
        lines[0].text,
        "buckets of histogram `reply.byte`, histograms `repyl…` in the settings of the crate \
         metrics: no histogram has these buckets so far; correct the name, or remove the setting"
    );
}
