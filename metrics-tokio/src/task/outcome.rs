//! The outcome of a measured task, by the type of its output.

use typed_metrics_core::Outcome;

/// How the output of a task shows its outcome. [`AnyOutput`] and [`ResultOutput`] implement it.
pub trait OfOutput<T> {
    /// The outcome of a task that returned `output`.
    fn outcome(output: &T) -> Outcome;
}

/// Every output is `ok`.
#[derive(Debug, Clone, Copy)]
pub struct AnyOutput;

/// The output is a `Result`: `ok` or `error`.
#[derive(Debug, Clone, Copy)]
pub struct ResultOutput;

impl<T> OfOutput<T> for AnyOutput {
    fn outcome(_: &T) -> Outcome {
        Outcome::Ok
    }
}

impl<T, E> OfOutput<Result<T, E>> for ResultOutput {
    fn outcome(output: &Result<T, E>) -> Outcome {
        Outcome::of(output)
    }
}
