//! Settings that are checked: from the builder, else from the variables, else the defaults of
//! OpenTelemetry's specification.

use std::path::PathBuf;
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::Temporality;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use super::builder::OtlpBuilder;
use super::endpoint::Endpoint;
use super::mistakes::{Mistakes, OtlpError};
use super::resource::resource;
use super::sender::USER_AGENT;
use super::tls::Tls;
use super::vars::{Set, Vars, pairs};
use super::vendor::Vendor;
use super::{Compression, Protocol};

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settings {
    pub(super) target: Target,
    pub(super) interval: Duration,
    pub(super) temporality: Temporality,
    /// Whether histograms become exponential ones.
    pub(super) exponential: bool,
    pub(super) resource: Resource,
    pub(super) spool: SpoolSettings,
    pub(super) shutdown_timeout: Duration,
}

/// Where to, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) protocol: Protocol,
    pub(super) endpoint: Endpoint,
    /// All marked as sensitive.
    pub(super) headers: HeaderMap,
    pub(super) compression: Compression,
    /// Of one attempt.
    pub(super) timeout: Duration,
    pub(super) tls: Tls,
    pub(super) vendor: Option<Vendor>,
}

impl Target {
    pub(super) fn user_agent(&self) -> &'static str {
        self.vendor.as_ref().map_or(USER_AGENT, |vendor| vendor.user_agent)
    }

    /// Where to look if the credentials are refused.
    pub(super) fn credentials(&self) -> &str {
        let own = "`header`, or `OTEL_EXPORTER_OTLP_HEADERS`";
        self.vendor.as_ref().map_or(own, |vendor| &vendor.credentials)
    }
}

/// Where batches wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SpoolSettings {
    pub(super) folder: Option<PathBuf>,
    /// In bytes.
    pub(super) limit: u64,
}

impl Settings {
    /// Everything, or all mistakes.
    pub(super) fn new(builder: OtlpBuilder, vars: &Vars<'_>) -> Result<Self, OtlpError> {
        let mut mistakes = Mistakes::default();
        let m = &mut mistakes;
        let protocol = protocol(&builder, vars, m);
        let tls = builder.tls.clone().read(vars, m);
        let endpoint = endpoint(&builder, protocol, vars, m);
        let settings = Self {
            interval: interval(builder.interval, vars, m),
            temporality: temporality(builder.temporality, vars, m),
            exponential: exponential(vars, m),
            resource: resource(&builder.resource, vars, m),
            shutdown_timeout: builder.shutdown_timeout.unwrap_or(Duration::from_secs(5)),
            spool: SpoolSettings {
                folder: builder.spool_folder.clone(),
                limit: builder.spool_limit.unwrap_or(64 << 20),
            },
            target: Target {
                protocol,
                headers: headers(&builder.headers, vars, m),
                compression: compression(builder.compression, vars, m),
                timeout: timeout(builder.timeout, vars, m),
                tls,
                vendor: builder.vendor.clone(),
                // Stands for one that is a mistake.
                endpoint: match endpoint {
                    Some(endpoint) => endpoint,
                    None => return mistakes.none(None),
                },
            },
        };
        mistakes.none(Some(settings))
    }
}

