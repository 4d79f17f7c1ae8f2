//! The models of `rig-core`.

use std::borrow::Cow;
use std::fmt;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use rig_core::completion::{self, CompletionRequest, CompletionResponse};
use rig_core::driver::Transport;
use rig_core::operation::Completion;
use rig_core::streaming::{CompletionStream, Item, StreamEvent};
use rig_core::wire::Wire;
use rig_core::{DynModel, Model, ProviderError};

use crate::call::LlmCall;
use crate::error_type;
use crate::measured::{Measure, Measured};
use crate::stream::Chunk;
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
/// # use rig_core::providers::openai::{self, OpenAI};
/// # async fn example(http: rig_core::http_client::DynHttpClient) -> Result<(), Box<dyn std::error::Error>> {
/// use llm::Measure;
///
/// let model = OpenAI::from_env()?.with_http(http).completion(openai::GPT_5_2).measured();
/// let response = model.call("Why is the sky blue?").await?;
/// let stream = model.stream("And why red in the evening?")?;
/// # Ok(())
/// # }
/// ```
impl Measured<DynModel<Completion>> {
    /// `Model::call`, recorded.
    ///
    /// # Errors
    /// Those of `Model::call`.
    pub async fn call(
        &self,
        request: impl Into<CompletionRequest>,
    ) -> Result<CompletionResponse, ProviderError> {
        let call = self.start(self.model());
        let result = self.client.call(request).await;
        match &result {
            Ok(response) => call.finish(response.usage),
            Err(error) => call.fail(type_of(error)),
        }
        result
    }

    /// `Model::stream`, recorded.
    ///
    /// # Errors
    /// Those of `Model::stream`.
    #[expect(clippy::result_large_err, reason = "it is what the call that this stands for returns")]
    pub fn stream(
        &self,
        request: impl Into<CompletionRequest>,
    ) -> Result<MeasuredCompletionStream, ProviderError> {
        let call = self.start(self.model());
        match self.client.stream(request) {
            Ok(stream) => Ok(MeasuredCompletionStream { stream, call: Some(call) }),
            Err(error) => {
                call.fail(type_of(&error));
                Err(error)
            }
        }
    }

    /// The model's id; for those that have none, the provider's name.
    fn model(&self) -> String {
        self.client.id().unwrap_or_else(|| self.client.name()).to_owned()
    }
}

/// A streamed completion that records itself.
#[must_use = "streams do nothing unless they are polled"]
pub struct MeasuredCompletionStream {
    stream: CompletionStream,
    /// None once the call has ended.
    call: Option<LlmCall<'static>>,
}

impl MeasuredCompletionStream {
    /// What arrived so far: `Streamed::partial`.
    pub fn partial(&self) -> CompletionResponse {
        self.stream.partial()
    }

    /// Reads the rest and makes a response of all: `Streamed::finish`.
    ///
    /// # Errors
    /// Those of `Streamed::finish`.
    pub async fn finish(mut self) -> Result<CompletionResponse, ProviderError> {
        let next = |stream: &mut Self, context: &mut Context<'_>| {
            Pin::new(stream).poll_next(context).map(|item| item.is_some())
        };
        while std::future::poll_fn(|context| next(&mut self, context)).await {}
        pin!(self.stream.finish()).await
    }
}

impl Stream for MeasuredCompletionStream {
    type Item = Result<Item<StreamEvent>, ProviderError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(Pin::new(&mut self.stream).poll_next(context));
        match &item {
            Some(Ok(item)) => {
                let chunk = look(item);
                if let Some(call) = &mut self.call {
                    call.took(&chunk);
                }
            }
            // Errors are a stream's last items; one that was cut is one of them.
            Some(Err(error)) => {
                if let Some(mut call) = self.call.take() {
                    call.used(self.stream.partial().usage);
                    call.fail(type_of(error));
                }
            }
            None => {
                if let Some(call) = self.call.take() {
                    call.finish(self.stream.partial().usage);
                }
            }
        }
        Poll::Ready(item)
    }
}

impl fmt::Debug for MeasuredCompletionStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredCompletionStream").field("call", &self.call).finish_non_exhaustive()
    }
}

impl From<completion::Usage> for Usage {
    fn from(usage: completion::Usage) -> Self {
        Self { input: usage.input_tokens, output: usage.output_tokens }
    }
}

fn look(item: &Item<StreamEvent>) -> Chunk {
    match item {
        Item::Event(StreamEvent::Start { .. }) | Item::Unknown(_) => Chunk::other(),
        // What has no fragments, such as an image, comes whole, with its end.
        Item::Event(_) => Chunk::content(),
    }
}

/// The HTTP status if it tells of an error, else what Rig calls it.
fn type_of(error: &ProviderError) -> Cow<'static, str> {
    // Providers also put errors into answers with a status of 200.
    let status = error.provider_response_status().filter(|status| !status.is_success());
    match (error, status) {
        (_, Some(status)) => status.as_u16().to_string().into(),
        (ProviderError::Truncated, None) => error_type::TRUNCATED.into(),
        (_, None) => error.kind().code().into(),
    }
}
