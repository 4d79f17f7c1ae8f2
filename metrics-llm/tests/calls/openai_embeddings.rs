//! Embeddings with the client `async-openai`.

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::types::embeddings::{CreateEmbeddingRequest, CreateEmbeddingRequestArgs};
use axum::http::StatusCode;
use serde_json::{Value, json};
use typed_metrics_core::testing::capture_async;
use typed_metrics_llm::{GenAi, GenAiMetrics, GenAiRequest, Measure, PriceTable, Prices};

use crate::support::{Answer, ended, ended_in_all, kinds, lacking_in_all, serve};

fn client(url: &str) -> Client<OpenAIConfig> {
    Client::with_config(OpenAIConfig::new().with_api_base(url).with_api_key("none"))
}

fn request(model: &str) -> CreateEmbeddingRequest {
    CreateEmbeddingRequestArgs::default().model(model).input("the sky").build().unwrap()
}

pub(crate) fn vectors(embedding: Value) -> Answer {
    Answer::Whole(json!({
        "object": "list", "model": "served-model",
        "data": [{"object": "embedding", "index": 0, "embedding": embedding}],
        "usage": {"prompt_tokens": 500_000, "total_tokens": 500_000},
    }))
}

#[tokio::test]
async fn embeddings_are_recorded() {
    let client = client(&serve(vectors(json!([0.5, -0.25]))).await);
    let prices = PriceTable::new("USD", [("vectors", Prices::input("0.02"))]).unwrap();
    let measured = client.embeddings().measured().gen_ai(GenAi::chat("openai")).prices(&prices);
    let seen = capture_async(measured.create(request("vectors"))).await;

    assert_eq!(seen.returned.as_ref().unwrap().data[0].embedding, [0.5, -0.25]);
    assert_eq!(kinds(&seen, "vectors"), [500_000, 0, 0, 0, 0]);
    assert_eq!(ended(&seen, "vectors", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
    assert_eq!(lacking_in_all(&seen), 0.0);
    let request = GenAiRequest {
        operation_name: "embeddings",
        provider_name: "openai",
        request_model: "vectors",
        server_address: None,
        server_port: None,
    };
    let duration = GenAiMetrics::EmbeddingsDuration { request, error_type: None };
    assert_eq!(seen.histogram(duration).count, 1);
    assert_eq!(seen.histogram(GenAiMetrics::EmbeddingsInputTokens(request)).sum, 500_000.0);
    let cost = typed_metrics_llm::LlmMetrics::LlmCallCost {
        model: "vectors",
        prompt: None,
        currency: "USD",
    };
    assert_eq!(seen.histogram(cost).sum, 0.01);
}

#[tokio::test]
async fn embeddings_in_base64_are_recorded() {
    let client = client(&serve(vectors(json!("AAAAPw=="))).await);
    let mut request = request("vectors");
    request.encoding_format = Some(async_openai::types::embeddings::EncodingFormat::Base64);
    let seen = capture_async(client.embeddings().measured().create_base64(request)).await;
    seen.returned.as_ref().unwrap();
    assert_eq!(kinds(&seen, "vectors"), [500_000, 0, 0, 0, 0]);
    assert_eq!(ended(&seen, "vectors", None), 1);
}

#[tokio::test]
async fn an_error_is_counted_with_the_status() {
    let client = client(&serve(Answer::Refused(StatusCode::BAD_REQUEST)).await);
    let seen = capture_async(client.embeddings().measured().create(request("bad"))).await;
    seen.returned.as_ref().unwrap_err();
    assert_eq!(ended(&seen, "bad", Some("400")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
    assert_eq!(lacking_in_all(&seen), 0.0);
}
