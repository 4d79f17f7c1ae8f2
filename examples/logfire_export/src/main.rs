//! A shop that exports its metrics to Pydantic Logfire, with the metrics of its process and its
//! host.
//!
//! ```console
//! $ export LOGFIRE_TOKEN=pylf_v1_…    # a write token, of the settings of your project
//! $ cargo run -p logfire_export
//! ```
//!
//! In Logfire, make a dashboard from the template *Basic System Metrics (Logfire)*, and look for
//! `shop.request_count` in the explorer. Without a token, the program reports that it has none.

use std::process::ExitCode;

fn main() -> ExitCode {
    shop::messages::show();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("logfire_export: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), typed_metrics::Error> {
    typed_metrics::set_metric_handlers("logfire")?;
    shop::open_for(shop::opening_time());
    // `shutdown` sends everything, or returns an error that names the data that could not be sent.
    typed_metrics::shutdown()
}
