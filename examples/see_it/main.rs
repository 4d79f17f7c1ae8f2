//! The search service of the example `quickstart`, without end, and its metrics in a browser.
//!
//! ```sh
//! cargo run --example see_it --features prometheus             # prints the address of the page
//! cargo run --example see_it --features prometheus -- --open   # and opens the page
//! ```
//!
//! The page shows every metric live. Ctrl-C ends the service.

#[path = "../quickstart/files.rs"]
mod files;
#[path = "../quickstart/index.rs"]
mod index;
#[path = "../quickstart/metrics.rs"]
mod metrics;
#[path = "../quickstart/service.rs"]
mod service;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::time::{Instant, sleep};
use typed_metrics::PrometheusHandler;

use index::Index;
use metrics::SearchMetrics;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// The folder is read again within this time, and again.
const REFRESH: Duration = Duration::from_secs(20);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("see_it: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let mut folder = PathBuf::from(".");
    let mut wants_browser = false;
    for argument in std::env::args_os().skip(1) {
        if argument == "--open" {
            wants_browser = true;
        } else {
            folder = argument.into();
        }
    }

    let handler = PrometheusHandler::builder().build()?;
    typed_metrics::set_metric_handlers(handler.clone())?;
    let address = handler.local_addr().ok_or("the handler does not listen")?;
    let page = format!("http://{address}/");
    println!("The metrics of this program: {page}");
    println!("Ctrl-C ends it.");
    if wants_browser {
        open(&page);
    }

    let size = Arc::new(AtomicUsize::new(0));
    let observed = Arc::clone(&size);
    let _size = SearchMetrics::index_size().observe(move || observed.load(Relaxed));
    let mut index = read(&folder, Duration::ZERO).await?;
    loop {
        size.store(index.size(), Relaxed);
        let (served, newer) = tokio::join!(serve(REFRESH, index), read(&folder, REFRESH));
        served?;
        index = newer?;
    }
}

/// Reads the files within about `time`.
async fn read(folder: &Path, time: Duration) -> Result<Arc<Index>, Error> {
    let files = files::below(folder)?;
    let pause = time / u32::try_from(files.len())?;
    let files = stream::iter(files).then(move |file| async move {
        sleep(pause.mul_f64(fastrand::f64() * 2.0)).await;
        file
    });
    let index = service::read(folder.to_owned(), files).await;
    if index.words().is_empty() {
        return Err(format!("no words in the files below `{}`", folder.display()).into());
    }
    Ok(Arc::new(index))
}

/// Answers queries that come in bursts, with longer bursts every few seconds.
async fn serve(time: Duration, index: Arc<Index>) -> Result<(), Error> {
    let start = Instant::now();
    let queries = stream::iter(service::queries(&index)).then(move |query| async move {
        let wave = (start.elapsed().as_secs_f64() * 0.9).sin();
        let burst = if wave > 0.3 { 240 } else { 80 };
        if fastrand::u32(..burst) == 0 {
            sleep(Duration::from_millis(fastrand::u64(10..50))).await;
        }
        query
    });
    service::serve(index, queries.take_until(sleep(time))).await
}

/// Opens the page in the browser of the desktop.
fn open(page: &str) {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    if let Err(error) = Command::new(program).arg(page).spawn() {
        eprintln!("`{program}` cannot be started: {error}; open {page} in a browser");
    }
}
