//! The call of the language model.

use futures_util::TryStreamExt;
use rag::client::Client;
use rag::prompt::prompt;
use rag::retrieval::Index;
use rag::{documents, prices, server};
use typed_metrics::{Objective, timed};

use crate::Error;
use crate::metrics::Questions;

/// The number of passages that are sent to the model with a question.
const PASSAGES: usize = 3;

/// Answers questions from the documents of this project.
pub struct Assistant {
    client: Client,
    index: Index,
}

impl Assistant {
    /// Uses the server that `OPENAI_BASE_URL`, `OPENAI_API_KEY` and `OPENAI_MODEL` name. Without
    /// them, starts a server in this process, with a model that only copies sentences. `RAG_PRICES`
    /// names a file of prices.
    ///
    /// # Errors
    /// If a variable is wrong, or no port can be opened.
    pub async fn start() -> Result<Self, Error> {
        let prices = prices::table()?;
        let client = match Client::from_env(&prices)? {
            Some(client) => client,
            None => Client::new(server::start().await?, None, "extractive".to_owned(), &prices)?,
        };
        Ok(Self { client, index: Index::new(documents::passages()) })
    }

    /// Answers a question. The client measures the call: `llm.*` and `gen_ai.*`.
    ///
    /// # Errors
    /// If the server of the model fails.
    #[timed(
        Questions::AnswerDuration { outcome },
        objective = [Objective::latency("2.5s", 0.95), Objective::success(0.99)],
    )]
    pub async fn answer(&self, question: &str) -> Result<String, Error> {
        let passages = self.index.search(question, PASSAGES);
        self.client.stream("question", &prompt(question, &passages)).await?.try_collect().await
    }
}
