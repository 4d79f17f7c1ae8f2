//! The records of the code, without a server: `capture` sees only what its own code did.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use service::assistant::Assistant;
use service::metrics::{Asker, Channel, Plan, Questions};
use service::routes::router;
use service::store::Store;
use tower::ServiceExt;
use typed_metrics::Outcome;
use typed_metrics::db::{DbMetrics, DbOperation, System};
use typed_metrics::testing::capture_async;
use typed_metrics::tower::{HttpServerMetrics, HttpServerRequest, HttpVersion, Method, Scheme};

/// A database of one connection, because each has a memory of its own.
const DATABASE: &str = "sqlite:file:captured?mode=memory&cache=shared";

async fn parts() -> (Store, Assistant) {
    (Store::connect(DATABASE).await.unwrap(), Assistant::start().await.unwrap())
}

fn question(body: &'static str) -> Request<Body> {
    let request = Request::post("/questions").header(header::CONTENT_TYPE, "application/json");
    request.body(Body::from(body)).unwrap()
}

fn posted(status: u16) -> HttpServerMetrics<'static> {
    HttpServerMetrics::RequestDuration(HttpServerRequest {
        status: Some(status),
        route: Some("/questions"),
        version: Some(HttpVersion::V1_1),
        ..HttpServerRequest::of(Method::Post, Scheme::Http)
    })
}

#[tokio::test]
async fn a_question_is_counted_with_its_asker_and_its_query() {
    let (store, assistant) = parts().await;
    let seen = capture_async(async {
        let body = r#"{"text":"Why does recording take no lock?","plan":"pro","channel":"api"}"#;
        let response = router(store, assistant).oneshot(question(body)).await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap()
    })
    .await;
    assert!(seen.returned.starts_with(b"{\"id\":"));

    let asker = Asker { plan: Plan::Pro, channel: Channel::Api };
    assert_eq!(seen.counter(Questions::Asked(asker)), 1);
    assert_eq!(seen.histogram(Questions::Length(asker)).sum, 32.0);
    let answered = Questions::AnswerDuration { outcome: Outcome::Ok };
    assert_eq!(seen.histogram(answered).count, 1);
    seen.assert_histogram_count(posted(201), 1);
    let insert = DbOperation {
        summary: Some("INSERT"),
        collection: Some("question"),
        ..DbOperation::of(System::SQLITE)
    };
    seen.assert_histogram_count(DbMetrics::OperationDuration(insert), 1);
}

#[tokio::test]
async fn an_empty_question_is_refused_and_not_counted() {
    let (store, assistant) = parts().await;
    let seen = capture_async(async {
        let response = router(store, assistant).oneshot(question(r#"{"text":" "}"#)).await.unwrap();
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap()
    })
    .await;
    let asker = Asker { plan: Plan::Free, channel: Channel::Web };
    assert_eq!(seen.counter(Questions::Asked(asker)), 0);
    seen.assert_histogram_count(posted(422), 1);
}
