//! The HTTP API.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use typed_metrics::LabelGroup;
use typed_metrics::tower::HttpServerLayer;

use crate::assistant::Assistant;
use crate::metrics::{Asker, Channel, Plan, Questions};
use crate::store::{Answered, Store};

/// The number of questions in the list.
const LISTED: i64 = 20;

/// A question as it is asked.
#[derive(Debug, Deserialize)]
struct Question {
    text: String,
    #[serde(default)]
    plan: Plan,
    #[serde(default)]
    channel: Channel,
}

struct App {
    store: Store,
    assistant: Assistant,
}

/// A failure of the database or of the model, which the metrics of each tell apart.
type Failed = (StatusCode, String);

/// The routes. The layer measures each request, by its route and not by its path.
pub fn router(store: Store, assistant: Assistant) -> Router {
    Router::new()
        .route("/health", get(async || "ok"))
        .route("/questions", get(list).post(ask))
        .route("/questions/{id}", get(look_up))
        .layer(HttpServerLayer::axum())
        .with_state(Arc::new(App { store, assistant }))
}

async fn ask(
    State(app): State<Arc<App>>,
    Json(Question { text, plan, channel }): Json<Question>,
) -> Result<(StatusCode, Json<Answered>), Failed> {
    if text.trim().is_empty() {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "`text` is empty".to_owned()));
    }
    note(&text, Asker { plan, channel });
    let failed = |error: crate::Error| (StatusCode::BAD_GATEWAY, error.to_string());
    let answer = app.assistant.answer(&text).await.map_err(failed)?;
    let answered = app.store.add(text, answer).await.map_err(of_store)?;
    Ok((StatusCode::CREATED, Json(answered)))
}

/// Records two metrics with one look-up of their labels.
fn note(text: &str, asker: Asker) {
    let asker = asker.find();
    Questions::asked(&asker).inc();
    Questions::length(&asker).record(text.chars().count() as f64);
}

async fn list(State(app): State<Arc<App>>) -> Result<Json<Vec<Answered>>, Failed> {
    Ok(Json(app.store.last(LISTED).await.map_err(of_store)?))
}

async fn look_up(
    State(app): State<Arc<App>>,
    Path(id): Path<i64>,
) -> Result<Json<Answered>, Failed> {
    let found = app.store.get(id).await.map_err(of_store)?;
    found.map(Json).ok_or_else(|| (StatusCode::NOT_FOUND, format!("there is no question {id}")))
}

fn of_store(error: sqlx::Error) -> Failed {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}
