//! The prompt for the model.

use crate::client::Message;
use crate::documents::Passage;

const INSTRUCTIONS: &str = "Answer the question from these passages, in two sentences at most.";

/// The question, and the passages from which the model is to answer it.
pub fn prompt(question: &str, passages: &[&Passage]) -> [Message; 2] {
    let text = |passage: &&Passage| format!("{}\n{}", passage.title, passage.text);
    let passages: Vec<_> = passages.iter().map(text).collect();
    let instructions = format!("{INSTRUCTIONS}\n\n{}", passages.join("\n\n"));
    [Message::new("system", instructions), Message::new("user", question)]
}
