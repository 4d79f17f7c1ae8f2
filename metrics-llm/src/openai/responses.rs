//! The Responses API.

use async_openai::Responses;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::types::responses::{
    CreateResponse, OutputItem, Response, ResponseStream, ResponseStreamEvent as Event,
    ResponseUsage, Status,
};

use super::client_error::type_of;
use super::code;
use crate::chunk::Chunk;
use crate::error_type;
use crate::measured::{Measure, Measured};
use crate::stream::LlmStream;
use crate::usage::Usage;

type Item = Result<Event, OpenAIError>;

/// A streamed response that records itself.
pub type MeasuredResponseStream = LlmStream<'static, ResponseStream, fn(&Item) -> Chunk>;

/// The label `model` of a request that names no model, because its stored prompt names the model.
const UNNAMED: &str = "unknown";

impl<C: Config> Measure for Responses<'_, C> {
    type Client = Self;

    fn measured(self) -> Measured<Self> {
        Measured::new(self)
    }
}

/// `client.responses().measured()`.
///
/// ```no_run
/// # use typed_metrics_llm as llm;
/// # use async_openai::{Client, types::responses::CreateResponse};
/// # async fn example(request: CreateResponse) -> Result<(), async_openai::error::OpenAIError> {
/// use llm::Measure;
///
/// let client = Client::new();
/// let response = client.responses().measured().create(request.clone()).await?;
/// let stream = client.responses().measured().prompt("summary").create_stream(request).await?;
/// # Ok(())
/// # }
/// ```
impl<C: Config> Measured<Responses<'_, C>> {
    /// Calls `Responses::create` and records the call. A response with the status `failed` counts
    /// as an error. A response that the server makes in the background is not recorded, because the
    /// returned response is not an answer yet.
    ///
    /// # Errors
    /// Those of `Responses::create`.
    pub async fn create(&self, request: CreateResponse) -> Result<Response, OpenAIError> {
        let mut call = self.start(model(&request));
        let result = self.client.create(request).await;
        match &result {
            Ok(response) => {
                call.used(response.usage.as_ref());
                match response.status {
                    Status::Completed | Status::Incomplete => call.finish(Usage::unknown()),
                    Status::Failed => call.fail(failure(response)),
                    Status::Cancelled => call.fail(error_type::CANCELLED),
                    Status::Queued | Status::InProgress => call.discard(),
                }
            }
            Err(error) => call.fail(type_of(error)),
        }
        result
    }

    /// Calls `Responses::create_stream` and records the call.
    ///
    /// # Errors
    /// Those of `Responses::create_stream`.
    pub async fn create_stream(
        &self,
        request: CreateResponse,
    ) -> Result<MeasuredResponseStream, OpenAIError> {
        let call = self.start(model(&request));
        match self.client.create_stream(request).await {
            Ok(stream) => Ok(call.stream(stream, look as fn(&Item) -> Chunk).needs_last().drains()),
            Err(error) => {
                call.fail(type_of(&error));
                Err(error)
            }
        }
    }
}

impl From<&ResponseUsage> for Usage {
    fn from(usage: &ResponseUsage) -> Self {
        let written = usage.input_tokens_details.cache_write_tokens;
        Self {
            cache_write: written.and_then(|tokens| u64::try_from(tokens).ok()),
            ..Self::new(usage.input_tokens.into(), usage.output_tokens.into())
                .cache_read(usage.input_tokens_details.cached_tokens.into())
                .reasoning(usage.output_tokens_details.reasoning_tokens.into())
        }
    }
}

fn model(request: &CreateResponse) -> String {
    request.model.clone().unwrap_or_else(|| UNNAMED.to_owned())
}

fn look(item: &Item) -> Chunk {
    let event = match item {
        Ok(event) => event,
        Err(error) => return Chunk::error(type_of(error)),
    };
    match event {
        Event::ResponseCompleted(event) => {
            Chunk::other().usage(event.response.usage.as_ref()).last()
        }
        // A limit or a filter cut the answer short; the call itself is complete.
        Event::ResponseIncomplete(event) => {
            Chunk::other().usage(event.response.usage.as_ref()).last()
        }
        Event::ResponseFailed(event) => {
            Chunk::error(failure(&event.response)).usage(event.response.usage.as_ref())
        }
        Event::ResponseError(event) => {
            Chunk::error(event.code.as_deref().map_or(error_type::OTHER, code::known))
        }
        event if has_content(event) => Chunk::content(),
        _ => Chunk::other(),
    }
}

fn has_content(event: &Event) -> bool {
    let text = match event {
        Event::ResponseOutputTextDelta(event) => &event.delta,
        Event::ResponseRefusalDelta(event) => &event.delta,
        Event::ResponseReasoningTextDelta(event) => &event.delta,
        Event::ResponseReasoningSummaryTextDelta(event) => &event.delta,
        Event::ResponseFunctionCallArgumentsDelta(event) => &event.delta,
        Event::ResponseCustomToolCallInputDelta(event) => &event.delta,
        Event::ResponseMCPCallArgumentsDelta(event) => &event.delta,
        Event::ResponseCodeInterpreterCallCodeDelta(event) => &event.delta,
        Event::ResponseShellCallCommandDelta(event) => &event.delta,
        Event::ResponseImageGenerationCallPartialImage(event) => &event.partial_image_b64,
        Event::ResponseAudioDelta(event) => &event.delta,
        Event::ResponseAudioTranscriptDelta(event) => &event.delta,
        // A tool call begins with the tool's name.
        Event::ResponseOutputItemAdded(event) => match &event.item {
            OutputItem::FunctionCall(call) => &call.name,
            OutputItem::CustomToolCall(call) => &call.name,
            OutputItem::McpCall(call) => &call.name,
            _ => return false,
        },
        _ => return false,
    };
    !text.is_empty()
}

fn failure(response: &Response) -> &'static str {
    let code = response.error.as_ref().map(|error| serde_json::to_value(&error.code));
    match code {
        Some(Ok(serde_json::Value::String(code))) => code::known(&code),
        _ => error_type::OTHER,
    }
}
