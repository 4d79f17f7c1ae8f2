//! Calls of every client, against a server that streams over real HTTP, and the recorded metrics.
#![allow(clippy::float_cmp, reason = "what is exact is compared exactly")]
#![allow(clippy::large_futures, reason = "those of the clients are")]

mod conventions;
mod costs;
#[cfg(feature = "genai")]
mod genai;
mod items;
mod late_usage;
#[cfg(feature = "async-openai")]
mod openai_chats;
#[cfg(feature = "async-openai")]
mod openai_embeddings;
#[cfg(feature = "async-openai")]
mod openai_responses;
#[cfg(feature = "rig")]
mod rig;
mod streaming;
mod support;
