//! Runs the example `rag` as a user does: with its own server, and with another server.

use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

/// The example, without a server or a handler in its environment.
fn rag() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rag"));
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if ["OPENAI_", "OTEL_", "RAG_"].iter().any(|prefix| name.starts_with(prefix))
            || name == "COLUMNS"
        {
            command.env_remove(&variable);
        }
    }
    command
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The cells of the only row of the metric.
#[track_caller]
fn row<'t>(table: &'t str, metric: &str) -> Vec<&'t str> {
    let mut rows = table.lines().filter(|line| line.split("  ").next() == Some(metric));
    let row = rows.next().unwrap_or_else(|| panic!("no `{metric}` in\n{table}"));
    assert_eq!(rows.next(), None);
    row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

/// A time as the table shows it, in milliseconds.
fn millis(number: &str, unit: &str) -> f64 {
    let factor = match unit {
        "µs" => 1e-3,
        "ms" => 1.0,
        "s" => 1e3,
        _ => panic!("{unit}"),
    };
    number.replace(',', "").parse::<f64>().unwrap() * factor
}

#[test]
fn it_answers_from_the_documents_and_prints_every_metric() {
    let printed = stdout(&rag().output().unwrap());

    let (_, answer) =
        printed.split_once("What happens to measurements past the series limit?\n").unwrap();
    let (answer, _) = answer.split_once("\n\n").unwrap();
    // The selected sentences depend on the documents, but they must always be about series.
    let (sentences, sources) = answer.split_once("\n  from ").unwrap();
    assert!(sentences.contains("series"), "{answer}");
    assert_eq!(sources.split(", ").count(), 3, "{answer}");

    let labels = "model=extractive prompt=question";
    assert_eq!(row(&printed, "llm_calls"), ["llm_calls", "counter", "{call}", labels, "3"]);
    let histogram = |metric| {
        let row = row(&printed, metric);
        (row[1].to_owned(), row[3].to_owned(), row[8].to_owned())
    };
    let (unit, count, _) = histogram("input_tokens");
    assert_eq!((unit.as_str(), count.as_str()), ("{token}", "3"));
    let (unit, count, _) = histogram("token_throughput");
    assert_eq!((unit.as_str(), count.as_str()), ("tokens/s", "3"));
    let time = |metric| {
        let (unit, count, least) = histogram(metric);
        assert_eq!(count, "3");
        millis(&least, &unit)
    };
    let (first, whole) = (time("time_to_first_token"), time("prompt_throughput"));
    // The server reads for 60 ms, and then writes.
    assert!(first >= 60.0 && whole > first, "{first}, {whole}");
    assert_eq!(histogram("gen_ai.client.inference.duration").1, "3");
    assert_eq!(histogram("gen_ai.client.inference.time_to_first_chunk").1, "3");
    let cost = row(&printed, "llm_call_cost");
    let labels = "model=extractive prompt=question currency=USD";
    assert_eq!(cost[1..4], ["{currency}", labels, "3"]);
    assert!(!printed.contains("llm_missing"), "{printed}");
}

/// The requests that a server received, each with its authorization header.
type Asked = Arc<Mutex<Vec<(String, Value)>>>;

/// Serves `answer`, and runs the example with this server.
async fn run_against(
    answer: impl Fn() -> Response + Clone + Send + Sync + 'static,
) -> (Output, Asked) {
    run_with(rag(), answer).await
}

async fn run_with(
    mut command: Command,
    answer: impl Fn() -> Response + Clone + Send + Sync + 'static,
) -> (Output, Asked) {
    let asked = Asked::default();
    let notes = Arc::clone(&asked);
    let handler = async move |headers: HeaderMap, Json(request): Json<Value>| {
        let key = headers[header::AUTHORIZATION].to_str().unwrap().to_owned();
        notes.lock().unwrap().push((key, request));
        answer()
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}/somewhere/v1", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/somewhere/v1/chat/completions", post(handler));
    tokio::spawn(async move { axum::serve(listener, router).await });

    command.env("OPENAI_BASE_URL", base).env("OPENAI_API_KEY", "secret");
    command.env("OPENAI_MODEL", "told");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    (output, asked)
}

#[tokio::test]
async fn it_asks_the_server_that_the_environment_names() {
    let (output, asked) = run_against(|| {
        let chunk = |choices: Value, usage: Value| {
            format!("data: {}\n\n", json!({"choices": choices, "usage": usage}))
        };
        let text = json!([{"delta": {"content": "Because."}, "finish_reason": "stop"}]);
        let used = json!({"prompt_tokens": 100, "completion_tokens": 5});
        let body = chunk(text, Value::Null) + &chunk(json!([]), used) + "data: [DONE]\n\n";
        ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
    })
    .await;

    let printed = stdout(&output);
    assert_eq!(printed.matches("\nBecause.\n  from ").count(), 3, "{printed}");
    let calls = row(&printed, "llm_calls");
    assert_eq!(calls[3..], ["model=told prompt=question", "3"]);
    let lacking = row(&printed, "llm_missing");
    assert_eq!(lacking[3..], ["model=told prompt=question missing=price", "3"]);
    assert!(!printed.contains("llm_call_cost"), "{printed}");
    let tokens = row(&printed, "input_tokens");
    assert_eq!(tokens[3..], ["3", "300", "100", "100", "100", "100", "100"]);

    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 3);
    for (key, request) in &*asked {
        assert_eq!(key, "Bearer secret");
        assert_eq!(request["model"], "told");
        assert_eq!(request["stream_options"]["include_usage"], true);
        assert_eq!(request["messages"][1]["role"], "user");
    }
}

