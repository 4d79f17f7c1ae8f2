//! The client `async-openai`: chats and responses.

mod chat;
mod client_error;
mod code;
mod responses;

pub use chat::MeasuredChatStream;
pub use responses::MeasuredResponseStream;
