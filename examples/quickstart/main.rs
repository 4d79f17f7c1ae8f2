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

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use files::File;
use index::{Hit, Index};
use metrics::{Outcome, SearchMetrics, Words};

type Error = Box<dyn std::error::Error + Send + Sync>;

const WORKERS: usize = 4;
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

    let read = read(folder.to_owned(), files);
    let index =
        Arc::new(progress::during(["file read", "files read"], "search.files_read", read).await);
    if index.words().is_empty() {
        return Err(format!("no words in the files below `{}`", folder.display()).into());
    }

    // Every collection reads the size, as long as the guard lives.
    let observed = Arc::clone(&index);
    let _size = SearchMetrics::index_size().observe(move || observed.size());
    let answered = ["query answered", "queries answered"];
    progress::during(answered, "search.queries", serve(index)).await?;

    // Prints the table, or returns an error. `_size` still lives, so the table contains the size.
    Ok(typed_metrics::shutdown()?)
}

/// Reads and indexes all files.
async fn read(folder: PathBuf, files: Vec<File>) -> Index {
    let mut index = Index::default();
    for File { path, language } in files {
        let text = match tokio::fs::read(&path).await {
            Ok(text) => text,
            Err(error) => {
                eprintln!("skipping {}: {error}", path.display());
                continue;
            }
        };
        SearchMetrics::files_read(language, &top_folder(&folder, &path)).inc();
        SearchMetrics::file_size(language).record(text.len());
        index.add(path, &String::from_utf8_lossy(&text));
    }
    index
}

/// The first folder below `folder` on the path to `path`.
fn top_folder(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let mut parts = below.iter().map(|part| part.to_string_lossy().into_owned());
    match (parts.next(), parts.next()) {
        (Some(first), Some(_)) => first,
        _ => ".".to_owned(),
    }
}

/// Answers queries from several workers.
async fn serve(index: Arc<Index>) -> Result<(), Error> {
    let (queue, queries) = mpsc::channel(100);
    let queries = Arc::new(Mutex::new(queries));
    let mut workers = JoinSet::new();
    for worker in 0..WORKERS {
        workers.spawn(work(worker, Arc::clone(&index), Arc::clone(&queries)));
    }
    for query in queries_from(&index) {
        let waiting = SearchMetrics::queries_queued().enter();
        queue.send((query, waiting)).await?;
    }
    drop(queue);
    workers.join_all().await;
    Ok(())
}

/// A query, and its place in the queue.
type Queued = (String, typed_metrics::Entered<i64>);

async fn work(worker: usize, index: Arc<Index>, queries: Arc<Mutex<mpsc::Receiver<Queued>>>) {
    // The labels stay the same, so the worker looks the series up once.
    let found = SearchMetrics::queries(Outcome::Found, worker);
    let nothing = SearchMetrics::queries(Outcome::Nothing, worker);
    loop {
        let received = queries.lock().await.recv().await;
        let Some((query, waiting)) = received else { return };
        drop(waiting);
        if answer(&index, &query).is_empty() { nothing.inc() } else { found.inc() }
    }
}

/// The documents that contain all words of `query`.
fn answer<'a>(index: &'a Index, query: &str) -> Vec<Hit<'a>> {
    let words = if query.contains(' ') { Words::Two } else { Words::One };
    let _busy = SearchMetrics::workers_busy().enter();
    let _timer = SearchMetrics::query_duration(words).start_timer();
    index.search(query)
}

/// Queries of one word, and queries of two words that are neighbours in the dictionary.
fn queries_from(index: &Index) -> Vec<String> {
    let words = index.words();
    let query = |i: usize| {
        // A prime step visits all words in a mixed order.
        let at = i * 7919 % words.len();
        let next = (at + 1) % words.len();
        if i.is_multiple_of(3) {
            format!("{} {}", words[at], words[next])
        } else {
            words[at].to_owned()
        }
    };
    (0..QUERIES).map(query).collect()
}
