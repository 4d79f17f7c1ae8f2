//! Answers questions about this project from its own documents, and measures the calls of the
//! model. The program finds the passages that match a question, and streams the answer from a
//! server.
//!
//! ```sh
//! cargo run -p rag          # prints the metrics at the end
//! cargo run -p rag -- otel  # and hands them to this handler as well
//! ```
//!
//! Any server with the protocol of `OpenAI` works: `OPENAI_BASE_URL`, `OPENAI_API_KEY` and
//! `OPENAI_MODEL` name the server. Without these variables, the program starts its own server,
//! which also streams over real HTTP.
//!
//! `prices.toml` has the prices of the models; `RAG_PRICES` names another file. A model that is not
//! in the table has no cost.
//!
//! A server with `https` needs TLS, which takes longest to compile:
//!
//! ```sh
//! cargo run -p rag --features reqwest/rustls
//! ```

use std::io::Write;
use std::process::ExitCode;

use futures_util::StreamExt;

use rag::Error;
use rag::client::Client;
use rag::prompt::prompt;
use rag::retrieval::Index;
use rag::{documents, prices, server};

const QUESTIONS: [&str; 3] = [
    "Why does recording take no lock?",
    "What happens to measurements past the series limit?",
    "How does a test see only what its own code recorded?",
];

/// The number of passages that are sent to the model with a question.
const PASSAGES: usize = 3;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rag: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let mut handlers = vec!["console".to_owned()];
    handlers.extend(std::env::args().skip(1));
    typed_metrics::set_metric_handlers(handlers)?;

    let prices = prices::table()?;
    let client = match Client::from_env(&prices)? {
        Some(client) => client,
        None => Client::new(server::start().await?, None, "extractive".to_owned(), &prices)?,
    };
    let index = Index::new(documents::passages());
    for question in QUESTIONS {
        if let Err(error) = answer(&client, &index, question).await {
            // The metrics count the failure, and the next question may succeed.
            eprintln!("no answer to `{question}`: {error}");
        }
    }
    Ok(typed_metrics::shutdown()?)
}

/// Prints the answer while it arrives.
async fn answer(client: &Client, index: &Index, question: &str) -> Result<(), Error> {
    let passages = index.search(question, PASSAGES);
    println!("{question}");
    let mut texts = client.stream("question", &prompt(question, &passages)).await?;
    while let Some(text) = texts.next().await {
        print!("{}", text?);
        std::io::stdout().flush()?;
    }
    let titles: Vec<_> = passages.iter().map(|passage| passage.title.as_str()).collect();
    println!("\n  from {}\n", titles.join(", "));
    Ok(())
}
