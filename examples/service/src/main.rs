//! Starts the service, and ends it with SIGTERM or Ctrl-C.
//!
//! ```sh
//! cargo run -p service                 # http://127.0.0.1:8080, metrics at http://127.0.0.1:9464
//! cargo run -p service --bin load      # drives it, and compares its metrics
//! ```

use std::time::Duration;

use service::assistant::Assistant;
use service::routes::router;
use service::settings::Settings;
use service::store::Store;
use service::{Error, cleanup};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use typed_metrics::system::{self, Set};
use typed_metrics::tokio::{measured, observe_runtime};
use typed_metrics::{PrometheusHandler, shutdown_signal};

/// How long requests may go on after the signal.
const GRACE: Duration = Duration::from_secs(5);

/// Not `#[tokio::main]`: the runtime has to end before the guard exports the last values, because
/// requests and tasks that are still running are recorded when the runtime drops them.
fn main() -> Result<(), Error> {
    let _shutdown = typed_metrics::shutdown_guard();
    let settings = Settings::from_env()?;

    let prometheus = PrometheusHandler::builder().build()?;
    typed_metrics::set_metric_handlers(prometheus.clone())?;
    if let Some(address) = prometheus.local_addr() {
        println!("metrics at http://{address}/metrics, and a page at http://{address}/");
    }
    if settings.exports_by_otlp {
        typed_metrics::add_metric_handler("otel")?;
    }
    if let Err(unavailable) = system::install(Set::Full) {
        eprintln!("{unavailable}"); // the other metrics are installed nevertheless
    }

    let runtime = Runtime::new()?;
    observe_runtime("main", runtime.handle())?.forever();
    runtime.block_on(serve(&settings))
}

async fn serve(settings: &Settings) -> Result<(), Error> {
    let store = Store::connect(&settings.database).await?;
    let assistant = Assistant::start().await?;
    tokio::spawn(measured("cleanup", cleanup::run(store.clone())));

    let listener = TcpListener::bind(&settings.address).await?;
    println!("questions at http://{}/questions", listener.local_addr()?);
    let server = axum::serve(listener, router(store, assistant));
    // Both wait for the signal from here on, and not only from their first poll.
    let (server, signal) = (server.with_graceful_shutdown(shutdown_signal()), shutdown_signal());
    let time_is_up = async {
        signal.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = server => ended?,
        () = time_is_up => eprintln!("some requests did not end within {GRACE:?}"),
    }
    Ok(())
}
