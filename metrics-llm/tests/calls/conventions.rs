//! OpenTelemetry's conventions for generative AI: the same calls also record these metrics.

use std::time::Instant;

use axum::http::StatusCode;
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_core::{LabelValue, MetricSnapshot};
use typed_metrics_llm::{
    GenAi, GenAiMetrics, GenAiMetricsV1_41, GenAiRequest, LlmCall, TokenModality, TokenType,
    ToolExecution, ToolType, Usage, error_type,
};

use crate::support::{Answer, Recorded, Step, ask, capture, role, serve, stop, text, usage};

const SERVER: (Option<&str>, Option<u16>) = (Some("127.0.0.1"), Some(8080));

fn conventions() -> GenAi<'static> {
    GenAi::chat("openai").server("127.0.0.1", 8080)
}

fn request(request_model: &str) -> GenAiRequest<'_> {
    let (server_address, server_port) = SERVER;
    GenAiRequest {
        operation_name: "chat",
        provider_name: "openai",
        request_model,
        server_address,
        server_port,
    }
}

/// The counters: input, read from a cache, written to one, output, reasoning.
fn counted<R>(seen: &Captured<R>, model: &str) -> [u64; 5] {
    let (request, modality) = (request(model), TokenModality::Unknown);
    [
        GenAiMetrics::InputTokens { request, modality },
        GenAiMetrics::CacheReadInputTokens { request, modality },
        GenAiMetrics::CacheWriteInputTokens { request, modality },
        GenAiMetrics::OutputTokens { request, modality },
        GenAiMetrics::ReasoningOutputTokens { request, modality },
    ]
    .map(|metric| seen.counter(metric))
}

/// The number and the sum of the input and the output tokens of calls.
fn distributed<R>(seen: &Captured<R>, model: &str) -> [(u64, f64); 2] {
    let request = request(model);
    [GenAiMetrics::OperationInputTokens(request), GenAiMetrics::OperationOutputTokens(request)]
        .map(|metric| seen.histogram(metric))
        .map(|tokens| (tokens.count, tokens.sum))
}

fn duration<'a>(model: &'a str, error_type: Option<&'a str>) -> GenAiMetrics<'a> {
    GenAiMetrics::InferenceDuration { request: request(model), error_type }
}

/// The time to the first chunk, and the times of the other chunks.
fn chunks(model: &str) -> [GenAiMetrics<'_>; 2] {
    [
        GenAiMetrics::TimeToFirstChunk(request(model)),
        GenAiMetrics::TimePerOutputChunk(request(model)),
    ]
}

#[tokio::test]
async fn the_conventions_are_fed_by_the_same_call() {
    let steps = vec![
        Step::Pause(40),
        role(),
        Step::Pause(80),
        text("Ray"),
        Step::Pause(40),
        text("leigh"),
        stop(),
        usage(12, 7),
        Step::Done,
    ];
    let url = serve(Answer::Streamed(steps)).await;
    let call = LlmCall::start("conventional").gen_ai(conventions());
    let seen = capture_async(ask(&url, call, usize::MAX)).await;

    assert_eq!(counted(&seen, "conventional"), [12, 0, 0, 7, 0]);
    assert_eq!(distributed(&seen, "conventional"), [(1, 12.0), (1, 7.0)]);
    let [first, others] = chunks("conventional").map(|metric| seen.histogram(metric));
    let whole = seen.histogram(duration("conventional", None));
    assert_eq!((first.count, others.count, whole.count), (1, 4, 1));
    let default = Recorded::new(&seen, "conventional", Instant::now());
    // The first chunk is the role, and the first token comes with the text. The last chunk arrived
    // 160 ms after the request.
    assert!(first.sum >= 0.04 && first.sum < default.time_to_first_token.sum, "{} s", first.sum);
    let last = first.sum + others.sum;
    assert!(last >= 0.16 && last <= whole.sum + 1e-9, "{last} s");
    assert_eq!(whole.sum, default.prompt_throughput.sum);
}

#[tokio::test]
async fn the_conventions_tell_how_long_an_error_took() {
    let url = serve(Answer::Refused(StatusCode::TOO_MANY_REQUESTS)).await;
    let call = LlmCall::start("refused").gen_ai(conventions());
    let seen = capture_async(ask(&url, call, usize::MAX)).await;

    assert_eq!(seen.histogram(duration("refused", Some("429"))).count, 1);
    assert_eq!(seen.histogram(duration("refused", None)).count, 0);
    assert_eq!(distributed(&seen, "refused"), [(0, 0.0), (0, 0.0)]);
    // The conventions ask for a zero, so that the series exists.
    let counters = seen.snapshot.get("gen_ai.client.inference.usage.input_tokens").unwrap();
    assert_eq!(counters.series.len(), 1);
    assert_eq!(counted(&seen, "refused"), [0; 5]);
    assert_eq!(chunks("refused").map(|metric| seen.histogram(metric).count), [0, 0]);
}

