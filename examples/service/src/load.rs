//! A driver: it sends a given number of requests, and counts what it sent.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Client;
use serde_json::{Value, json};

use crate::Error;
use crate::scrape::Scrape;

/// Requests that are under way at once.
const AT_ONCE: usize = 4;

const QUESTIONS: [&str; 3] = [
    "Why does recording take no lock?",
    "What happens to measurements past the series limit?",
    "How does a test see only what its own code recorded?",
];

/// The values that the metrics must have, if nobody else uses the service: the values of series
/// in Prometheus' names, `name{label="value"}`, where other labels are added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected(BTreeMap<String, u64>);

impl Expected {
    /// The series and their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(series, value)| (series.as_str(), *value))
    }

    /// The series that did not grow by these values between two scrapes, each as a sentence.
    ///
    /// # Errors
    /// If a series is not written as `name{label="value"}`.
    pub fn differences(&self, before: &Scrape, after: &Scrape) -> Result<Vec<String>, Error> {
        let mut differences = Vec::new();
        for (series, value) in self.iter() {
            let grew = after.sum(series)? - before.sum(series)?;
            if grew != value as f64 {
                differences.push(format!("{series} grew by {grew}, and should grow by {value}"));
            }
        }
        Ok(differences)
    }

    fn add(&mut self, series: impl Into<String>, value: u64) {
        *self.0.entry(series.into()).or_default() += value;
    }

    fn request(&mut self, method: &str, route: Option<&str>, status: u16) {
        // A request without a route has no such label, which Prometheus writes as an empty one.
        let route = route.unwrap_or_default();
        self.add(
            format!(
                "http_server_request_duration_seconds_count{{http_request_method=\"{method}\",\
                 http_response_status_code=\"{status}\",http_route=\"{route}\"}}"
            ),
            1,
        );
    }

    fn query(&mut self, summary: &str) {
        self.add(
            format!("db_client_operation_duration_seconds_count{{db_query_summary=\"{summary}\"}}"),
            1,
        );
    }

    fn join(mut self, other: Self) -> Self {
        other.0.into_iter().for_each(|(series, value)| self.add(series, value));
        self
    }
}

/// Asks `rounds` times, each with some other requests, and returns what the metrics must then say.
///
/// # Errors
/// If the service answers anything else than it should.
pub async fn drive(base: &str, rounds: usize) -> Result<Expected, Error> {
    let client = Client::new();
    let rounds = stream::iter(0..rounds).map(|i| round(&client, base, i));
    rounds
        .buffer_unordered(AT_ONCE)
        .try_fold(Expected::default(), async |all, one| Ok(all.join(one)))
        .await
}

/// One question, the question looked up, the list, and requests that fail.
async fn round(client: &Client, base: &str, i: usize) -> Result<Expected, Error> {
    let mut expected = Expected::default();
    let text = QUESTIONS[i % QUESTIONS.len()];
    let plan = ["free", "pro"][i % 2];
    let channel = ["web", "api"][i / 2 % 2];

    let ask = |text: &str| {
        let body = json!({ "text": text, "plan": plan, "channel": channel }).to_string();
        let post = client.post(format!("{base}/questions"));
        post.header("content-type", "application/json").body(body)
    };
    let created: Value = serde_json::from_str(&send(ask(text), 201).await?)?;
    expected.request("POST", Some("/questions"), 201);
    expected.query("INSERT");
    let asker = format!("{{channel=\"{channel}\",plan=\"{plan}\"}}");
    expected.add(format!("questions_asked_total{asker}"), 1);
    expected.add(format!("questions_length_count{asker}"), 1);
    expected.add(format!("questions_length_sum{asker}"), text.chars().count() as u64);
    expected.add("questions_answer_duration_seconds_count{outcome=\"ok\"}", 1);
    expected
        .add("gen_ai_client_inference_duration_seconds_count{gen_ai_operation_name=\"chat\"}", 1);

    send(ask(" "), 422).await?;
    expected.request("POST", Some("/questions"), 422);

    let get = |path: String| client.get(format!("{base}{path}"));
    let found = send(get(format!("/questions/{}", created["id"])), 200).await?;
    if serde_json::from_str::<Value>(&found)? != created {
        return Err(format!("{found} is not {created}").into());
    }
    expected.request("GET", Some("/questions/{id}"), 200);
    expected.query("SELECT");
    send(get("/questions/0".to_owned()), 404).await?;
    expected.request("GET", Some("/questions/{id}"), 404);
    expected.query("SELECT");
    send(get("/questions".to_owned()), 200).await?;
    expected.request("GET", Some("/questions"), 200);
    expected.query("last questions");
    // Each path is another one; all of them are one series.
    send(get(format!("/nowhere/{i}")), 404).await?;
    expected.request("GET", None, 404);
    Ok(expected)
}

/// Sends a request, and returns the body of the answer.
async fn send(request: reqwest::RequestBuilder, status: u16) -> Result<String, Error> {
    let answer = request.send().await?;
    let (found, url) = (answer.status().as_u16(), answer.url().clone());
    let body = answer.text().await?;
    if found == status { Ok(body) } else { Err(format!("{url}: {found}, {body}").into()) }
}
