use typed_metrics::{Label, LabelGroup, Metrics, Outcome};

#[derive(Clone, Copy, Label)]
pub(crate) enum Method {
    Get,
    Post,
}

#[derive(Clone, Copy, Label)]
pub(crate) enum Phase {
    Starting,
    Running,
    Draining,
}

/// Values that break careless queries.
#[derive(Clone, Copy, Label)]
pub(crate) enum Hostile {
    #[label(name = "a\"b\\c|.*")]
    Quotes,
    #[label(name = "$job ${job} [[job]]")]
    Variables,
    #[label(name = "{{ $value }}, größe 日本 😀")]
    Templates,
}

impl Hostile {
    pub(crate) const ALL: [Self; 3] = [Self::Quotes, Self::Variables, Self::Templates];
}

#[derive(Clone, Copy, LabelGroup)]
pub(crate) struct Version<'a> {
    pub(crate) version: &'a str,
    pub(crate) revision: &'a str,
}

#[derive(Metrics)]
#[metrics(prefix = "desk")]
pub(crate) enum DeskMetrics<'a> {
    /// Time to answer a request.
    #[histogram(unit = "s", buckets = [0.001, 0.01, 0.1, 0.25, 0.5, 1, 10])]
    RequestDuration { method: Method, outcome: Outcome },

    /// Time of calls by `#[timed]`.
    #[histogram(unit = "ms", buckets = [1, 50, 250])]
    CallDuration { outcome: Outcome },

    /// Requests that were answered.
    #[counter(unit = "{request}")]
    Requests { method: Method, route: &'a str, status_code: u16 },

    /// Rows by a hostile label.
    #[counter(unit = "{row}")]
    Rows { hostile: Hostile },

    /// Requests that are being answered.
    #[up_down_counter(unit = "{request}")]
    InFlight { method: Method },

    /// Memory of the cache.
    #[gauge(unit = "By")]
    CacheMemory,

    /// The share of look-ups that found an entry.
    #[gauge(unit = "1")]
    HitRatio { cache: &'a str },

    /// Size of an answer.
    #[histogram(unit = "By", exponential)]
    ResponseSize { method: Method },

    /// Time of a job.
    #[histogram(unit = "s", exponential)]
    JobDuration { outcome: Outcome },

    /// Phase of a worker.
    #[state]
    WorkerPhase { worker: &'a str, phase: Phase },

    /// A hostile state.
    #[state]
    Mood { mood: Hostile },

    /// The build that runs.
    #[info]
    Build(Version<'a>),
}
