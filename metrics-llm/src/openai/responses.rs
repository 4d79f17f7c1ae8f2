//! Responses.

use std::borrow::Cow;

use async_openai::Responses;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::types::responses::{
    CreateResponse, Response, ResponseStream, ResponseStreamEvent as Event, ResponseUsage, Status,
};

use super::type_of;
use crate::error_type;
use crate::measured::{Measure, Measured};
use crate::stream::{Chunk, LlmStream};
use crate::usage::Usage;

type Item = Result<Event, OpenAIError>;

/// A streamed response that records itself.
pub type MeasuredResponseStream = LlmStream<'static, ResponseStream, fn(&Item) -> Chunk>;

/// What stands for a model that a stored prompt names, not the request.
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
    /// `Responses::create`, recorded. A response that says of itself that it failed is an error.
    ///
    /// # Errors
    /// Those of `Responses::create`.
    pub async fn create(&self, request: CreateResponse) -> Result<Response, OpenAIError> {
        let mut call = self.start(model(&request));
        let result = self.client.create(request).await;
        match &result {
            Ok(response) if matches!(response.status, Status::Failed) => {
                call.used(response.usage.as_ref());
                call.fail(failure(response));
            }
            Ok(response) => call.finish(response.usage.as_ref()),
            Err(error) => call.fail(type_of(error)),
        }
        result
    }

    /// `Responses::create_stream`, recorded.
    ///
    /// # Errors
    /// Those of `Responses::create_stream`.
    pub async fn create_stream(
        &self,
        request: CreateResponse,
    ) -> Result<MeasuredResponseStream, OpenAIError> {
        let call = self.start(model(&request));
        match self.client.create_stream(request).await {
            Ok(stream) => Ok(call.stream(stream, look as fn(&Item) -> Chunk).needs_last()),
            Err(error) => {
                call.fail(type_of(&error));
                Err(error)
            }
        }
    }
}

impl From<&ResponseUsage> for Usage {
    fn from(usage: &ResponseUsage) -> Self {
        Self::new(usage.input_tokens.into(), usage.output_tokens.into())
    }
}

fn model(request: &CreateResponse) -> String {
    request.model.clone().unwrap_or_else(|| UNNAMED.to_owned())
}

fn look(item: &Item) -> Chunk {
    match item {
        Err(error) => Chunk::error(type_of(error)),
        Ok(
            Event::ResponseOutputTextDelta(_)
            | Event::ResponseRefusalDelta(_)
            | Event::ResponseReasoningTextDelta(_)
            | Event::ResponseReasoningSummaryTextDelta(_)
            | Event::ResponseFunctionCallArgumentsDelta(_)
            | Event::ResponseCustomToolCallInputDelta(_)
            | Event::ResponseMCPCallArgumentsDelta(_)
            | Event::ResponseCodeInterpreterCallCodeDelta(_)
            | Event::ResponseImageGenerationCallPartialImage(_)
            | Event::ResponseAudioDelta(_)
            | Event::ResponseAudioTranscriptDelta(_),
        ) => Chunk::content(),
        Ok(Event::ResponseCompleted(event)) => {
            Chunk::other().usage(event.response.usage.as_ref()).last()
        }
        // Cut short by a limit or a filter, and whole as far as the call goes.
        Ok(Event::ResponseIncomplete(event)) => {
            Chunk::other().usage(event.response.usage.as_ref()).last()
        }
        Ok(Event::ResponseFailed(event)) => {
            Chunk::error(failure(&event.response)).usage(event.response.usage.as_ref())
        }
        Ok(Event::ResponseError(event)) => {
            Chunk::error(event.code.clone().map_or(error_type::OTHER.into(), Cow::Owned))
        }
        Ok(_) => Chunk::other(),
    }
}

/// The code of the error as it is sent, such as `rate_limit_exceeded`.
fn failure(response: &Response) -> Cow<'static, str> {
    let code = response.error.as_ref().map(|error| serde_json::to_value(&error.code));
    match code {
        Some(Ok(serde_json::Value::String(code))) => code.into(),
        _ => error_type::OTHER.into(),
    }
}
