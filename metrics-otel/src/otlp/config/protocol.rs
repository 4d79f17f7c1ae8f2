//! The protocol and the compression.

use super::mistakes::Mistakes;
use super::vars::{Setting, Vars};

/// The protocol by which metrics are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// Protobuf over HTTP, `http/protobuf`.
    HttpProtobuf,
    /// gRPC, `grpc`. Needs the feature `otel-grpc`.
    Grpc,
}

/// The compression of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// No compression.
    None,
    /// gzip.
    Gzip,
}

/// Reads the protocol from code, else from the variables.
pub(crate) fn protocol(
    in_code: Option<Protocol>,
    vars: &Vars<'_>,
    mistakes: &mut Mistakes,
) -> Protocol {
    let set = match in_code {
        Some(protocol) => Some(Setting::in_code("protocol", protocol)),
        None => {
            let set = vars.otlp("PROTOCOL", mistakes);
            set.and_then(|set| mistakes.note(parse(set)))
        }
    };
    let Some(set) = set else { return Protocol::HttpProtobuf };
    if set.value == Protocol::Grpc && !cfg!(feature = "grpc") {
        mistakes.add(format!(
            "`{}` is `grpc`, which is not compiled in; enable the feature `otel-grpc` of \
             `typed-metrics`, or use `http/protobuf`",
            set.name
        ));
    }
    set.value
}

/// The protocol that a variable names.
fn parse(set: Setting<String>) -> Result<Setting<Protocol>, String> {
    // The specification compares values of enumerations without regard to case.
    let protocol = match &*set.value.trim().to_ascii_lowercase() {
        "http/protobuf" => Protocol::HttpProtobuf,
        "grpc" => Protocol::Grpc,
        other => {
            let also = if other == "http/json" { ", which is not supported" } else { "" };
            let name = &set.name;
            return Err(format!("`{name}` is `{other}`{also}; write `http/protobuf` or `grpc`"));
        }
    };
    Ok(set.map(|_| protocol))
}

/// Reads the compression from code, else from the variables.
pub(crate) fn compression(
    in_code: Option<Compression>,
    vars: &Vars<'_>,
    mistakes: &mut Mistakes,
) -> Compression {
    let set = match in_code {
        Some(compression) => return compression,
        None => vars.otlp("COMPRESSION", mistakes),
    };
    match set.as_ref().map(|set| set.value.trim().to_ascii_lowercase()).as_deref() {
        None | Some("none") => Compression::None,
        Some("gzip") => Compression::Gzip,
        Some(other) => {
            let name = set.as_ref().map_or("compression", |set| &set.name);
            mistakes.add(format!("`{name}` is `{other}`; write `gzip` or `none`"));
            Compression::None
        }
    }
}
