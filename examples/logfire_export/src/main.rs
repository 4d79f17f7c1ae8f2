//! A shop whose metrics go to Pydantic Logfire, with those of its process and its host.
//!
//! ```console
//! $ export LOGFIRE_TOKEN=pylf_v1_…    # a write token, of the settings of your project
//! $ cargo run -p logfire_export
//! ```
//!
//! In Logfire, make a dashboard from the template *Basic System Metrics (Logfire)*, and look for
//! `shop.request_count` in the explorer. Without a token, look how the program tells that.

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
    // Everything is sent by then; what could not be is in the error.
    typed_metrics::shutdown()
}
