//! The metrics of these tests.

use typed_metrics::{Label, Metrics, snapshot};

#[derive(Clone, Copy, Label)]
pub(crate) enum Queue {
    Mail,
    Invoice,
}

#[derive(Metrics)]
#[metrics(prefix = "handlers")]
pub(crate) enum Jobs<'a> {
    /// Jobs done.
    #[counter(unit = "{job}")]
    Done { queue: Queue, worker: &'a str },
    /// Jobs counted while handlers come and go.
    #[counter]
    Counted,
    /// Jobs that a handler counts in turn.
    #[counter]
    Echoed,
    /// Money moved.
    #[up_down_counter(value = f64)]
    Balance,
    /// Jobs that wait.
    #[gauge(value = i64)]
    Waiting { queue: Queue },
    /// Time of a job.
    #[histogram(unit = "ms")]
    Duration { queue: Queue },
}

pub(crate) fn total(metric: &str) -> f64 {
    let snapshot = snapshot();
    snapshot.get(metric).unwrap().series.iter().map(|series| series.value.as_f64()).sum()
}
