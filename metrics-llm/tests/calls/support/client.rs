//! A plain HTTP client, with the code that a user writes for a client without an adapter.

use std::pin::pin;
use std::time::Instant;

use eventsource_stream::Eventsource;
use futures_util::{Stream, StreamExt};
use serde_json::Value;
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_llm::{Chunk, LlmCall, Usage, error_type};

use super::{Answer, Recorded, serve};

/// The data of the events, until `[DONE]`.
async fn events(url: &str) -> Result<impl Stream<Item = Result<Value, String>>, reqwest::Error> {
    let request = reqwest::Client::new().post(format!("{url}/chat/completions"));
    let response = request.send().await?.error_for_status()?;
    let events = response.bytes_stream().eventsource();
    let datas = events.map(|event| event.map(|event| event.data).map_err(|e| e.to_string()));
    let datas = datas.take_while(|data| {
        let more = !data.as_ref().is_ok_and(|data| data == "[DONE]");
        async move { more }
    });
    Ok(datas.map(|data| data.map(|data| serde_json::from_str(&data).unwrap())))
}

/// Describes an event.
fn look(event: &Result<Value, String>) -> Chunk {
    let Ok(event) = event else { return Chunk::error(error_type::TRANSPORT) };
    let choice = &event["choices"][0];
    let has_content = choice["delta"]["content"].as_str().is_some_and(|text| !text.is_empty());
    let chunk = if has_content { Chunk::content() } else { Chunk::other() };
    let chunk = if choice["finish_reason"].is_string() { chunk.last() } else { chunk };
    let tokens = |name: &str| event["usage"][name].as_u64();
    let used = tokens("prompt_tokens").zip(tokens("completion_tokens"));
    chunk.usage(used.map(|(input, output)| Usage::new(input, output)))
}

/// Sends a request to the server, and reads at most `items` items of the answer.
pub(crate) async fn ask(url: &str, call: LlmCall<'_>, items: usize) -> usize {
    match events(url).await {
        Ok(events) => {
            let answer = call.stream(events, look).needs_last();
            let mut answer = pin!(answer.take(items));
            let mut read = 0;
            while answer.next().await.is_some() {
                read += 1;
            }
            read
        }
        Err(error) => {
            let status = error.status().map(|status| status.as_u16().to_string());
            call.fail(status.as_deref().unwrap_or(error_type::CONNECT));
            0
        }
    }
}

/// Serves `answer`, calls `model` and reads the whole answer.
pub(crate) async fn capture(model: &str, answer: Answer) -> (Captured<usize>, Recorded) {
    let url = serve(answer).await;
    let start = Instant::now();
    let seen = capture_async(ask(&url, LlmCall::start(model), usize::MAX)).await;
    let recorded = Recorded::new(&seen, model, start);
    (seen, recorded)
}
