use std::io::Read;
use std::time::Instant;

use flate2::read::GzDecoder;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE};
use hyper::{Request, Response, StatusCode};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use prost::Message;

use crate::Answer;
use crate::answer::{accepted, http_status};
use crate::connection::HangUp;
use crate::seen::{Record, Seen, Transport, texts};

const PROTOBUF: &str = "application/x-protobuf";

pub(crate) async fn answer(
    request: Request<Incoming>,
    record: &Record,
    hang_up: &HangUp,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let encoding = text(CONTENT_ENCODING).unwrap_or("identity").to_owned();
    let decoded = match (head.method.as_str(), text(CONTENT_TYPE)) {
        ("POST", Some(PROTOBUF)) => decode(&encoding, &body),
        (method, kind) => Err(format!("{method} of {kind:?}, not POST of {PROTOBUF}")),
    };
    let (body, malformed) = match decoded {
        Ok(body) => (body, None),
        Err(why) => (ExportMetricsServiceRequest::default(), Some(why)),
    };
    let seen = Seen {
        transport: Transport::Http,
        path: head.uri.path().to_owned(),
        headers: texts(&head.headers),
        encoding,
        body,
        malformed,
        accepted: false,
        at: Instant::now(),
    };
    Ok(match record.take(seen).await {
        Answer::Ok | Answer::Slow(_) => protobuf(StatusCode::OK, &accepted(None)),
        Answer::PartialSuccess { rejected, message } => {
            protobuf(StatusCode::OK, &accepted(Some((rejected, message))))
        }
        Answer::Status { status, headers, body } => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Full::from(body)).expect("valid HTTP headers")
        }
        Answer::Code { code, message, retry_after } => {
            let status = tonic_types::Status {
                code: code.into(),
                message,
                ..tonic_types::Status::default()
            };
            let mut response = protobuf(http_status(code), &status);
            if let Some(delay) = retry_after {
                let seconds = delay.as_secs_f64().ceil().to_string();
                let seconds = seconds.parse().expect("digits are a valid header");
                response.headers_mut().insert("retry-after", seconds);
            }
            response
        }
        Answer::HangUp | Answer::AcceptThenHangUp => hang_up.now().await,
    })
}

fn decode(encoding: &str, body: &[u8]) -> Result<ExportMetricsServiceRequest, String> {
    let mut unpacked = Vec::new();
    let body = match encoding {
        "identity" => body,
        "gzip" => {
            let read = GzDecoder::new(body).read_to_end(&mut unpacked);
            read.map_err(|error| format!("not gzip: {error}"))?;
            &unpacked
        }
        other => return Err(format!("content-encoding {other}")),
    };
    ExportMetricsServiceRequest::decode(body).map_err(|error| error.to_string())
}

fn protobuf(status: StatusCode, message: &impl Message) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status).header(CONTENT_TYPE, PROTOBUF);
    response.body(Full::from(message.encode_to_vec())).expect("a valid HTTP response")
}
