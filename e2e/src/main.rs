//! Records known values from four threads, exports them as the `OTEL_*` variables say, and prints as
//! JSON what it recorded. Its arguments are the handler's name, and for how many seconds to keep one
//! thread busy at the end. `e2e/run` starts it, `e2e/check.py` compares with what receivers stored.
//!
//! What it prints it has counted by itself, without the library.

mod busy;
mod metrics;
mod tally;
mod workload;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

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
    // Recorded before there is a handler, and exported all the same.
    let before = workload::early();
    typed_metrics::set_metric_handlers(handler)?;
    let recorded = before.and(workload::run());
    let busy = seconds.map(|seconds| busy::spin(Duration::from_secs(seconds))).transpose()?;
    typed_metrics::shutdown()?;
    println!(
        "{:#}",
        json!({ "pid": std::process::id(), "metrics": recorded.to_json(), "busy": busy })
    );
    Ok(())
}
