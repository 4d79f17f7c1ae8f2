//! The models of `rig-core`.

use std::borrow::Cow;
use std::fmt;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use futures_core::Stream;
use rig_core::completion::{
    self, AssistantContent, CompletionRequest, CompletionResponse, FinishReason,
};
use rig_core::driver::Transport;
use rig_core::error::ErrorKind;
use rig_core::operation::Completion;
use rig_core::streaming::{CompletionStream, Item, PartKind, StreamEvent};
use rig_core::wire::Wire;
use rig_core::{DynModel, Model, ProviderError};

use crate::call::LlmCall;
use crate::chunk::Chunk;
use crate::error_type;
use crate::measured::{Measure, Measured};
use crate::usage::Usage;

impl<W, T> Measure for Model<W, T>
where
    W: Wire<Op = Completion>,
    T: Transport<W>,
{
    type Client = DynModel<Completion>;

    fn measured(self) -> Measured<DynModel<Completion>> {
        Measured::new(self.erase())
    }
}

impl Measure for DynModel<Completion> {
    type Client = Self;

    fn measured(self) -> Measured<Self> {
        Measured::new(self)
    }
}

/// `model.measured()`.
///
/// ```no_run
/// # use typed_metrics_llm as llm;
/// # use rig_core::http_client::DynHttpClient;
/// # use rig_core::providers::openai::{self, OpenAI};
/// # async fn example(http: DynHttpClient) -> Result<(), Box<dyn std::error::Error>> {
/// use llm::Measure;
///
/// let model = OpenAI::from_env()?.with_http(http).completion(openai::GPT_5_2).measured();
/// let response = model.call("Why is the sky blue?").await?;
/// let stream = model.stream("And why red in the evening?")?;
/// # Ok(())
/// # }
/// ```
impl Measured<DynModel<Completion>> {
    /// Calls `Model::call` and records the call. A response that reports that the model failed
    /// counts as an error.
    ///
    /// # Errors
    /// Those of `Model::call`.
    pub async fn call(
        &self,
        request: impl Into<CompletionRequest>,
    ) -> Result<CompletionResponse, ProviderError> {
        let request = request.into();
        let call = self.start(self.model(&request));
        let result = self.client.call(request).await;
        match &result {
            Ok(response) => end(call, response),
            Err(error) => call.fail(type_of(error)),
        }
        result
    }

    /// Calls `Model::stream` and records the call. The first poll of the stream sends the request,
    /// so the call begins there.
    ///
    /// # Errors
    /// Those of `Model::stream`.
    #[expect(clippy::result_large_err, reason = "`Model::stream` returns the same type")]
    pub fn stream(
        &self,
        request: impl Into<CompletionRequest>,
    ) -> Result<MeasuredCompletionStream, ProviderError> {
        let request = request.into();
        let call = self.start(self.model(&request));
        match self.client.stream(request) {
            Ok(stream) => Ok(MeasuredCompletionStream {
                stream: Some(stream),
                call: Some(call),
                is_sent: false,
                latest: None,
            }),
            Err(error) => {
                call.fail(type_of(&error));
                Err(error)
            }
        }
    }

    /// The model of the request, else the model of the client, else the name of the provider.
    fn model(&self, request: &CompletionRequest) -> String {
        let asked = request.model.as_deref().filter(|model| !model.is_empty());
        asked.or(self.client.id()).unwrap_or_else(|| self.client.name()).to_owned()
    }
}

/// A streamed completion that records itself.
#[must_use = "streams do nothing unless they are polled"]
pub struct MeasuredCompletionStream {
    /// `None` after `finish` took the stream.
    stream: Option<CompletionStream>,
    /// `None` after the end of the call.
    call: Option<LlmCall<'static>>,
    is_sent: bool,
    /// When the latest item arrived.
    latest: Option<Instant>,
}

impl MeasuredCompletionStream {
    /// The response that has arrived so far: calls `Streamed::partial`.
    pub fn partial(&self) -> CompletionResponse {
        match &self.stream {
            Some(stream) => stream.partial(),
            None => unreachable!("`finish` takes the stream and `self` together"),
        }
    }

