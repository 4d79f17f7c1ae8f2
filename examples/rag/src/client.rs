//! A small client for servers with the protocol of `OpenAI`. Its calls are measured.

use std::env::{VarError, var};

use eventsource_stream::Eventsource;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use reqwest::{Response, Url};
use serde::{Deserialize, Serialize};
use typed_metrics::llm::{self, Chunk, GenAi, LlmCall, PriceTable, error_type};

use crate::Error;

/// A client for one server and one model. Its calls are recorded in the metrics of LLM calls.
pub struct Client {
    http: reqwest::Client,
    chats: Url,
    key: Option<String>,
    model: String,
    prices: PriceTable,
}

/// A message of a chat.
#[derive(Serialize, Deserialize)]
pub struct Message {
    /// `system`, `user` or `assistant`.
    pub role: String,
    /// The text.
    pub content: String,
}

impl Message {
    /// A message of this role.
    pub fn new(role: &str, content: impl Into<String>) -> Self {
        Self { role: role.to_owned(), content: content.into() }
    }
}

/// An event that the server streams.
#[derive(Deserialize)]
struct Event {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    // Azure also sends choices that contain only the results of its filters.
    #[serde(default)]
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Deserialize, Default)]
struct Delta {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
    // Not all servers report the parts; some report `null`.
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct CompletionDetails {
    reasoning_tokens: Option<u64>,
}

impl From<&Usage> for llm::Usage {
    fn from(used: &Usage) -> Self {
        let mut usage = Self::new(used.prompt_tokens, used.completion_tokens);
        let cached = used.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens);
        if let Some(tokens) = cached {
            usage = usage.cache_read(tokens);
        }
        let details = used.completion_tokens_details.as_ref();
        if let Some(tokens) = details.and_then(|details| details.reasoning_tokens) {
            usage = usage.reasoning(tokens);
        }
        usage
    }
}

impl Client {
    /// A client for the server that the environment names; `None` if it names no server.
    ///
    /// # Errors
    /// If a variable cannot be read.
    pub fn from_env(prices: &PriceTable) -> Result<Option<Self>, Error> {
        let read = |name| match var(name) {
            Ok(value) if !value.is_empty() => Ok(Some(value)),
            Ok(_) | Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(format!("`{name}` is not valid Unicode")),
        };
        let (base, key) = (read("OPENAI_BASE_URL")?, read("OPENAI_API_KEY")?);
        if base.is_none() && key.is_none() {
            return Ok(None);
        }
        let base = base.unwrap_or_else(|| "https://api.openai.com/v1".to_owned());
        let model = read("OPENAI_MODEL")?.unwrap_or_else(|| "gpt-5-mini".to_owned());
        Self::new(base, key, model, prices).map(Some)
    }

    /// A client for the server at `base`, such as `https://api.openai.com/v1`.
    ///
    /// # Errors
    /// If `base` is no URL.
    pub fn new(
        base: String,
        key: Option<String>,
        model: String,
        prices: &PriceTable,
    ) -> Result<Self, Error> {
        let chats = format!("{}/chat/completions", base.trim_end_matches('/'));
        let chats =
            Url::parse(&chats).map_err(|error| format!("`{base}` is not a URL: {error}"))?;
        let (http, prices) = (reqwest::Client::new(), prices.clone());
        Ok(Self { http, chats, key, model, prices })
    }

    /// Streams the texts of an answer. `prompt` is the name of the prompt in the metrics.
    ///
    /// # Errors
    /// If the server cannot be reached, or refuses. The stream has later errors.
    pub async fn stream(
        &self,
        prompt: &'static str,
        messages: &[Message],
    ) -> Result<BoxStream<'_, Result<String, Error>>, Error> {
        let mut conventions = GenAi::chat("openai");
        if let (Some(host), Some(port)) =
            (self.chats.host_str(), self.chats.port_or_known_default())
        {
            conventions = conventions.server(host, port);
        }
        let call = LlmCall::start(&self.model).prompt(prompt).gen_ai(conventions);
        let call = call.prices(&self.prices);
        let response = match self.send(messages).await {
            Ok(response) => response,
            Err(error) => {
                call.fail(type_of(&error));
                return Err(self.explained(error));
            }
        };
        let answer = call.stream(events(response), look).needs_last();
        Ok(answer.filter_map(async |event| event.map(text).transpose()).boxed())
    }

    async fn send(&self, messages: &[Message]) -> Result<Response, reqwest::Error> {
        // Servers report the tokens of a stream only if the request sets `include_usage`.
        let request = self.http.post(self.chats.clone()).json(&serde_json::json!({
            "model": self.model,
            "messages": messages,
            "stream": true,
            "stream_options": {"include_usage": true},
        }));
        let request = match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        };
        request.send().await?.error_for_status()
    }

    /// The error, or the fix if `reqwest` is built without TLS.
    fn explained(&self, error: reqwest::Error) -> Error {
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            if cause.to_string().contains("scheme is not http") {
                let url = &self.chats;
                let fix = "cargo run -p rag --features reqwest/rustls";
                return format!("`{url}` needs TLS, which is not built in; run `{fix}`").into();
            }
            source = cause.source();
        }
        error.into()
    }
}

fn events(response: Response) -> impl Stream<Item = Result<Event, Error>> {
    let datas = response.bytes_stream().eventsource().map(|event| Ok(event?.data));
    let datas = datas.take_while(|data: &Result<String, Error>| {
        std::future::ready(!data.as_ref().is_ok_and(|data| data == "[DONE]"))
    });
    datas.map(|data| Ok(serde_json::from_str(&data?)?))
}

/// Describes an event for the metrics.
fn look(event: &Result<Event, Error>) -> Chunk {
    let event = match event {
        Ok(event) => event,
        Err(error) if error.is::<serde_json::Error>() => {
            return Chunk::error(error_type::INVALID_RESPONSE);
        }
        Err(_) => return Chunk::error(error_type::TRANSPORT),
    };
    let has_text = event
        .choices
        .iter()
        .any(|choice| choice.delta.content.as_ref().is_some_and(|text| !text.is_empty()));
    let chunk = if has_text { Chunk::content() } else { Chunk::other() };
    let is_last = event.choices.iter().any(|choice| choice.finish_reason.is_some());
    let chunk = if is_last { chunk.last() } else { chunk };
    chunk.usage(event.usage.as_ref())
}

fn text(event: Event) -> Option<String> {
    event.choices.into_iter().find_map(|choice| choice.delta.content)
}

fn type_of(error: &reqwest::Error) -> String {
    let what = match error.status() {
        Some(status) => return status.as_u16().to_string(),
        None if error.is_timeout() => error_type::TIMEOUT,
        None if error.is_connect() => error_type::CONNECT,
        None => error_type::TRANSPORT,
    };
    what.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_that_are_null_or_missing_are_unknown() {
        let read = |json| llm::Usage::from(&serde_json::from_str::<Usage>(json).unwrap());
        let null = r#"{"prompt_tokens": 12, "completion_tokens": 7,
            "prompt_tokens_details": null, "completion_tokens_details": null}"#;
        assert_eq!(read(null), llm::Usage::new(12, 7));
        assert_eq!(read(r#"{"prompt_tokens": 12, "completion_tokens": 7}"#), read(null));
        let parts = r#"{"prompt_tokens": 12, "completion_tokens": 7,
            "prompt_tokens_details": {"cached_tokens": 8},
            "completion_tokens_details": {"reasoning_tokens": 3}}"#;
        assert_eq!(read(parts), read(null).cache_read(8).reasoning(3));
    }
}