#[tokio::test]
async fn without_conventions_nothing_of_them_is_recorded() {
    let steps = vec![role(), text("Ray"), stop(), usage(12, 7), Step::Done];
    let (seen, _) = capture("plain", Answer::Streamed(steps)).await;
    let names = seen.snapshot.metrics.iter().map(|metric| metric.descriptor.name());
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "input_tokens",
            "llm_calls",
            "llm_tokens",
            "prompt_throughput",
            "time_to_first_token",
            "token_throughput"
        ]
    );
}

/// The names, units and buckets are exactly those of the conventions' `gen-ai-metrics.md`.
#[test]
fn names_units_buckets_and_attributes_are_those_of_the_conventions() {
    const SECONDS: &[f64] =
        &[0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    const TOKENS: &[f64] = &[
        1.0,
        4.0,
        16.0,
        64.0,
        256.0,
        1024.0,
        4096.0,
        16384.0,
        65536.0,
        262_144.0,
        1_048_576.0,
        4_194_304.0,
        16_777_216.0,
        67_108_864.0,
    ];
    let seen = typed_metrics_core::testing::capture(|| {
        let mut call = LlmCall::start("to-the-letter").gen_ai(conventions().v1_41());
        (0..2).for_each(|_| call.chunk());
        call.used(Usage::new(12, 7));
        call.fail("429");
        LlmCall::start("well").gen_ai(conventions()).finish(Usage::new(12, 7));
        LlmCall::embeddings("vectors").gen_ai(conventions()).finish(Usage::unknown().input(12));
        ToolExecution::start("weather").of_type(ToolType::Function).agent("guide").finish();
    });
    let shown = |metric: &MetricSnapshot| {
        let series = &metric.series[0];
        let labels = series.labels.iter().map(|(name, value)| format!("{name}={value}"));
        let labels = labels.collect::<Vec<_>>().join(" ");
        let boundaries = series.value.as_histogram().unwrap().boundaries;
        (metric.descriptor.unit().to_owned(), labels, boundaries)
    };
    let all = "gen_ai.operation.name=chat gen_ai.provider.name=openai";
    let model = "gen_ai.request.model=to-the-letter";
    let server = "server.address=127.0.0.1 server.port=8080";
    let of = |name: &str| shown(seen.snapshot.get(name).unwrap());

    // The metrics of v1.41.
    let usage = of("gen_ai.client.token.usage");
    let labels = format!("{all} {model} {server} gen_ai.token.type=input");
    assert_eq!(usage, ("{token}".to_owned(), labels, TOKENS));
    let failed = format!("{all} {model} {server} error.type=429");
    let chunked = format!("{all} {model} {server}");
    for prefix in ["operation", "inference"] {
        let duration = of(&format!("gen_ai.client.{prefix}.duration"));
        assert_eq!(duration, ("s".to_owned(), failed.clone(), SECONDS));
        for name in ["time_to_first_chunk", "time_per_output_chunk"] {
            let chunk = of(&format!("gen_ai.client.{prefix}.{name}"));
            assert_eq!(chunk, ("s".to_owned(), chunked.clone(), SECONDS));
        }
    }
    // The metrics that v0.1.0 added.
    for name in [
        "input_tokens",
        "output_tokens",
        "cache_read.input_tokens",
        "cache_write.input_tokens",
        "reasoning.output_tokens",
    ] {
        let metric = seen.snapshot.get(&format!("gen_ai.client.inference.usage.{name}")).unwrap();
        let labels = metric.series[0].labels.to_string();
        assert_eq!(metric.descriptor.unit(), "{token}");
        assert!(labels.ends_with("gen_ai.token.modality=unknown"), "{labels}");
    }
    let well = format!("{all} gen_ai.request.model=well {server}");
    for name in ["input_tokens", "output_tokens"] {
        let tokens = of(&format!("gen_ai.client.inference.operation.{name}"));
        assert_eq!(tokens, ("{token}".to_owned(), well.clone(), TOKENS));
    }
    let embeds = format!(
        "gen_ai.operation.name=embeddings gen_ai.provider.name=openai \
         gen_ai.request.model=vectors {server}"
    );
    let duration = of("gen_ai.client.embeddings.duration");
    assert_eq!(duration, ("s".to_owned(), embeds.clone(), SECONDS));
    let tokens = of("gen_ai.client.embeddings.operation.input_tokens");
    assert_eq!(tokens, ("{token}".to_owned(), embeds, TOKENS));
    let tool = "gen_ai.tool.name=weather gen_ai.tool.type=function gen_ai.agent.name=guide";
    let duration = of("gen_ai.execute_tool.duration");
    assert_eq!(duration, ("s".to_owned(), tool.to_owned(), SECONDS));
    // Integer attributes are exported as integers.
    let duration = seen.snapshot.get("gen_ai.client.inference.duration").unwrap();
    let port = duration.series[0].labels.get("server.port");
    assert_eq!(port, Some(&LabelValue::Int(8080)));
}

#[test]
fn parts_have_counters_of_their_own_and_stay_in_the_whole() {
    let seen = typed_metrics_core::testing::capture(|| {
        for _ in 0..2 {
            let usage = Usage::new(1200, 80).cache_read(1000).cache_write(150).reasoning(60);
            LlmCall::start("parts").gen_ai(conventions().v1_41()).finish(usage);
        }
    });
    assert_eq!(counted(&seen, "parts"), [2400, 2000, 300, 160, 120]);
    assert_eq!(distributed(&seen, "parts"), [(2, 2400.0), (2, 160.0)]);
    // A sum over the types of v1.41 counts each token once.
    let of_type = |token_type| {
        seen.histogram(GenAiMetricsV1_41::TokenUsage { request: request("parts"), token_type }).sum
    };
    assert_eq!(of_type(TokenType::Input) + of_type(TokenType::Output), 2.0 * (1200.0 + 80.0));
    let usage = seen.snapshot.get("gen_ai.client.token.usage").unwrap();
    assert_eq!(usage.series.len(), 2);
}

#[test]
fn the_metrics_of_v1_41_are_recorded_on_request_only() {
    let seen = typed_metrics_core::testing::capture(|| {
        LlmCall::start("newest").gen_ai(conventions()).finish(Usage::new(12, 7));
    });
    assert!(seen.snapshot.get("gen_ai.client.token.usage").is_none());
    assert!(seen.snapshot.get("gen_ai.client.operation.duration").is_none());
    assert_eq!(seen.histogram(duration("newest", None)).count, 1);
}

#[test]
fn embeddings_are_no_inference() {
    let seen = typed_metrics_core::testing::capture(|| {
        let call = LlmCall::start("vectors").gen_ai(GenAi::embeddings("openai"));
        call.finish(Usage::unknown().input(12));
        LlmCall::embeddings("vectors").gen_ai(GenAi::chat("openai")).fail("429");
    });
    let request = GenAiRequest {
        operation_name: "embeddings",
        provider_name: "openai",
        request_model: "vectors",
        server_address: None,
        server_port: None,
    };
    let ended =
        |error_type| seen.histogram(GenAiMetrics::EmbeddingsDuration { request, error_type }).count;
    assert_eq!((ended(None), ended(Some("429"))), (1, 1));
    let tokens = seen.histogram(GenAiMetrics::EmbeddingsInputTokens(request));
    assert_eq!((tokens.count, tokens.sum), (1, 12.0));
    assert!(seen.snapshot.get("gen_ai.client.inference.duration").is_none());
    assert!(seen.snapshot.get("gen_ai.client.inference.usage.input_tokens").is_none());
    // Embeddings have no output, so nothing is missing.
    assert!(seen.snapshot.get("llm_missing").is_none());
}

#[test]
fn an_execution_of_a_tool_ends_once_in_every_way() {
    let seen = typed_metrics_core::testing::capture(|| {
        ToolExecution::start("weather").finish();
        ToolExecution::start("weather").fail("timeout");
        ToolExecution::start("weather").fail("");
        drop(ToolExecution::start("weather"));
    });
    let ended = |error_type| {
        let (tool, tool_type, agent) = ("weather", None, None);
        let metric = GenAiMetrics::ExecuteToolDuration { tool, tool_type, agent, error_type };
        seen.histogram(metric).count
    };
    let types = [None, Some("timeout"), Some(error_type::OTHER), Some(error_type::CANCELLED)];
    assert_eq!(types.map(ended), [1; 4]);
}
