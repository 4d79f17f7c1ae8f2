//! Records known values from four threads, exports them as the `OTEL_*` variables configure, and
//! prints the recorded values as JSON. The arguments are the name of the handler, or `pushgateway`,
//! and a number of seconds at the end: to keep one thread busy, or to be scraped by Prometheus.
//! `e2e/run` starts this program, and `e2e/check.py` compares the printed values with those that
//! the receivers stored.
//!
//! The program counts the printed values itself, without the library.

mod busy;
mod metrics;
mod span;
mod tally;
mod workload;

use std::error::Error;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use serde_json::json;
use typed_metrics::prometheus::Pushgateway;
use typed_metrics::{ExemplarFilter, PrometheusHandler, set_exemplars};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let handler = arguments.next().unwrap_or_else(|| "otel".to_owned());
    let seconds = arguments.next().map(|seconds| seconds.parse()).transpose()?;
    set_exemplars(ExemplarFilter::TraceBased, span::current);
    // This is recorded before a handler is set, and is exported too.
    let before = workload::early();
    let is_scraped = handler == "prometheus";
    if handler == "pushgateway" {
        typed_metrics::set_metric_handlers(pushing()?)?;
    } else {
        typed_metrics::set_metric_handlers(handler)?;
    }
    let recorded = before.and(workload::run());
    let seconds = seconds.map(Duration::from_secs);
    let busy = if is_scraped {
        thread::sleep(seconds.unwrap_or_default());
        None
    } else {
        seconds.map(busy::spin).transpose()?
    };
    typed_metrics::shutdown()?;
    println!(
        "{:#}",
        json!({ "pid": std::process::id(), "metrics": recorded.to_json(), "busy": busy })
    );
    Ok(())
}

/// A handler that pushes at the shutdown to the gateway of the variable `E2E_PUSHGATEWAY`. Another
/// group of metrics is pushed and deleted before.
fn pushing() -> Result<PrometheusHandler, Box<dyn Error>> {
    let url = std::env::var("E2E_PUSHGATEWAY")?;
    let kept = Pushgateway::new(&url, "pushed").group("path", "/var/lib").group("empty", "");
    let handler = PrometheusHandler::builder().without_server().push_at_shutdown(kept).build()?;
    let deleted = Pushgateway::new(url, "deleted/job");
    handler.push(&deleted)?;
    handler.push_add(&deleted)?;
    deleted.delete()?;
    Ok(handler)
}
