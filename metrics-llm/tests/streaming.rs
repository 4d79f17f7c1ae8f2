//! Any client: a stream of plain HTTP, and what is recorded of it.

#![allow(clippy::float_cmp, reason = "what is exact is compared exactly")]

mod support;

use std::pin::pin;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use eventsource_stream::Eventsource;
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use support::{Answer, Recorded, Step, ended, ended_in_all, role, serve, stop, text, usage};
use typed_metrics_core::testing::{Captured, capture_async};
use typed_metrics_llm::{Chunk, GenAi, GenAiMetrics, LlmCall, TokenType, Usage, error_type};

/// The data of the events, until `[DONE]`.
async fn events(url: &str) -> Result<impl Stream<Item = Result<Value, String>>, reqwest::Error> {
    let request = reqwest::Client::new().post(format!("{url}/chat/completions"));
    let response = request.send().await?.error_for_status()?;
    let events = response.bytes_stream().eventsource();
    let datas = events.map(|event| event.map(|event| event.data).map_err(|e| e.to_string()));
    let datas = datas.take_while(|data| {
        let more = !data.as_ref().is_ok_and(|data| data == "[DONE]");
        async move { more }
    });
    Ok(datas.map(|data| data.map(|data| serde_json::from_str(&data).unwrap())))
}

/// What an event is: what a user of a client that we do not know writes.
fn look(event: &Result<Value, String>) -> Chunk {
    let Ok(event) = event else { return Chunk::error(error_type::TRANSPORT) };
    let choice = &event["choices"][0];
    let has_content = choice["delta"]["content"].as_str().is_some_and(|text| !text.is_empty());
    let chunk = if has_content { Chunk::content() } else { Chunk::other() };
    let chunk = if choice["finish_reason"].is_string() { chunk.last() } else { chunk };
    let tokens = |name: &str| event["usage"][name].as_u64();
    let used = tokens("prompt_tokens").zip(tokens("completion_tokens"));
    chunk.usage(used.map(|(input, output)| Usage::new(input, output)))
}

/// Asks the server, and reads at most `items` of its answer.
async fn ask(url: &str, call: LlmCall<'_>, items: usize) -> usize {
    match events(url).await {
        Ok(events) => {
            let answer = call.stream(events, look).needs_last();
            let mut answer = pin!(answer.take(items));
            let mut read = 0;
            while answer.next().await.is_some() {
                read += 1;
            }
            read
        }
        Err(error) => {
            let status = error.status().map(|status| status.as_u16().to_string());
            call.fail(status.as_deref().unwrap_or(error_type::CONNECT));
            0
        }
    }
}

/// The whole answer to a call of `model`.
async fn capture(model: &str, answer: Answer) -> (Captured<usize>, Recorded) {
    let url = serve(answer).await;
    let start = Instant::now();
    let seen = capture_async(ask(&url, LlmCall::start(model), usize::MAX)).await;
    let recorded = Recorded::new(&seen, model, start);
    (seen, recorded)
}

