use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use tonic::body::Body;
use tonic::codec::CompressionEncoding;
use tonic::codegen::Service as _;
use tonic::{Status, async_trait};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::Answer;
use crate::answer::accepted;
use crate::connection::HangUp;
use crate::seen::{Record, Seen, Transport, texts};

pub(crate) async fn answer(
    request: Request<Incoming>,
    record: Arc<Record>,
    hang_up: Arc<HangUp>,
) -> Result<Response<Body>, Infallible> {
    let instead = Arc::<Mutex<Option<Response<Body>>>>::default();
    let path = request.uri().path().to_owned();
    let service = Service { path, record, hang_up, instead: Arc::clone(&instead) };
    let answered = MetricsServiceServer::new(service)
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(usize::MAX)
        .call(request)
        .await;
    let instead = instead.lock().unwrap_or_else(PoisonError::into_inner).take();
    instead.map_or(answered, Ok)
}

/// Handles one request.
struct Service {
    path: String,
    record: Arc<Record>,
    hang_up: Arc<HangUp>,
    /// The HTTP response that is sent in place of a gRPC answer.
    instead: Arc<Mutex<Option<Response<Body>>>>,
}

#[async_trait]
impl MetricsService for Service {
    async fn export(
        &self,
        request: tonic::Request<ExportMetricsServiceRequest>,
    ) -> Result<tonic::Response<ExportMetricsServiceResponse>, Status> {
        let (metadata, _, body) = request.into_parts();
        let headers = texts(&metadata.into_headers());
        let seen = Seen {
            transport: Transport::Grpc,
            path: self.path.clone(),
            encoding: headers.get("grpc-encoding").map_or("identity", String::as_str).to_owned(),
            headers,
            body,
            malformed: None,
            accepted: false,
            at: Instant::now(),
        };
        match self.record.take(seen).await {
            Answer::Ok | Answer::Slow(_) => Ok(tonic::Response::new(accepted(None))),
            Answer::PartialSuccess { rejected, message } => {
                Ok(tonic::Response::new(accepted(Some((rejected, message)))))
            }
            Answer::Status { status, headers, body } => {
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                let response = response.body(Body::new(Full::from(body)));
                let response = response.expect("valid HTTP headers");
                *self.instead.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
                Err(Status::unknown("not sent"))
            }
            Answer::Code { code, message, retry_after: None } => Err(Status::new(code, message)),
            Answer::Code { code, message, retry_after } => {
                let details = ErrorDetails::with_retry_info(retry_after);
                Err(Status::with_error_details(code, message, details))
            }
            Answer::HangUp | Answer::AcceptThenHangUp => self.hang_up.now().await,
        }
    }
}
