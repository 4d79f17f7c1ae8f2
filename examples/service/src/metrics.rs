//! The metrics that the service declares. All others come from layers and instruments.

use serde::Deserialize;
use typed_metrics::{Label, LabelGroup, Metrics, Outcome};

/// The plan of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Label, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// Nothing.
    #[default]
    Free,
    /// Faster answers.
    Pro,
}

/// Where a question comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Label, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// The website.
    #[default]
    Web,
    /// A program.
    Api,
}

/// The labels that the metrics of a question share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, LabelGroup)]
pub struct Asker {
    /// The plan of the customer.
    pub plan: Plan,
    /// Where the question comes from.
    pub channel: Channel,
}

/// The metrics of the service.
#[derive(Debug, Metrics)]
#[metrics(prefix = "questions")]
pub enum Questions {
    /// Questions that were asked.
    #[counter(unit = "{question}")]
    Asked(Asker),

    /// Characters of a question.
    #[histogram(unit = "{character}", buckets = [10, 25, 50, 100, 250, 500, 1000])]
    Length(Asker),

    /// Time to find passages, and to get the answer of the model.
    #[histogram(
        name = "answer.duration",
        unit = "s",
        buckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    )]
    AnswerDuration {
        /// Whether there was an answer.
        outcome: Outcome,
    },

    /// Questions that were removed because of their age.
    #[counter(unit = "{question}")]
    Removed,
}
