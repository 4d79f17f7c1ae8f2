//! A server in this process, with the protocol of `OpenAI` over real HTTP. Its model knows nothing,
//! and answers with the sentences of its instructions that share the most words with the question.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::serve::ListenerExt;
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::Message;
use crate::retrieval::words;

/// The time until the first token, in which the model reads.
const READING: Duration = Duration::from_millis(60);

/// The time until each later token, in which the model writes.
const WRITING: Duration = Duration::from_millis(8);

#[derive(Deserialize)]
struct Chat {
    model: String,
    messages: Vec<Message>,
}

/// Starts the server on a free port, and returns its base URL.
///
/// # Errors
/// If no port can be opened.
pub async fn start() -> io::Result<String> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    // Each token must be sent at once, and not together with the next one.
    let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
    let router = axum::Router::new().route("/v1/chat/completions", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}/v1"))
}

async fn answer(Json(chat): Json<Chat>) -> impl IntoResponse {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    (headers, Body::from_stream(events(&chat)))
}

/// The role, the tokens of the answer, its end, the usage, and `[DONE]`.
fn events(chat: &Chat) -> impl Stream<Item = io::Result<String>> + use<> {
    let input: usize = chat.messages.iter().map(|message| tokens(&message.content).count()).sum();
    let answer = sentences(chat);
    let output = tokens(&answer).count();

    let model = chat.model.clone();
    let chunk = move |choices: Value, usage: Value| {
        json!({
            "id": "chat", "object": "chat.completion.chunk", "created": 0,
            "model": model, "choices": choices, "usage": usage,
        })
    };
    let delta = |delta: Value, finish_reason: Option<&str>| {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": finish_reason});
        chunk(json!([choice]), Value::Null).to_string()
    };

    let mut events =
        vec![(Duration::ZERO, delta(json!({"role": "assistant", "content": ""}), None))];
    for (i, token) in tokens(&answer).enumerate() {
        let pause = if i == 0 { READING } else { WRITING };
        events.push((pause, delta(json!({"content": token}), None)));
    }
    events.push((Duration::ZERO, delta(json!({}), Some("stop"))));
    let usage = json!({
        "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
    });
    events.push((Duration::ZERO, chunk(json!([]), usage).to_string()));
    events.push((Duration::ZERO, "[DONE]".to_owned()));
    stream::iter(events).then(async |(pause, data)| {
        tokio::time::sleep(pause).await;
        Ok(format!("data: {data}\n\n"))
    })
}

/// The tokens of a text: each word with the blank after it.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}

/// The two sentences that share the most words with the question, in the order of the text.
fn sentences(chat: &Chat) -> String {
    let of = |role: &str| chat.messages.iter().find(|message| message.role == role);
    let (Some(instructions), Some(question)) = (of("system"), of("user")) else {
        return "I know nothing of that.".to_owned();
    };
    let asked: HashSet<String> = words(&question.content).collect();
    let shared = |sentence: &str| words(sentence).filter(|word| asked.contains(word)).count();
    let (_, passages) = instructions.content.split_once("\n\n").unwrap_or_default();
    let sentences = passages.lines().flat_map(|line| line.split_inclusive(". ")).enumerate();
    let mut best: Vec<_> = sentences.map(|(i, text)| (shared(text), i, text.trim())).collect();
    best.sort_by_key(|(shared, i, _)| (std::cmp::Reverse(*shared), *i));
    best.truncate(2);
    best.sort_by_key(|(_, i, _)| *i);
    best.into_iter().map(|(_, _, text)| text).collect::<Vec<_>>().join(" ")
}
