//! A complete web service: it shortens links, and measures its requests by route.
//!
//! ```sh
//! cargo run -p axum_service                    # listens at 127.0.0.1:3000
//! curl -X PUT --data https://docs.rs 127.0.0.1:3000/links/docs
//! curl -i 127.0.0.1:3000/docs                  # redirects
//! ```
//!
//! Ctrl-C or SIGTERM ends the service. Running requests have time to end, and then the service
//! prints its metrics.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::{get, put};
use typed_metrics::tower::HttpServerLayer;
use typed_metrics::{Metrics, timed};

#[derive(Metrics)]
#[metrics(prefix = "links")]
enum Service {
    /// Links that can be followed.
    #[gauge(unit = "{link}")]
    Stored,
    /// Links removed because of their age.
    #[counter(unit = "{link}")]
    Expired,
    /// Time to look for links to remove.
    #[histogram(unit = "s")]
    SweepDuration,
}

/// A link is removed at this age.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The background task looks for old links this often.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// How long requests may continue after the signal. Kubernetes kills a program after 30 seconds.
const GRACE: Duration = Duration::from_secs(5);

/// The address of each link, and when it was stored.
#[derive(Clone, Default)]
struct Links(Arc<Mutex<HashMap<String, (String, Instant)>>>);

impl Links {
    fn with<R>(&self, f: impl FnOnce(&mut HashMap<String, (String, Instant)>) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Not `#[tokio::main]`: the runtime has to end before the guard exports the last values. The end
/// of the runtime drops requests that are still running, and their drop is recorded.
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _shutdown = typed_metrics::shutdown_guard();
    typed_metrics::set_metric_handlers("console")?;
    let runtime = tokio::runtime::Runtime::new()?;
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    Ok(runtime.block_on(serve(&address))?)
}

async fn serve(address: &str) -> std::io::Result<()> {
    let links = Links::default();
    let stored = links.clone();
    let _stored = Service::stored().observe(move || stored.with(|links| links.len()));
    tokio::spawn(sweep_regularly(links.clone()));

    let router = Router::new()
        .route("/links/{name}", put(store))
        .route("/{name}", get(follow))
        .layer(HttpServerLayer::axum())
        .with_state(links);
    let listener = tokio::net::TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let server =
        axum::serve(listener, router).with_graceful_shutdown(typed_metrics::shutdown_signal());
    let time_limit = after_the_signal(GRACE);
    eprintln!("listening at http://{address}");
    tokio::select! {
        result = server => result,
        () = time_limit => {
            eprintln!("some requests did not end within {GRACE:?}");
            Ok(())
        }
    }
}

/// Resolves when `time` has passed after the signal. The wait for the signal begins with the call,
/// not with the first poll.
fn after_the_signal(time: Duration) -> impl Future<Output = ()> {
    let signal = typed_metrics::shutdown_signal();
    async move {
        signal.await;
        tokio::time::sleep(time).await;
    }
}

async fn store(State(links): State<Links>, Path(name): Path<String>, to: String) -> StatusCode {
    links.with(|links| links.insert(name, (to, Instant::now())));
    StatusCode::CREATED
}

async fn follow(
    State(links): State<Links>,
    Path(name): Path<String>,
) -> Result<Redirect, StatusCode> {
    let to = links.with(|links| links.get(&name).map(|(to, _)| to.clone()));
    to.map(|to| Redirect::temporary(&to)).ok_or(StatusCode::NOT_FOUND)
}

async fn sweep_regularly(links: Links) {
    let mut interval = tokio::time::interval(SWEEP_INTERVAL);
    loop {
        interval.tick().await;
        Service::expired().add(sweep(&links));
    }
}

/// Removes old links, and returns their number.
#[timed(Service::SweepDuration)]
fn sweep(links: &Links) -> u64 {
    links.with(|links| {
        let before = links.len();
        links.retain(|_, (_, stored)| stored.elapsed() < LIFETIME);
        (before - links.len()) as u64
    })
}