    /// Reads the rest of the stream, and returns the whole response: calls `Streamed::finish`.
    ///
    /// # Errors
    /// Those of `Streamed::finish`.
    pub async fn finish(mut self) -> Result<CompletionResponse, ProviderError> {
        let next = |stream: &mut Self, context: &mut Context<'_>| {
            Pin::new(stream).poll_next(context).map(|item| item.is_some())
        };
        while std::future::poll_fn(|context| next(&mut self, context)).await {}
        match self.stream.take() {
            Some(stream) => pin!(stream.finish()).await,
            None => Err(ProviderError::Truncated),
        }
    }
}

impl Stream for MeasuredCompletionStream {
    type Item = Result<Item<StreamEvent>, ProviderError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { stream: Some(stream), call, is_sent, latest } = &mut *self else {
            return Poll::Ready(None);
        };
        if !std::mem::replace(is_sent, true) {
            call.iter_mut().for_each(LlmCall::restart);
        }
        let item = ready!(Pin::new(&mut *stream).poll_next(context));
        match &item {
            Some(Ok(item)) => {
                *latest = Some(Instant::now());
                if let Some(call) = call {
                    look(call, item);
                }
            }
            // An error is the last item of a stream. A truncated stream also ends with an error.
            Some(Err(error)) => {
                if let Some(mut call) = call.take() {
                    call.used(stream.partial().usage);
                    call.fail(type_of(error));
                }
            }
            None => {
                if let Some(call) = call.take() {
                    end(call, &stream.partial());
                }
            }
        }
        Poll::Ready(item)
    }
}

impl Drop for MeasuredCompletionStream {
    /// Rig knows the end of the response from the last items, before the stream itself ends. A
    /// program that stops reading at those items has not cancelled the call.
    fn drop(&mut self) {
        let (Some(stream), Some(mut call)) = (&self.stream, self.call.take()) else { return };
        let response = stream.partial();
        if response.aborted.is_none() {
            if let Some(latest) = self.latest {
                call.whole_at(latest);
            }
            end(call, &response);
        } else {
            call.used(response.usage);
        }
    }
}

impl fmt::Debug for MeasuredCompletionStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredCompletionStream").field("call", &self.call).finish_non_exhaustive()
    }
}

impl From<completion::Usage> for Usage {
    fn from(usage: completion::Usage) -> Self {
        Self {
            input: usage.input_tokens,
            output: usage.output_tokens,
            cache_read: usage.cached_input_tokens,
            cache_write: usage.cache_creation_input_tokens,
            reasoning: usage.reasoning_tokens,
        }
    }
}

/// Rig makes several items from one chunk of a provider. Items that only frame others are no
/// chunks.
fn look(call: &mut LlmCall<'_>, item: &Item<StreamEvent>) {
    match item {
        Item::Unknown(_) => call.took(&Chunk::other()),
        Item::Event(event) => match event {
            StreamEvent::Text { .. }
            | StreamEvent::Reasoning { .. }
            | StreamEvent::Arguments { .. }
            // An image arrives in one item.
            | StreamEvent::End { content: AssistantContent::Image(_), .. } => {
                call.took(&Chunk::content());
            }
            StreamEvent::End { content: AssistantContent::Opaque(_), .. } => {
                call.took(&Chunk::other());
            }
            // The start of a tool call has the tool's name.
            StreamEvent::Start { kind: PartKind::ToolCall, .. } => call.first_token(),
            StreamEvent::Start { .. } | StreamEvent::End { .. } => {}
        },
    }
}

/// Ends the call with a response, which may report that the model failed. A response that a filter
/// cut short is an answer.
fn end(mut call: LlmCall<'_>, response: &CompletionResponse) {
    call.used(response.usage);
    let is_filtered = response.finish_reason() == Some(FinishReason::ContentFilter);
    if response.error.is_some() && !is_filtered {
        call.fail(ErrorKind::Provider.code());
    } else {
        call.finish(Usage::unknown());
    }
}

/// The HTTP status if it is an error status, else Rig's name for the kind of the error.
fn type_of(error: &ProviderError) -> Cow<'static, str> {
    // Providers also send errors with the status 200.
    let status = error.provider_response_status().filter(|status| !status.is_success());
    match (error, status) {
        (_, Some(status)) => status.as_u16().to_string().into(),
        (ProviderError::Truncated, None) => error_type::TRUNCATED.into(),
        (_, None) => error.kind().code().into(),
    }
}