#[tokio::test]
async fn the_prices_of_a_file_are_the_costs() {
    let file = std::env::temp_dir().join(format!("rag-prices-{}.toml", std::process::id()));
    // A token of the input costs 1, one from the cache 0.5, and one of the output 2.
    let prices = "currency = \"EUR\"\n[models]\n\
                  told = { input = 1000000, cache_read = \"500000\", output = 2e6 }\n";
    std::fs::write(&file, prices).unwrap();
    let mut command = rag();
    command.env("RAG_PRICES", &file);
    let (output, _) = run_with(command, || {
        let text = json!([{"delta": {"content": "Because."}, "finish_reason": "stop"}]);
        let used = json!({
            "prompt_tokens": 100, "completion_tokens": 5,
            "prompt_tokens_details": {"cached_tokens": 80},
            "completion_tokens_details": {"reasoning_tokens": 2},
        });
        let body = format!(
            "data: {}\n\ndata: {}\n\ndata: [DONE]\n\n",
            json!({"choices": text}),
            json!({"choices": [], "usage": used})
        );
        ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
    })
    .await;
    std::fs::remove_file(&file).unwrap();
    let printed = stdout(&output);
    let cost = row(&printed, "llm_call_cost");
    let labels = "model=told prompt=question currency=EUR";
    // Each of the three calls costs 20 + 40 + 10.
    assert_eq!(cost[2..5], [labels, "3", "210"]);
    assert!(!printed.contains("llm_missing"), "{printed}");
}

#[test]
fn a_file_of_prices_that_is_not_there_is_an_error() {
    let output = rag().env("RAG_PRICES", "nowhere.toml").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("rag: nowhere.toml: "), "{said}");
}

#[tokio::test]
async fn calls_that_the_server_refuses_are_counted_with_its_status() {
    let (output, asked) = run_against(|| StatusCode::TOO_MANY_REQUESTS.into_response()).await;

    let printed = stdout(&output);
    let calls = row(&printed, "llm_calls");
    assert_eq!(calls[3..], ["model=told prompt=question error.type=429", "3"]);
    assert!(!printed.contains("\ntime_to_first_token "), "{printed}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.matches("no answer to `").count(), 3, "{said}");
    assert_eq!(asked.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn an_error_within_an_answer_is_no_broken_connection() {
    let (output, _) = run_against(|| {
        // The second event has the form in which Azure sends the results of its filters.
        let body = "data: {\"choices\": [{\"delta\": {\"content\": \"Be\"}}]}\n\n\
                    data: {\"choices\": [{\"content_filter_results\": {}}]}\n\n\
                    data: {\"error\": {\"message\": \"not now\"}}\n\n";
        ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
    })
    .await;

    let printed = stdout(&output);
    assert_eq!(printed.matches("\nBe").count(), 3, "{printed}");
    let calls = row(&printed, "llm_calls");
    assert!(calls[3].starts_with("model=told prompt=question error.type=invalid"), "{calls:?}");
    assert_eq!(calls[4], "3");
}

#[test]
fn a_server_with_https_is_answered_with_how_to_build_tls() {
    let output = rag().env("OPENAI_BASE_URL", "https://127.0.0.1:1/v1").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = "`https://127.0.0.1:1/v1/chat/completions` needs TLS, which is not built in; run \
                    `cargo run -p rag --features reqwest/rustls`";
    assert_eq!(said.matches(expected).count(), 3, "{said}");
}

#[test]
fn a_handler_that_is_unknown_is_an_error() {
    let output = rag().arg("nowhere").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("rag: ") && said.contains("`nowhere`"), "{said}");
}

/// The named handler takes its settings from the environment, as in any other program.
#[tokio::test]
async fn a_handler_that_is_named_gets_every_metric() {
    let exported = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&exported);
    let handler = async move |body: axum::body::Bytes| {
        notes.lock().unwrap().extend_from_slice(&body);
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/v1/metrics", post(handler));
    tokio::spawn(async move { axum::serve(listener, router).await });

    let mut command = rag();
    command.arg("otel").env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint);
    command.env("OTEL_EXPORTER_OTLP_COMPRESSION", "none");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(row(&stdout(&output), "llm_calls")[4], "3"); // also on the console

    // Protobuf contains names as plain text.
    let exported = exported.lock().unwrap();
    let names = [
        "input_tokens",
        "prompt_throughput",
        "token_throughput",
        "time_to_first_token",
        "llm_calls",
        "llm_cost",
        "gen_ai.client.inference.usage.input_tokens",
        "gen_ai.client.inference.duration",
    ];
    for name in names {
        let found = exported.windows(name.len()).any(|bytes| bytes == name.as_bytes());
        assert!(found, "`{name}` is not in {} bytes", exported.len());
    }
}
