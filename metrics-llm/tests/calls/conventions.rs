//! OpenTelemetry's conventions for generative AI: the same calls also record these metrics.

use std::time::Instant;

use axum::http::StatusCode;
use typed_metrics_core::testing::capture_async;
use typed_metrics_core::{LabelValue, MetricSnapshot};
use typed_metrics_llm::{GenAi, GenAiMetrics, GenAiRequest, LlmCall, TokenType, Usage};

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

fn tokens(model: &str, token_type: TokenType) -> GenAiMetrics<'_> {
    GenAiMetrics::TokenUsage { request: request(model), token_type }
}

fn duration<'a>(model: &'a str, error_type: Option<&'a str>) -> GenAiMetrics<'a> {
    GenAiMetrics::OperationDuration { request: request(model), error_type }
}

/// The time to the first chunk, and the times of the other chunks.
fn chunks(model: &str) -> [GenAiMetrics<'_>; 2] {
    [
        GenAiMetrics::OperationTimeToFirstChunk(request(model)),
        GenAiMetrics::OperationTimePerOutputChunk(request(model)),
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

    assert_eq!(seen.histogram(tokens("conventional", TokenType::Input)).sum, 12.0);
    assert_eq!(seen.histogram(tokens("conventional", TokenType::Output)).sum, 7.0);
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
    assert_eq!(seen.histogram(tokens("refused", TokenType::Input)).count, 0);
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
        let mut call = LlmCall::start("to-the-letter").gen_ai(conventions());
        (0..2).for_each(|_| call.chunk());
        call.used(Usage::new(12, 7));
        call.fail("429");
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

    let usage = of("gen_ai.client.token.usage");
    let labels = format!("{all} {model} {server} gen_ai.token.type=input");
    assert_eq!(usage, ("{token}".to_owned(), labels, TOKENS));
    let duration = of("gen_ai.client.operation.duration");
    let labels = format!("{all} {model} {server} error.type=429");
    assert_eq!(duration, ("s".to_owned(), labels, SECONDS));
    for name in ["time_to_first_chunk", "time_per_output_chunk"] {
        let chunk = of(&format!("gen_ai.client.operation.{name}"));
        assert_eq!(chunk, ("s".to_owned(), format!("{all} {model} {server}"), SECONDS));
    }
    // Integer attributes are exported as integers.
    let duration = seen.snapshot.get("gen_ai.client.operation.duration").unwrap();
    let port = duration.series[0].labels.get("server.port");
    assert_eq!(port, Some(&LabelValue::Int(8080)));
}
