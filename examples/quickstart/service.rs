//! The service: reads and indexes files, and answers queries.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use futures_util::stream::{Stream, StreamExt};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use crate::Error;
use crate::files::File;
use crate::index::{Hit, Index};
use crate::metrics::{Outcome, SearchMetrics, Words};

const WORKERS: usize = 4;

/// Reads and indexes all files.
pub(crate) async fn read(folder: PathBuf, files: impl Stream<Item = File>) -> Index {
    let mut index = Index::default();
    let mut files = pin!(files);
    while let Some(File { path, language }) = files.next().await {
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
pub(crate) async fn serve(
    index: Arc<Index>,
    queries: impl Stream<Item = String>,
) -> Result<(), Error> {
    let (queue, queued) = mpsc::channel(100);
    let queued = Arc::new(Mutex::new(queued));
    let mut workers = JoinSet::new();
    for worker in 0..WORKERS {
        workers.spawn(work(worker, Arc::clone(&index), Arc::clone(&queued)));
    }
    let mut queries = pin!(queries);
    while let Some(query) = queries.next().await {
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

/// Queries of one word, and queries of two words that are neighbours in the dictionary, without
/// end. There must be words.
pub(crate) fn queries(index: &Index) -> impl Iterator<Item = String> + use<> {
    let words: Vec<String> = index.words().into_iter().map(str::to_owned).collect();
    (0..).map(move |i: usize| {
        // A prime step visits all words in a mixed order.
        let at = i.wrapping_mul(7919) % words.len();
        let next = (at + 1) % words.len();
        if i.is_multiple_of(3) {
            format!("{} {}", words[at], words[next])
        } else {
            words[at].clone()
        }
    })
}
