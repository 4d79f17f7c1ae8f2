//! The client `genai`: chats and embeddings of many providers.

mod client_error;

use genai::chat::{self, ChatOptions, ChatRequest, ChatResponse, ChatStream, ChatStreamEvent};
use genai::embed::{EmbedOptions, EmbedRequest, EmbedResponse};
use genai::{Client, Error, ModelIden, ModelSpec};

use crate::chunk::Chunk;
use crate::measured::{Measure, Measured};
use crate::stream::LlmStream;
use crate::usage::Usage;
use client_error::type_of;

type Item = Result<ChatStreamEvent, Error>;

/// A streamed chat of `genai` that records itself.
pub type MeasuredGenaiStream = LlmStream<'static, ChatStream, fn(&Item) -> Chunk>;

/// The answer to `exec_chat_stream`: a `ChatStreamResponse` whose stream records itself.
#[derive(Debug)]
#[non_exhaustive]
pub struct MeasuredGenaiResponse {
    /// The events of the answer.
    pub stream: MeasuredGenaiStream,
    /// The model that was asked.
    pub model_iden: ModelIden,
}

impl Measure for Client {
    type Client = Self;

    fn measured(self) -> Measured<Self> {
        Measured::new(self)
    }
}

/// `client.measured()`.
///
/// ```no_run
/// # use typed_metrics_llm as llm;
/// # async fn example() -> Result<(), genai::Error> {
/// use genai::Client;
/// use genai::chat::{ChatOptions, ChatRequest};
/// use llm::Measure;
///
/// let client = Client::new()?.measured();
/// let answer = client.exec_chat("gpt-5", ChatRequest::from_user("Why?"), None).await?;
/// let options = ChatOptions::default().with_capture_usage(true);
/// let request = ChatRequest::from_user("And in the evening?");
/// let answer = client.exec_chat_stream("claude-sonnet-4-5", request, Some(&options)).await?;
/// let vector = client.embed("text-embedding-3-small", "the sky", None).await?;
/// # Ok(())
/// # }
/// ```
///
/// The label `model` is the name of the model without the provider's prefix: of `openai::gpt-5`,
/// it is `gpt-5`.
impl Measured<Client> {
    /// Calls `Client::exec_chat` and records the call.
    ///
    /// # Errors
    /// Those of `Client::exec_chat`.
    pub async fn exec_chat(
        &self,
        model: impl Into<ModelSpec>,
        request: ChatRequest,
        options: Option<&ChatOptions>,
    ) -> Result<ChatResponse, Error> {
        let model = model.into();
        let call = self.start(name(&model));
        let result = self.client.exec_chat(model, request, options).await;
        match &result {
            Ok(response) => call.finish(&response.usage),
            Err(error) => call.fail(type_of(error)),
        }
        result
    }

    /// Calls `Client::exec_chat_stream` and records the call. The first poll of the stream sends
    /// the request, so the call begins there.
    ///
    /// The client reports the tokens of a stream only if the options ask for them, with
    /// `ChatOptions::with_capture_usage`; otherwise the tokens, their throughput and their cost
    /// stay unknown. The tokens come with the event `End`, so a reader that stops before this event
    /// has cancelled the call.
    ///
    /// # Errors
    /// Those of `Client::exec_chat_stream`.
    pub async fn exec_chat_stream(
        &self,
        model: impl Into<ModelSpec>,
        request: ChatRequest,
        options: Option<&ChatOptions>,
    ) -> Result<MeasuredGenaiResponse, Error> {
        let model = model.into();
        let call = self.start(name(&model));
        match self.client.exec_chat_stream(model, request, options).await {
            Ok(response) => Ok(MeasuredGenaiResponse {
                stream: call
                    .stream(response.stream, look as fn(&Item) -> Chunk)
                    .needs_last()
                    .starts_at_first_poll(),
                model_iden: response.model_iden,
            }),
            Err(error) => {
                call.fail(type_of(&error));
                Err(error)
            }
        }
    }

    /// Calls `Client::embed` and records the call.
    ///
    /// # Errors
    /// Those of `Client::embed`.
    pub async fn embed(
        &self,
        model: impl Into<ModelSpec>,
        input: impl Into<String>,
        options: Option<&EmbedOptions>,
    ) -> Result<EmbedResponse, Error> {
        self.exec_embed(model, EmbedRequest::new(input), options).await
    }

    /// Calls `Client::embed_batch` and records the call.
    ///
    /// # Errors
    /// Those of `Client::embed_batch`.
    pub async fn embed_batch(
        &self,
        model: impl Into<ModelSpec>,
        inputs: Vec<String>,
        options: Option<&EmbedOptions>,
    ) -> Result<EmbedResponse, Error> {
        self.exec_embed(model, EmbedRequest::new_batch(inputs), options).await
    }

    /// Calls `Client::exec_embed` and records the call.
    ///
    /// # Errors
    /// Those of `Client::exec_embed`.
    pub async fn exec_embed(
        &self,
        model: impl Into<ModelSpec>,
        request: EmbedRequest,
        options: Option<&EmbedOptions>,
    ) -> Result<EmbedResponse, Error> {
        let model = model.into();
        let call = self.start_embeddings(name(&model));
        let result = self.client.exec_embed(model, request, options).await;
        match &result {
            Ok(response) => call.finish(&response.usage),
            Err(error) => call.fail(type_of(error)),
        }
        result
    }
}

/// The name of the model, without the prefix of the provider.
fn name(model: &ModelSpec) -> String {
    let name = match model {
        ModelSpec::Name(name) => name,
        ModelSpec::Iden(iden) => &iden.model_name,
        ModelSpec::Target(target) => &target.model.model_name,
    };
    name.namespace_and_name().1.to_owned()
}

/// The client adds the cached tokens of every provider to the input, and the tokens of reasoning to
/// the output.
impl From<&chat::Usage> for Usage {
    fn from(usage: &chat::Usage) -> Self {
        let number = |tokens: Option<i32>| tokens.and_then(|tokens| u64::try_from(tokens).ok());
        let input = usage.prompt_tokens_details.as_ref();
        let output = usage.completion_tokens_details.as_ref();
        Self {
            input: number(usage.prompt_tokens),
            output: number(usage.completion_tokens),
            cache_read: number(input.and_then(|details| details.cached_tokens)),
            cache_write: number(input.and_then(|details| details.cache_creation_tokens)),
            reasoning: number(output.and_then(|details| details.reasoning_tokens)),
        }
    }
}

fn look(item: &Item) -> Chunk {
    let event = match item {
        Ok(event) => event,
        Err(error) => return Chunk::error(type_of(error)),
    };
    match event {
        ChatStreamEvent::Chunk(chunk) | ChatStreamEvent::ReasoningChunk(chunk)
            if !chunk.content.is_empty() =>
        {
            Chunk::content()
        }
        ChatStreamEvent::ToolCallChunk(_) => Chunk::content(),
        // The client sends this event only for an answer that the provider marks as complete.
        ChatStreamEvent::End(end) => Chunk::other().usage(end.captured_usage.as_ref()).last(),
        _ => Chunk::other(),
    }
}
