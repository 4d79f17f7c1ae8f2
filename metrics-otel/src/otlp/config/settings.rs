//! Checked settings: from code, else from the variables, else the defaults of OpenTelemetry's
//! specification.

use std::path::PathBuf;
use std::time::Duration;

use typed_metrics_core::ExemplarFilter;

use super::endpoint::Endpoint;
use super::exemplars::exemplars;
use super::given::Given;
use super::headers::headers;
use super::mistakes::{Mistakes, OtlpError};
use super::protocol::{compression, protocol};
use super::proxy::proxy;
use super::resource::{Resource, resource};
use super::target::Target;
use super::temporality::Temporality;
use super::unused::warn_of_unused;
use super::vars::{Setting, Vars};

/// The variable that says how histograms count.
pub(crate) const DEFAULT_AGGREGATION: &str =
    "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";

/// The longest duration that is waited for: an `Instant` much further away overflows.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// All settings of a pipeline, checked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    pub(crate) target: Target,
    pub(crate) interval: Duration,
    pub(crate) temporality: Temporality,
    /// Whether histograms are exponential whose definition does not demand it.
    pub(crate) exponential: bool,
    /// The measurements that become exemplars, if that is set.
    pub(crate) exemplars: Option<ExemplarFilter>,
    pub(crate) resource: Resource,
    pub(crate) spool: SpoolSettings,
    pub(crate) shutdown_timeout: Duration,
}

/// Where batches wait, and how many bytes of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpoolSettings {
    pub(crate) folder: Option<PathBuf>,
    /// In bytes.
    pub(crate) limit: u64,
    /// How long a batch that is not accepted may hold up the others.
    pub(crate) stuck_after: Duration,
}

impl Settings {
    /// Reads and checks all settings; `None` if the SDK is disabled.
    ///
    /// # Errors
    /// All mistakes.
    pub(crate) fn read(given: Given, vars: &Vars<'_>) -> Result<Option<Self>, OtlpError> {
        let is_vendor = given.vendor.is_some();
        let is_ignored = |name: &str| is_vendor && name.starts_with("OTEL_EXPORTER_OTLP_");
        let applicable = |name: &str| if is_ignored(name) { None } else { (vars.0)(name) };
        let vars = &Vars(&applicable);
        let mut mistakes = Mistakes::default();
        let is_disabled = vars.is_true("OTEL_SDK_DISABLED", &mut mistakes);
        mistakes.into_result(Some(()))?;
        if is_disabled { Ok(None) } else { Self::check(given, vars).map(Some) }
    }

    fn check(given: Given, vars: &Vars<'_>) -> Result<Self, OtlpError> {
        let mut mistakes = Mistakes::default();
        let m = &mut mistakes;
        warn_of_unused(vars);
        let protocol = protocol(given.protocol, vars, m);
        let tls = given.certificates.clone().read(vars, m);
        let endpoint = Endpoint::read(&given, protocol, vars, m);
        let tls = match &endpoint {
            Some(endpoint) if endpoint.is_https() => tls.with_system_roots(vars, m),
            _ => tls,
        };
        let proxy = endpoint.as_ref().and_then(|endpoint| proxy(endpoint, protocol, vars, m));
        let settings = Self {
            interval: interval(given.interval, vars, m),
            temporality: temporality(given.temporality, vars, m),
            exponential: exponential(vars, m),
            exemplars: exemplars(given.exemplars, vars, m),
            resource: resource(&given.resource, vars, m),
            shutdown_timeout: given.shutdown_timeout.unwrap_or(Duration::from_secs(5)).min(LONGEST),
            spool: SpoolSettings {
                folder: given.spool_folder,
                limit: given.spool_limit.unwrap_or(64 << 20),
                stuck_after: given.stuck_after.unwrap_or(Duration::from_secs(60)),
            },
            target: Target {
                protocol,
                headers: headers(&given.headers, vars, m),
                compression: compression(given.compression, vars, m),
                timeout: timeout(given.timeout, vars, m),
                tls,
                proxy,
                vendor: given.vendor,
                endpoint: match endpoint {
                    Some(endpoint) => endpoint,
                    // Last, so that the mistakes of all other settings are collected too.
                    None => return mistakes.into_result(None),
                },
            },
        };
        mistakes.into_result(Some(settings))
    }
}

fn timeout(in_code: Option<Duration>, vars: &Vars<'_>, mistakes: &mut Mistakes) -> Duration {
    let set = vars.otlp("TIMEOUT", mistakes);
    let timeout = duration("timeout", in_code, set, Duration::from_secs(10), mistakes);
    // The limit of a whole export includes the attempt. Code wins over the variable.
    let export = vars.get("OTEL_METRIC_EXPORT_TIMEOUT", mistakes).filter(|_| in_code.is_none());
    export
        .map_or(timeout, |set| duration("timeout", None, Some(set), timeout, mistakes).min(timeout))
}

fn interval(in_code: Option<Duration>, vars: &Vars<'_>, mistakes: &mut Mistakes) -> Duration {
    let set = vars.get("OTEL_METRIC_EXPORT_INTERVAL", mistakes);
    duration("interval", in_code, set, Duration::from_secs(60), mistakes)
}

/// A duration above zero. Variables state the duration in milliseconds.
fn duration(
    name: &str,
    in_code: Option<Duration>,
    set: Option<Setting<String>>,
    default: Duration,
    mistakes: &mut Mistakes,
) -> Duration {
    if let Some(duration) = in_code {
        if duration.is_zero() {
            mistakes.add(format!("`{name}` is 0; give a duration above 0"));
        }
        return duration.min(LONGEST);
    }
    let Some(set) = set else { return default };
    match set.value.trim().parse::<u64>() {
        // The specification: a timeout of 0 means no limit.
        Ok(0) if name == "timeout" => LONGEST,
        Ok(milliseconds) if milliseconds > 0 => Duration::from_millis(milliseconds).min(LONGEST),
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
    Temporality::parse(&set.value).unwrap_or_else(|| {
        let value = &set.value;
        mistakes.add(format!("`{name}` is `{value}`; write `cumulative`, `delta` or `lowmemory`"));
        Temporality::Cumulative
    })
}

fn exponential(vars: &Vars<'_>, mistakes: &mut Mistakes) -> bool {
    let name = DEFAULT_AGGREGATION;
    let (explicit, exponential) =
        ("explicit_bucket_histogram", "base2_exponential_bucket_histogram");
    let set = vars.get(name, mistakes);
    let value = set.map_or(explicit.to_owned(), |set| set.value.trim().to_ascii_lowercase());
    if value != explicit && value != exponential {
        mistakes.add(format!("`{name}` is `{value}`; write `{explicit}` or `{exponential}`"));
    }
    value == exponential
}
