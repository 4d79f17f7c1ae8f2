//! A tower service, for programs that have an HTTP server.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;

use crate::answer::{Answer, metrics};
use crate::handler::PrometheusHandler;
use crate::login::Login;
use crate::scrape::scraper::Scraper;

impl PrometheusHandler {
    /// A service that answers scrapes in a router of the program, at whatever path the router
    /// gives it.
    ///
    /// The handler need not be installed, so it opens no port of its own. A thread of the handler
    /// collects; the runtime of the program does not wait, whatever observed callbacks do.
    ///
    /// With [`basic_auth`](crate::PrometheusBuilder::basic_auth), the service answers only requests
    /// with the user and the password, and all others with 401.
    ///
    /// With axum, for example:
    ///
    /// ```
    /// use typed_metrics_prometheus::PrometheusHandler;
    ///
    /// let handler = PrometheusHandler::builder().basic_auth("prometheus", "open sesame").build()?;
    /// let app: axum::Router =
    ///     axum::Router::new().route_service("/metrics", handler.service());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn service(&self) -> ScrapeService {
        let login = self.shared.login.clone();
        ScrapeService { scraper: Arc::clone(&self.shared.scraper), login }
    }
}

/// Answers scrapes: the result of [`PrometheusHandler::service`].
///
/// The body of a request is ignored. A `GET` is answered with the metrics, in the format and with
/// the compression that the request accepts; a method other than `GET` and `HEAD` with 405.
#[derive(Clone)]
pub struct ScrapeService {
    scraper: Arc<Scraper>,
    login: Option<Login>,
}

impl fmt::Debug for ScrapeService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScrapeService").finish_non_exhaustive()
    }
}

impl<B> tower_service::Service<Request<B>> for ScrapeService {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ScrapeFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> ScrapeFuture {
        let scraper = Arc::clone(&self.scraper);
        let login = self.login.clone();
        let (head, _) = request.into_parts();
        let answer = async move {
            match login.and_then(|login| login.refuse(&head.headers)) {
                Some(refused) => refused,
                None => metrics(&scraper, &head.method, &head.headers).await,
            }
        };
        ScrapeFuture(Box::pin(answer))
    }
}

/// The answer to a scrape, when it is made.
#[must_use = "futures do nothing unless they are polled"]
pub struct ScrapeFuture(Pin<Box<dyn Future<Output = Answer> + Send>>);

impl fmt::Debug for ScrapeFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScrapeFuture").finish_non_exhaustive()
    }
}

impl Future for ScrapeFuture {
    type Output = Result<Response<Full<Bytes>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx).map(Ok)
    }
}
