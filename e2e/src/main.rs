//! Records known values from four threads, exports them as the `OTEL_*` variables say, and prints as
//! JSON what it recorded. `e2e/run` starts it, `e2e/check.py` compares with what receivers stored.
//!
//! What it prints it has counted by itself, without the library.

mod metrics;
mod tally;
mod workload;

use std::process::ExitCode;

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

fn run() -> Result<(), typed_metrics::Error> {
    // Recorded before there is a handler, and exported all the same.
    let before = workload::early();
    typed_metrics::set_metric_handlers("otel")?;
    let recorded = before.and(workload::run());
    typed_metrics::shutdown()?;
    println!("{:#}", json!({ "pid": std::process::id(), "metrics": recorded.to_json() }));
    Ok(())
}
