//! OTLP over gRPC, on a tokio runtime of its own.

use std::error::Error;
use std::io;
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use opentelemetry::Context;
use prost::Message;
use prost::bytes::BufMut;
use tokio::runtime::{Builder, Runtime};
use tonic::client::Grpc as Client;
use tonic::codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use ureq::http::header::USER_AGENT as USER_AGENT_HEADER;

use super::answer::{self, ExportResponse, Failure, Outcome, is_of_tls, is_unreachable, sanitized};
use super::transport::Transport;
use crate::otlp::config::mistakes::OtlpError;
use crate::otlp::config::protocol::{Compression, Protocol};
use crate::otlp::config::target::Target;
#[cfg(feature = "tls")]
use crate::otlp::config::tls::Tls;

/// The longest timeout that is sent in the header of a request.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// A client for OTLP over gRPC.
#[derive(Debug)]
pub(crate) struct Grpc {
    client: Client<Channel>,
    endpoint: Endpoint,
    metadata: MetadataMap,
    target: Target,
    /// `None` only during the drop.
    runtime: Option<Runtime>,
}

impl Grpc {
    pub(crate) fn new(target: Target) -> Result<Self, OtlpError> {
        // Before the runtime is built: a failure must not drop a runtime here.
        let endpoint = endpoint(&target)?;
        // One worker thread that always runs keeps connections alive between exports.
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("typed-metrics-grpc")
            // The client's own activity is not telemetry of the program.
            .on_thread_start(|| std::mem::forget(Context::enter_telemetry_suppressed_scope()))
            .enable_all()
            .build()
            .map_err(|error| {
                OtlpError::new(format!("the thread for gRPC cannot be started: {error}"))
            })?;
        let runtime = Some(runtime);
        let client = connect(&endpoint, runtime.as_ref(), &target);
        let metadata = MetadataMap::from_headers(target.headers.clone());
        Ok(Self { client, endpoint, metadata, target, runtime })
    }

    pub(super) fn outcome(&self, status: &Status) -> Outcome {
        let message = sanitized(&message_of(status), &self.target.headers);
        let hint = self.target.endpoint.hint(Protocol::Grpc, &message);
        let tls =
            if status.source().is_some() { self.target.tls_hint(&message) } else { String::new() };
        let reason = format!("{:?}: {message}{hint}{tls}", status.code());
        let after = answer::Status::decode(status.details()).ok().and_then(|s| s.retry_delay());
        let failure = match failure(status) {
            Failure::Passing if is_of_tls(&message) => Failure::Settings,
            failure => failure,
        };
        match status.code() {
            // Retryable by OTLP's specification.
            Code::Cancelled
            | Code::DeadlineExceeded
            | Code::Aborted
            | Code::OutOfRange
            | Code::Unavailable
            | Code::DataLoss => Outcome::Retry { reason, after, failure },
            Code::ResourceExhausted if after.is_some() => Outcome::Retry { reason, after, failure },
            // The client's codes for a broken connection and for an answer that is not gRPC, such
            // as a proxy's error.
            Code::Unknown | Code::Internal
                if status.source().is_some() || is_of_proxy(status.message()) =>
            {
                Outcome::Retry { reason, after, failure }
            }
            Code::Unauthenticated | Code::PermissionDenied => {
                Outcome::Refused(format!("{reason}{}", self.target.credentials_hint()))
            }
            _ => Outcome::Refused(reason),
        }
    }
}

impl Transport for Grpc {
    fn send(&mut self, body: &[u8]) -> Outcome {
        let mut request = Request::new(body.to_vec());
        *request.metadata_mut() = self.metadata.clone();
        let timeout = self.target.timeout;
        // The header cannot state longer timeouts.
        request.set_timeout(timeout.min(LONGEST));
        let Some(runtime) = &self.runtime else { return Outcome::retry("the client has ended") };
        let client = &mut self.client;
        let answer = runtime.block_on(async {
            // The client's own deadline does not include the time for connecting.
            tokio::time::timeout(timeout, export(client, request)).await
        });
        match answer {
            Ok(Ok(response)) => Outcome::accepted(response.into_inner(), &self.target.headers),
            Ok(Err(status)) => self.outcome(&status),
            Err(_) => {
                // The connection may be broken without notice.
                self.client = connect(&self.endpoint, self.runtime.as_ref(), &self.target);
                Outcome::retry(format!("no answer within {timeout:?}"))
            }
        }
    }
}

