//! What a protocol has to do: send one batch.

use super::answer::Outcome;

/// A protocol that sends a batch, and waits for the answer.
pub(crate) trait Transport: Send + 'static {
    fn send(&mut self, body: &[u8]) -> Outcome;
}
