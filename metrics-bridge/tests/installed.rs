//! The recorder of the whole program.

use typed_metrics_bridge::{MetricsRecorder, RecorderError};

#[test]
fn one_recorder_is_installed() {
    MetricsRecorder::install().unwrap();
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
}
