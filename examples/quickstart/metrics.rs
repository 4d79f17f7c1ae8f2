//! All metrics of the service, in one place.

use typed_metrics::{Label, Metrics};

#[derive(Clone, Copy, Label)]
pub(crate) enum Language {
    Markdown,
    Rust,
}

/// The number of words in a query.
#[derive(Clone, Copy, Label)]
pub(crate) enum Words {
    One,
    Two,
}

#[derive(Clone, Copy, Label)]
pub(crate) enum Outcome {
    Found,
    Nothing,
}

#[derive(Metrics)]
#[metrics(prefix = "search")]
pub(crate) enum SearchMetrics<'a> {
    /// Files read, by the first folder below the searched folder.
    #[counter(unit = "{file}", series_limit = 30)]
    FilesRead { language: Language, folder: &'a str },

    /// Sizes of the files read.
    #[histogram(unit = "By", buckets = exponential(256, 4, 8))]
    FileSize { language: Language },

    /// Memory that the texts of the index take.
    #[gauge(unit = "By", value = u64)]
    IndexSize,

    /// Queries waiting for a worker.
    #[up_down_counter(unit = "{query}")]
    QueriesQueued,

    /// Workers answering a query right now.
    #[up_down_counter(unit = "{worker}")]
    WorkersBusy,

    /// Time to answer a query.
    #[histogram(unit = "ms", buckets = exponential(0.001, 2, 16))]
    QueryDuration { words: Words },

    /// Queries answered.
    #[counter(unit = "{query}")]
    Queries { outcome: Outcome, worker: usize },
}
