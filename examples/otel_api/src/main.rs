//! A web service whose metrics come from crates that record through OpenTelemetry's API: requests
//! from `opentelemetry-instrumentation-tower`, and the runtime from
//! `opentelemetry-instrumentation-tokio`.
//!
//! ```sh
//! cargo run -p otel_api                        # listens at 127.0.0.1:3000
//! curl 127.0.0.1:3000/hello/ann
//! ```
//!
//! Ctrl-C or SIGTERM ends the service, which then prints its metrics. Further handlers follow the
//! address: `cargo run -p otel_api -- 127.0.0.1:3000 prometheus otel`.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use opentelemetry_instrumentation_tower::http::server;
use typed_metrics::Metrics;

/// The service has metrics of its own, beside those of the other crates.
#[derive(Metrics)]
#[metrics(prefix = "hello")]
enum Hello {
    /// Greetings said.
    #[counter(unit = "{greeting}")]
    Greetings,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _shutdown = typed_metrics::shutdown_guard();
    // This line is all. It comes before other crates make their instruments.
    opentelemetry::global::set_meter_provider(typed_metrics::otel::meter_provider());

    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    typed_metrics::set_metric_handlers("console")?;
    for handler in arguments {
        typed_metrics::add_metric_handler(handler)?;
    }
    let runtime = tokio::runtime::Runtime::new()?;
    Ok(runtime.block_on(serve(&address))?)
}

async fn serve(address: &str) -> std::io::Result<()> {
    opentelemetry_instrumentation_tokio::Config::new().observe_current_runtime();
    let router = Router::new().route("/hello/{name}", get(greet)).layer(server::Layer::new());
    let listener = tokio::net::TcpListener::bind(address).await?;
    eprintln!("listening at http://{}", listener.local_addr()?);
    axum::serve(listener, router).with_graceful_shutdown(typed_metrics::shutdown_signal()).await
}

async fn greet(Path(name): Path<String>) -> String {
    Hello::greetings().inc();
    format!("Hello, {name}!\n")
}
