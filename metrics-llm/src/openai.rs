//! The client `async-openai`: chats, responses and embeddings.

mod chat;
mod client_error;
mod code;
mod embeddings;
mod responses;

pub use chat::MeasuredChatStream;
pub use responses::MeasuredResponseStream;