#[tokio::test]
async fn a_slow_first_token_is_the_time_to_it_and_not_that_of_the_answer() {
    let steps = vec![
        role(),
        Step::Pause(150),
        text("Ray"),
        Step::Pause(50),
        text("leigh"),
        stop(),
        usage(12, 7),
        Step::Done,
    ];
    let (seen, recorded) = capture("slow", Answer::Streamed(steps)).await;

    assert_eq!(seen.returned, 5);
    recorded.assert_input_tokens(12.0);
    recorded.assert_first_token_after(150);
    recorded.assert_answered_after(200, Some(7.0));
    assert!(recorded.time_to_first_token.sum < recorded.prompt_throughput.sum);
    assert_eq!(ended(&seen, "slow", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_stream_cut_in_the_middle_is_an_error_after_a_first_token() {
    let steps = vec![role(), Step::Pause(30), text("Ray"), Step::Cut];
    let (seen, recorded) = capture("cut", Answer::Streamed(steps)).await;

    assert_eq!(seen.returned, 3); // the role, a text and the error
    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(30);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "cut", Some("transport")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_stream_that_ends_before_its_answer_is_whole_is_truncated() {
    let steps = vec![role(), Step::Pause(30), text("Ray")];
    let (seen, recorded) = capture("truncated", Answer::Streamed(steps)).await;

    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(30);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "truncated", Some("truncated")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn an_error_instead_of_an_answer_is_counted_with_its_status() {
    let refused = Answer::Refused(StatusCode::SERVICE_UNAVAILABLE);
    let (seen, recorded) = capture("refused", refused).await;

    assert_eq!(recorded.input_tokens.count, 0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "refused", Some("503")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn an_error_before_the_first_token_leaves_none() {
    let (seen, recorded) = capture("early", Answer::Streamed(vec![role(), Step::Cut])).await;

    assert_eq!(seen.returned, 2);
    assert_eq!(recorded.input_tokens.count, 0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "early", Some("transport")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn without_usage_only_times_are_recorded() {
    let steps = vec![role(), Step::Pause(30), text("Ray"), stop(), Step::Done];
    let (seen, recorded) = capture("silent", Answer::Streamed(steps)).await;

    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(30);
    recorded.assert_answered_after(30, None);
    assert_eq!(ended(&seen, "silent", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn no_tokens_are_no_throughput() {
    let steps = vec![role(), stop(), usage(12, 0), Step::Done];
    let (seen, recorded) = capture("mute", Answer::Streamed(steps)).await;

    recorded.assert_input_tokens(12.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_answered_after(0, None);
    assert_eq!(ended(&seen, "mute", None), 1);
}

#[tokio::test]
async fn a_client_that_drops_the_stream_has_cancelled_the_call() {
    let steps = vec![role(), Step::Pause(30), text("Ray"), Step::Pause(60_000), usage(12, 7)];
    let url = serve(Answer::Streamed(steps)).await;
    let start = Instant::now();
    let seen = capture_async(ask(&url, LlmCall::start("dropped"), 2)).await;
    let recorded = Recorded::new(&seen, "dropped", start);

    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(30);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "dropped", Some("cancelled")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_client_that_times_out_before_the_first_token_has_cancelled_the_call() {
    let url = serve(Answer::Streamed(vec![role(), Step::Pause(60_000)])).await;
    let start = Instant::now();
    let asked = async {
        let asked = ask(&url, LlmCall::start("impatient"), usize::MAX);
        tokio::time::timeout(Duration::from_millis(50), asked).await.unwrap_err();
    };
    let seen = capture_async(asked).await;
    let recorded = Recorded::new(&seen, "impatient", start);

    assert_eq!(recorded.input_tokens.count, 0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "impatient", Some("cancelled")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn who_stops_reading_at_the_last_item_has_not_cancelled_the_call() {
    let steps = vec![role(), text("Ray"), stop(), Step::Pause(60_000), usage(12, 7)];
    let url = serve(Answer::Streamed(steps)).await;
    let start = Instant::now();
    let seen = capture_async(ask(&url, LlmCall::start("enough"), 3)).await;
    let recorded = Recorded::new(&seen, "enough", start);

    assert_eq!(recorded.input_tokens.count, 0);
    recorded.assert_first_token_after(0);
    recorded.assert_answered_after(0, None);
    assert_eq!(ended(&seen, "enough", None), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_call_that_is_not_streamed_has_no_first_token() {
    let url = serve(support::whole(12, 7)).await;
    let start = Instant::now();
    let seen = capture_async(async {
        let call = LlmCall::start("whole");
        let answer = reqwest::Client::new().post(url).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        let tokens = |name: &str| answer["usage"][name].as_u64().unwrap();
        call.finish(Usage::new(tokens("prompt_tokens"), tokens("completion_tokens")));
    })
    .await;
    let recorded = Recorded::new(&seen, "whole", start);

    recorded.assert_input_tokens(12.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_answered_after(0, Some(7.0));
    assert_eq!(ended(&seen, "whole", None), 1);
}

const SERVER: (Option<&str>, Option<u16>) = (Some("127.0.0.1"), Some(8080));

fn conventions() -> GenAi<'static> {
    GenAi::chat("openai").server("127.0.0.1", 8080)
}

fn tokens(request_model: &str, token_type: TokenType) -> GenAiMetrics<'_> {
    let (server_address, server_port) = SERVER;
    GenAiMetrics::TokenUsage {
        operation_name: "chat",
        provider_name: "openai",
        token_type,
        request_model,
        server_address,
        server_port,
    }
}

fn duration<'a>(request_model: &'a str, error_type: Option<&'a str>) -> GenAiMetrics<'a> {
    let (server_address, server_port) = SERVER;
    GenAiMetrics::OperationDuration {
        operation_name: "chat",
        provider_name: "openai",
        request_model,
        error_type,
        server_address,
        server_port,
    }
}

/// The time to the first chunk, and that of the others.
fn chunks(request_model: &str) -> [GenAiMetrics<'_>; 2] {
    let (server_address, server_port) = SERVER;
    let (operation_name, provider_name) = ("chat", "openai");
    [
        GenAiMetrics::OperationTimeToFirstChunk {
            operation_name,
            provider_name,
            request_model,
            server_address,
            server_port,
        },
        GenAiMetrics::OperationTimePerOutputChunk {
            operation_name,
            provider_name,
            request_model,
            server_address,
            server_port,
        },
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
    // The first chunk is the role, the first token the text; the last chunk came 160 ms after the request.
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

#[tokio::test]
async fn what_was_used_before_a_stream_broke_is_recorded() {
    // As Anthropic's streams begin: with the tokens of the input.
    let begin = Step::Send(json!({"usage": {"prompt_tokens": 25, "completion_tokens": 1}}));
    let (seen, recorded) = capture("begun", Answer::Streamed(vec![begin, Step::Cut])).await;

    recorded.assert_input_tokens(25.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "begun", Some("transport")), 1);
}

#[test]
fn an_error_without_a_type_is_still_no_success() {
    let seen = typed_metrics_core::testing::capture(|| LlmCall::start("untyped").fail(""));
    let other = Some(typed_metrics_llm::error_type::OTHER);
    let calls = typed_metrics_llm::LlmMetrics::LlmCalls {
        model: "untyped",
        prompt: None,
        error_type: other,
    };
    assert_eq!(seen.counter(calls), 1);
}

/// Text, and what says that the answer is whole.
fn whole_answer() -> impl Stream<Item = Chunk> + Unpin {
    stream::iter([Chunk::content(), Chunk::other().usage(Usage::new(12, 7)).last()])
}

#[tokio::test]
async fn the_time_that_a_reader_takes_after_the_last_item_is_not_the_answers() {
    let start = Instant::now();
    let seen = capture_async(async {
        let mut answer = LlmCall::start("read").stream(whole_answer(), Clone::clone);
        assert!(answer.next().await.is_some() && answer.next().await.is_some());
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(answer.next().await.is_none());
    })
    .await;
    let recorded = Recorded::new(&seen, "read", start);
    recorded.assert_answered_after(0, Some(7.0));
    assert!(recorded.prompt_throughput.sum < 0.2, "{recorded:?}");
}

#[tokio::test]
async fn a_stream_that_is_polled_after_its_end_has_ended_once() {
    let start = Instant::now();
    let seen = capture_async(async {
        let mut answer = LlmCall::start("again").stream(whole_answer(), Clone::clone);
        while answer.next().await.is_some() {}
        assert!(answer.next().await.is_none() && answer.next().await.is_none());
    })
    .await;
    Recorded::new(&seen, "again", start).assert_answered_after(0, Some(7.0));
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[tokio::test]
async fn a_first_token_that_comes_with_the_last_item_divides_by_the_whole_time() {
    let start = Instant::now();
    let seen = capture_async(async {
        let items = stream::iter([Chunk::content().usage(Usage::new(12, 7)).last()]);
        let items = items.then(|item| async {
            tokio::time::sleep(Duration::from_millis(60)).await;
            item
        });
        pin!(LlmCall::start("at-once").stream(items, Clone::clone)).count().await
    })
    .await;
    let recorded = Recorded::new(&seen, "at-once", start);
    recorded.assert_first_token_after(60);
    recorded.assert_answered_after(60, Some(7.0));
}

#[test]
fn an_error_after_the_first_token_keeps_it_and_what_was_used() {
    let start = Instant::now();
    let seen = typed_metrics_core::testing::capture(|| {
        let mut call = LlmCall::start("failed");
        call.first_token();
        call.used(Usage::new(12, 7));
        call.fail("500");
    });
    let recorded = Recorded::new(&seen, "failed", start);
    recorded.assert_first_token_after(0);
    recorded.assert_input_tokens(12.0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "failed", Some("500")), 1);
}

#[tokio::test]
async fn what_an_error_says_of_tokens_is_recorded_and_nothing_after_it_is() {
    let start = Instant::now();
    let seen = capture_async(async {
        let items = stream::iter([
            Chunk::error("500").usage(Usage::unknown().input(12)),
            Chunk::content().usage(Usage::new(13, 7)).last(),
        ]);
        LlmCall::start("error-first").stream(items, Clone::clone).count().await
    })
    .await;
    assert_eq!(seen.returned, 2);
    let recorded = Recorded::new(&seen, "error-first", start);
    recorded.assert_input_tokens(12.0);
    assert_eq!(recorded.time_to_first_token.count, 0);
    recorded.assert_not_answered();
    assert_eq!(ended(&seen, "error-first", Some("500")), 1);
    assert_eq!(ended_in_all(&seen), 1.0);
}

#[test]
fn a_call_goes_from_thread_to_thread() {
    fn assert_send<T: Send + Sync>(_: &T) {}
    let call = LlmCall::start("sent").gen_ai(conventions());
    assert_send(&call);
    assert_send(&call.stream(stream::iter([Chunk::other()]), Clone::clone));
}