impl Drop for Grpc {
    /// Does not wait for the runtime's end: waiting is not allowed on threads of another runtime.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The method of OTLP's `MetricsService`.
const EXPORT: &str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

async fn export(
    client: &mut Client<Channel>,
    request: Request<Vec<u8>>,
) -> Result<tonic::Response<ExportResponse>, Status> {
    client.ready().await.map_err(|error| Status::from_error(Box::new(error)))?;
    client.unary(request, PathAndQuery::from_static(EXPORT), Encoded).await
}

/// Requests are encoded already.
#[derive(Debug)]
struct Encoded;

impl Codec for Encoded {
    type Encode = Vec<u8>;
    type Decode = ExportResponse;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Encoded {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, body: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&body);
        Ok(())
    }
}

impl Decoder for Encoded {
    type Item = ExportResponse;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<ExportResponse>, Status> {
        let decoded = ExportResponse::decode(buffer);
        decoded.map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}

/// A client that connects when it first sends.
fn connect(endpoint: &Endpoint, runtime: Option<&Runtime>, target: &Target) -> Client<Channel> {
    let _inside = runtime.map(Runtime::enter);
    let channel = match &target.proxy {
        None => endpoint.connect_lazy(),
        Some(proxy) => {
            let mut to_proxy = HttpConnector::new();
            to_proxy.set_nodelay(true);
            let tunnel = Tunnel::new(proxy.uri.clone(), to_proxy);
            let tunnel = match &proxy.authorization {
                Some(authorization) => tunnel.with_auth(authorization.clone()),
                None => tunnel,
            };
            endpoint.connect_with_connector_lazy(tunnel)
        }
    };
    let mut client = Client::new(channel);
    if target.compression == Compression::Gzip {
        client = client.send_compressed(CompressionEncoding::Gzip);
    }
    client.accept_compressed(CompressionEncoding::Gzip)
}

fn endpoint(target: &Target) -> Result<Endpoint, OtlpError> {
    let shown = target.endpoint.redacted();
    let unusable = |error: &dyn Error| {
        OtlpError::new(format!("`{shown}` cannot be used for gRPC: {}", innermost(error)))
    };
    let user_agent = target.headers.get(USER_AGENT_HEADER).and_then(|value| value.to_str().ok());
    let endpoint = Endpoint::from_shared(target.endpoint.uri().to_string())
        .and_then(|endpoint| {
            endpoint.user_agent(user_agent.unwrap_or(target.user_agent()).to_owned())
        })
        .map_err(|error| unusable(&error))?
        .connect_timeout(target.timeout);
    #[cfg(feature = "tls")]
    if target.endpoint.is_https() {
        return endpoint.tls_config(tls(&target.tls)).map_err(|error| unusable(&error));
    }
    Ok(endpoint)
}

#[cfg(feature = "tls")]
fn tls(files: &Tls) -> tonic::transport::ClientTlsConfig {
    use tonic::transport::{Certificate, ClientTlsConfig, Identity};

    let mut config = ClientTlsConfig::new();
    config = match &files.roots {
        Some(roots) => config.ca_certificate(Certificate::from_pem(roots)),
        None => {
            let mut system = rustls::RootCertStore::empty();
            system.add_parsable_certificates(files.system.iter().cloned().map(Into::into));
            config.with_webpki_roots().trust_anchors(system.roots)
        }
    };
    match &files.client {
        Some((chain, key)) => config.identity(Identity::from_pem(chain, key)),
        None => config,
    }
}

fn failure(status: &Status) -> Failure {
    let mut source = status.source();
    if source.is_none() {
        return Failure::Answered;
    }
    while let Some(error) = source {
        if error.downcast_ref::<io::Error>().is_some_and(is_unreachable) {
            return Failure::Unreachable;
        }
        source = error.source();
    }
    Failure::Passing
}

/// Whether the message names a retryable HTTP status. Only the message contains the status.
fn is_of_proxy(message: &str) -> bool {
    let status = message.split_once("response with status: ").map(|(_, status)| status);
    status.is_some_and(|status| ["429", "502", "503", "504"].iter().any(|s| status.starts_with(s)))
}

/// The message of the innermost cause of a status, else the status's own message.
fn message_of(status: &Status) -> String {
    match status.source() {
        Some(source) => innermost(source),
        None => status.message().to_owned(),
    }
}

fn innermost(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
