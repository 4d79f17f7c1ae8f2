//! Chat completions.

use async_openai::Chat;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatChoiceStream, ChatCompletionResponseStream, ChatCompletionStreamAudio, CompletionUsage,
    CreateChatCompletionRequest, CreateChatCompletionResponse, CreateChatCompletionStreamResponse,
};

use super::client_error::type_of;
use crate::chunk::Chunk;
use crate::measured::{Measure, Measured};
use crate::stream::LlmStream;
use crate::usage::Usage;
use crate::whole::Choices;

type Item = Result<CreateChatCompletionStreamResponse, OpenAIError>;

/// A streamed chat completion that records itself.
pub type MeasuredChatStream = LlmStream<'static, ChatCompletionResponseStream, fn(&Item) -> Chunk>;

impl<C: Config> Measure for Chat<'_, C> {
    type Client = Self;

    fn measured(self) -> Measured<Self> {
        Measured::new(self)
    }
}

/// `client.chat().measured()`.
///
/// ```no_run
/// # use typed_metrics_llm as llm;
/// # use async_openai::{Client, error::OpenAIError, types::chat::CreateChatCompletionRequest};
/// # async fn example(request: CreateChatCompletionRequest) -> Result<(), OpenAIError> {
/// use llm::Measure;
///
/// let client = Client::new();
/// let answer = client.chat().measured().create(request.clone()).await?;
/// let stream = client.chat().measured().prompt("summary").create_stream(request).await?;
/// # Ok(())
/// # }
/// ```
impl<C: Config> Measured<Chat<'_, C>> {
    /// Calls `Chat::create` and records the call.
    ///
    /// # Errors
    /// Those of `Chat::create`.
    pub async fn create(
        &self,
        request: CreateChatCompletionRequest,
    ) -> Result<CreateChatCompletionResponse, OpenAIError> {
        let call = self.start(request.model.clone());
        let result = self.client.create(request).await;
        match &result {
            Ok(response) => call.finish(response.usage.as_ref()),
            Err(error) => call.fail(type_of(error)),
        }
        result
    }

    /// Calls `Chat::create_stream` and records the call.
    ///
    /// The request is sent unchanged. Servers report the tokens of a stream only if the request
    /// asks for them with `stream_options.include_usage`; otherwise the tokens, their throughput
    /// and their cost stay unknown. The tokens come after the `finish_reason`. If the stream is
    /// dropped there, the call has the tokens if they have arrived by then. An answer is complete
    /// when as many choices as the request asked for (`n`) have a `finish_reason`. The client does
    /// not pass on reasoning that some servers stream as `reasoning_content`, so such reasoning
    /// does not count as the first token.
    ///
    /// # Errors
    /// Those of `Chat::create_stream`.
    pub async fn create_stream(
        &self,
        request: CreateChatCompletionRequest,
    ) -> Result<MeasuredChatStream, OpenAIError> {
        let call = self.start(request.model.clone()).choices(request.n.unwrap_or(1));
        match self.client.create_stream(request).await {
            Ok(stream) => Ok(call.stream(stream, look as fn(&Item) -> Chunk).needs_last().drains()),
            Err(error) => {
                call.fail(type_of(&error));
                Err(error)
            }
        }
    }
}

impl From<&CompletionUsage> for Usage {
    fn from(usage: &CompletionUsage) -> Self {
        let input = usage.prompt_tokens_details.as_ref();
        let output = usage.completion_tokens_details.as_ref();
        let written = input.and_then(|details| details.cache_write_tokens);
        Self {
            cache_read: input.and_then(|details| details.cached_tokens).map(u64::from),
            cache_write: written.and_then(|tokens| u64::try_from(tokens).ok()),
            reasoning: output.and_then(|details| details.reasoning_tokens).map(u64::from),
            ..Self::new(usage.prompt_tokens.into(), usage.completion_tokens.into())
        }
    }
}

fn look(item: &Item) -> Chunk {
    let chunk = match item {
        Ok(chunk) => chunk,
        Err(error) => return Chunk::error(type_of(error)),
    };
    let has_content = chunk.choices.iter().any(has_content);
    let seen = if has_content { Chunk::content() } else { Chunk::other() };
    let ended = chunk.choices.iter().filter(|choice| choice.finish_reason.is_some());
    let ended = ended.map(|choice| Choices::one(choice.index));
    let seen = seen.ended(ended.fold(Choices::default(), Choices::and));
    seen.usage(chunk.usage.as_ref())
}

/// Whether a choice has content. The first chunk usually has only a role and an empty text.
fn has_content(choice: &ChatChoiceStream) -> bool {
    let delta = &choice.delta;
    // The last chunk of audio only says how long the server keeps the audio.
    let heard = |audio: &ChatCompletionStreamAudio| has_text([&audio.data, &audio.transcript]);
    // Older servers send a tool call in this field.
    #[expect(deprecated, reason = "older servers send this field")]
    let function = &delta.function_call;
    has_text([&delta.content, &delta.refusal])
        || delta.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty())
        || delta.audio.as_ref().is_some_and(heard)
        || function.is_some()
}

fn has_text(texts: [&Option<String>; 2]) -> bool {
    texts.into_iter().flatten().any(|text| !text.is_empty())
}
