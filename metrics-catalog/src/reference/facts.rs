//! What a page says about a metric, as a list that each form writes in its own way.

use super::data::Metric;

/// A fact: its name, and the text.
#[derive(Debug)]
pub(crate) struct Fact<'a> {
    pub(crate) name: &'static str,
    pub(crate) pieces: Vec<Piece<'a>>,
}

/// A piece of the text of a fact.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    Words(String),
    Code(&'a str),
    /// The end of a line.
    Line,
}

/// The facts, in the order of a page. Description, labels and definitions are not among them.
pub(crate) fn facts(metric: &Metric) -> Vec<Fact<'_>> {
    let mut facts = vec![
        Fact { name: "Kind", pieces: vec![Piece::Words(kind(metric))] },
        Fact { name: "In Prometheus", pieces: vec![Piece::Code(&metric.prometheus_name)] },
    ];
    let mut add = |name, pieces| facts.push(Fact { name, pieces });
    if !metric.unit.is_empty() {
        add("Unit", vec![Piece::Code(&metric.unit)]);
    }
    if let Some(label) = &metric.state_label {
        let words = "1 in the current one and 0 in the others, by the label ";
        add("States", vec![Piece::Words(words.to_owned()), Piece::Code(label)]);
    }
    if !metric.buckets.is_empty() {
        let buckets: Vec<_> = metric.buckets.iter().map(f64::to_string).collect();
        add("Buckets", vec![Piece::Words(format!("up to {}", buckets.join(", ")))]);
    }
    if let Some(exponential) = &metric.exponential {
        let size = exponential.max_size;
        let mut pieces = vec![Piece::Words(format!("at most {size}, which adapt to the values"))];
        if exponential.zero_threshold > 0.0 {
            let threshold = exponential.zero_threshold;
            pieces.push(Piece::Words(format!("; up to {threshold} counts as zero")));
        }
        add("Buckets", pieces);
    }
    if !metric.objectives.is_empty() {
        let mut pieces = Vec::new();
        for objective in &metric.objectives {
            if !pieces.is_empty() {
                pieces.push(Piece::Line);
            }
            pieces.push(Piece::Code(&objective.function));
            pieces.push(Piece::Words(format!(": {}", objective.text)));
        }
        add("Objectives", pieces);
    }
    if let Some(old) = &metric.was {
        add("Old name", vec![Piece::Code(old), Piece::Words(", exported as well".to_owned())]);
    }
    if let Some(limit) = metric.series_limit {
        add("Series", vec![Piece::Words(format!("at most {limit}"))]);
    }
    if let Some(seconds) = metric.expiry_seconds {
        let words = format!("of a series {seconds} s after its last measurement");
        add("Expiry", vec![Piece::Words(words)]);
    }
    if let Some(version) = metric.scope.as_ref().and_then(|scope| scope.version.as_deref()) {
        add("Version of the library", vec![Piece::Code(version)]);
    }
    facts
}

fn kind(metric: &Metric) -> String {
    match kind_in_words(metric) {
        // Their values are ones and zeros.
        kind @ ("state" | "info") => kind.to_owned(),
        kind => format!("{kind} of {}", metric.value),
    }
}

/// The kind without the type of the values.
pub(crate) fn kind_in_words(metric: &Metric) -> &'static str {
    match metric.kind {
        "up_down_counter" => "up-down counter",
        "exponential_histogram" => "exponential histogram",
        kind => kind,
    }
}