fn protocol(builder: &OtlpBuilder, vars: &Vars<'_>, mistakes: &mut Mistakes) -> Protocol {
    let set = match builder.protocol {
        Some(protocol) => Some(Set::in_code("protocol", protocol)),
        None => {
            let set = vars.otlp("PROTOCOL", mistakes);
            set.and_then(|set| mistakes.note(named(set)))
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

/// The protocol that the variables' text means.
fn named(set: Set<String>) -> Result<Set<Protocol>, String> {
    let protocol = match set.value.trim() {
        "http/protobuf" => Protocol::HttpProtobuf,
        "grpc" => Protocol::Grpc,
        other => {
            let also = if other == "http/json" { ", which is not sent here" } else { "" };
            let name = &set.name;
            return Err(format!("`{name}` is `{other}`{also}; write `http/protobuf` or `grpc`"));
        }
    };
    Ok(set.map(|_| protocol))
}

fn endpoint(
    builder: &OtlpBuilder,
    protocol: Protocol,
    vars: &Vars<'_>,
    mistakes: &mut Mistakes,
) -> Option<Endpoint> {
    let metrics = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    let in_code = |name, value: &Option<String>| Some(Set::in_code(name, value.clone()?));
    let insecure = vars.otlp("INSECURE", mistakes);
    let insecure = insecure.is_some_and(|set| super::vars::is_true(&set, mistakes));
    let made = if let Some(set) = in_code("metrics_endpoint", &builder.metrics_endpoint) {
        Endpoint::verbatim(&set, protocol, insecure).map(|endpoint| (set, endpoint))
    } else if let Some(set) = in_code(
        builder.vendor.as_ref().map_or("endpoint", |vendor| &vendor.endpoint),
        &builder.endpoint,
    ) {
        Endpoint::of_collector(&set, protocol, insecure).map(|endpoint| (set, endpoint))
    } else if let Some(set) = vars.get(metrics, mistakes) {
        Endpoint::verbatim(&set, protocol, insecure).map(|endpoint| (set, endpoint))
    } else {
        let set = vars.get("OTEL_EXPORTER_OTLP_ENDPOINT", mistakes).unwrap_or_else(|| {
            let default = match protocol {
                Protocol::HttpProtobuf => "http://localhost:4318",
                Protocol::Grpc => "http://localhost:4317",
            };
            Set::in_code("endpoint", default.to_owned())
        });
        Endpoint::of_collector(&set, protocol, insecure).map(|endpoint| (set, endpoint))
    };
    let (set, endpoint) = mistakes.note(made)?;
    if endpoint.is_https() && !cfg!(feature = "tls") {
        mistakes.add(format!(
            "`{}` is `{}`, which needs TLS; enable the feature `otel-tls` of `typed-metrics`",
            set.name,
            endpoint.shown()
        ));
    }
    Some(endpoint)
}

/// Headers told in code win over the variable's.
fn headers(in_code: &[(String, String)], vars: &Vars<'_>, mistakes: &mut Mistakes) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(set) = vars.otlp("HEADERS", mistakes) {
        for (name, value) in pairs(&set, mistakes) {
            insert(&mut headers, &set.name, &name, &value, mistakes);
        }
    }
    for (name, value) in in_code {
        insert(&mut headers, "header", name, value, mistakes);
    }
    headers
}

fn insert(
    headers: &mut HeaderMap,
    setting: &str,
    name: &str,
    value: &str,
    mistakes: &mut Mistakes,
) {
    let Ok(header) = HeaderName::try_from(name) else {
        mistakes.add(format!(
            "`{setting}`: `{name}` is no name of a header; use letters, digits and `-`"
        ));
        return;
    };
    match HeaderValue::try_from(value) {
        Ok(mut value) => {
            value.set_sensitive(true);
            headers.insert(header, value);
        }
        Err(_) => mistakes.add(format!(
            "`{setting}`: the value of `{name}` has a line break or another control character; \
             a header has none"
        )),
    }
}

fn compression(
    in_code: Option<Compression>,
    vars: &Vars<'_>,
    mistakes: &mut Mistakes,
) -> Compression {
    let set = match in_code {
        Some(compression) => return compression,
        None => vars.otlp("COMPRESSION", mistakes),
    };
    match set.as_ref().map(|set| set.value.trim()) {
        None | Some("none") => Compression::None,
        Some("gzip") => Compression::Gzip,
        Some(other) => {
            let name = set.as_ref().map_or("compression", |set| &set.name);
            mistakes.add(format!("`{name}` is `{other}`; write `gzip` or `none`"));
            Compression::None
        }
    }
}

fn timeout(in_code: Option<Duration>, vars: &Vars<'_>, mistakes: &mut Mistakes) -> Duration {
    let set = vars.otlp("TIMEOUT", mistakes);
    duration("timeout", in_code, set, Duration::from_secs(10), mistakes)
}

fn interval(in_code: Option<Duration>, vars: &Vars<'_>, mistakes: &mut Mistakes) -> Duration {
    let set = vars.get("OTEL_METRIC_EXPORT_INTERVAL", mistakes);
    duration("interval", in_code, set, Duration::from_secs(60), mistakes)
}

/// A duration above zero; variables have it in milliseconds.
fn duration(
    name: &str,
    in_code: Option<Duration>,
    set: Option<Set<String>>,
    default: Duration,
    mistakes: &mut Mistakes,
) -> Duration {
    if let Some(duration) = in_code {
        if duration.is_zero() {
            mistakes.add(format!("`{name}` is 0; it has to be longer"));
        }
        return duration;
    }
    let Some(set) = set else { return default };
    match set.value.trim().parse::<u64>() {
        Ok(milliseconds) if milliseconds > 0 => Duration::from_millis(milliseconds),
        _ => {
            mistakes.add(format!(
                "`{}` is `{}`; write a number of milliseconds above 0, such as `{}`",
                set.name,
                set.value,
                default.as_millis()
            ));
            default
        }
    }
}

fn temporality(
    in_code: Option<Temporality>,
    vars: &Vars<'_>,
    mistakes: &mut Mistakes,
) -> Temporality {
    let name = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
    let set = match in_code {
        Some(temporality) => return temporality,
        None => vars.get(name, mistakes),
    };
    let Some(set) = set else { return Temporality::Cumulative };
    set.value.trim().parse().unwrap_or_else(|()| {
        let value = &set.value;
        mistakes.add(format!("`{name}` is `{value}`; write `cumulative`, `delta` or `lowmemory`"));
        Temporality::Cumulative
    })
}

fn exponential(vars: &Vars<'_>, mistakes: &mut Mistakes) -> bool {
    let name = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
    let (explicit, exponential) =
        ("explicit_bucket_histogram", "base2_exponential_bucket_histogram");
    let set = vars.get(name, mistakes);
    let value = set.as_ref().map_or(explicit, |set| set.value.trim());
    if value != explicit && value != exponential {
        mistakes.add(format!("`{name}` is `{value}`; write `{explicit}` or `{exponential}`"));
    }
    value == exponential
}
