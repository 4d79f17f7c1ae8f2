//! A small search service and its metrics. The service reads the Markdown and Rust files below a
//! folder, indexes them, and answers a few thousand queries with several workers. The queries are
//! made from the words of the files.
//!
//! ```sh
//! cargo run --example quickstart             # searches the current folder
//! cargo run --example quickstart -- ../docs  # searches another folder
//! ```
//!
//! `metrics.rs` declares the metrics. At the end, the console handler prints all of them.

mod files;
mod index;
mod metrics;
mod progress;
mod service;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use futures_util::stream;

use metrics::SearchMetrics;

type Error = Box<dyn std::error::Error + Send + Sync>;

const QUERIES: usize = 4000;

#[tokio::main]
async fn main() -> ExitCode {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("."), PathBuf::from);
    match run(&folder).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(folder: &Path) -> Result<(), Error> {
    let files = files::below(folder)?;
    typed_metrics::set_metric_handlers("console")?;

    let read = service::read(folder.to_owned(), stream::iter(files));
    let index =
        Arc::new(progress::during(["file read", "files read"], "search.files_read", read).await);
    if index.words().is_empty() {
        return Err(format!("no words in the files below `{}`", folder.display()).into());
    }

    // Every collection reads the size, as long as the guard lives.
    let observed = Arc::clone(&index);
    let _size = SearchMetrics::index_size().observe(move || observed.size());
    let answered = ["query answered", "queries answered"];
    let queries = stream::iter(service::queries(&index).take(QUERIES));
    progress::during(answered, "search.queries", service::serve(index, queries)).await?;

    // Prints the table, or returns an error. `_size` still lives, so the table contains the size.
    Ok(typed_metrics::shutdown()?)
}
