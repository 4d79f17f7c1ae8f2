//! A program that exports its metrics through OpenTelemetry, in one of three ways.
//!
//! ```console
//! $ cargo run -p otel_export                    # by name, from OTEL_* variables
//! $ cargo run -p otel_export -- builder         # a pipeline set up in code
//! $ cargo run -p otel_export -- own-provider    # any meter provider, here over gRPC
//! ```
//!
//! Start a collector first, for example with
//! `docker run -p 3000:3000 -p 4317:4317 -p 4318:4318 grafana/otel-lgtm`. Without a collector, the
//! program reports that it cannot connect.

mod own_provider;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use typed_metrics::otel::Compression;
use typed_metrics::{OtelHandler, set_metric_handlers};

fn main() -> ExitCode {
    shop::messages::show();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("otel_export: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    match std::env::args().nth(1).as_deref() {
        None => set_metric_handlers("otel")?,
        Some("builder") => set_metric_handlers(pipeline()?)?,
        Some("own-provider") => return own_provider::run(),
        Some(other) => {
            let message = format!("unknown argument `{other}`; write `builder` or `own-provider`");
            return Err(message.into());
        }
    }
    shop::open_for(shop::opening_time());
    // `shutdown` sends everything, or returns an error that names the data that could not be sent.
    Ok(typed_metrics::shutdown()?)
}

/// Builds a pipeline. The variables configure every setting that this code does not make.
fn pipeline() -> Result<OtelHandler, Box<dyn Error>> {
    let handler = OtelHandler::otlp()
        .service_name("shop")
        .resource("deployment.environment.name", "example")
        .interval(Duration::from_secs(5))
        .compression(Compression::Gzip)
        .build()?;
    Ok(handler)
}
