//! Embeddings.

use async_openai::Embeddings;
use async_openai::config::Config;
use async_openai::error::OpenAIError;
use async_openai::types::embeddings::{
    CreateBase64EmbeddingResponse, CreateEmbeddingRequest, CreateEmbeddingResponse, EmbeddingUsage,
};

use super::client_error::type_of;
use crate::measured::{Measure, Measured};
use crate::usage::Usage;

impl<C: Config> Measure for Embeddings<'_, C> {
    type Client = Self;

    fn measured(self) -> Measured<Self> {
        Measured::new(self)
    }
}

/// `client.embeddings().measured()`.
///
/// ```no_run
/// # use typed_metrics_llm as llm;
/// # use async_openai::{Client, error::OpenAIError, types::embeddings::CreateEmbeddingRequest};
/// # async fn example(request: CreateEmbeddingRequest) -> Result<(), OpenAIError> {
/// use llm::Measure;
///
/// let client = Client::new();
/// let answer = client.embeddings().measured().create(request).await?;
/// # Ok(())
/// # }
/// ```
impl<C: Config> Measured<Embeddings<'_, C>> {
    /// Calls `Embeddings::create` and records the call.
    ///
    /// # Errors
    /// Those of `Embeddings::create`.
    pub async fn create(
        &self,
        request: CreateEmbeddingRequest,
    ) -> Result<CreateEmbeddingResponse, OpenAIError> {
        let call = self.start_embeddings(request.model.clone());
        let result = self.client.create(request).await;
        match &result {
            Ok(response) => call.finish(&response.usage),
            Err(error) => call.fail(type_of(error)),
        }
        result
    }

    /// Calls `Embeddings::create_base64` and records the call.
    ///
    /// # Errors
    /// Those of `Embeddings::create_base64`.
    pub async fn create_base64(
        &self,
        request: CreateEmbeddingRequest,
    ) -> Result<CreateBase64EmbeddingResponse, OpenAIError> {
        let call = self.start_embeddings(request.model.clone());
        let result = self.client.create_base64(request).await;
        match &result {
            Ok(response) => call.finish(&response.usage),
            Err(error) => call.fail(type_of(error)),
        }
        result
    }
}

impl From<&EmbeddingUsage> for Usage {
    fn from(usage: &EmbeddingUsage) -> Self {
        Self::unknown().input(usage.prompt_tokens.into())
    }
}
