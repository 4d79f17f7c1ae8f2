//! Checked settings: from code, else from the variables, else from the credentials file.

use std::ffi::OsString;
use std::path::Path;

use typed_metrics_otel::{Compression, OtelHandler, OtlpBuilder, Protocol, Temporality, Vendor};
use typed_metrics_system::Set;

use super::credentials::Credentials;
use super::error::LogfireError;
use super::given::Given;
use super::send::Send;
use super::token::Token;

const USER_AGENT: &str = concat!("typed-metrics-logfire/", env!("CARGO_PKG_VERSION"));

const NO_TOKEN: &str = "there is no token for Logfire: create a write token in the settings of \
    your project (https://logfire.pydantic.dev) and set `LOGFIRE_TOKEN`, or set \
    `LOGFIRE_SEND_TO_LOGFIRE=if-token-present` to run without a token";

/// Looks variables up: in the environment, or in tests elsewhere.
pub(crate) type Vars<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The variables of this process.
pub(crate) const ENVIRONMENT: fn(&str) -> Option<OsString> = |name| std::env::var_os(name);

/// The settings of a handler, checked.
#[derive(Debug)]
pub(crate) struct Settings {
    /// One builder for each pipeline. Empty if nothing is to be sent.
    pub(crate) pipelines: Vec<OtlpBuilder>,
    pub(crate) system: Option<Set>,
}

/// The name and the value of the setting with the address for all tokens.
type Url = Option<(String, String)>;

impl Settings {
    /// Reads and checks all settings, or returns all mistakes.
    pub(crate) fn new(given: Given, vars: Vars<'_>) -> Result<Self, LogfireError> {
        let mut mistakes = Vec::new();
        let m = &mut mistakes;
        let send = given.send.or_else(|| {
            let text = get(vars, "LOGFIRE_SEND_TO_LOGFIRE", m)?;
            Send::parse(&text).map_err(|mistake| m.push(mistake)).ok()
        });
        let send = send.unwrap_or(Send::Yes);
        let disabled = get(vars, "OTEL_SDK_DISABLED", m);
        let is_disabled = disabled.is_some_and(|text| text.trim().eq_ignore_ascii_case("true"));
        if send == Send::No || is_disabled {
            LogfireError::of(mistakes)?;
            return Ok(Self::nothing());
        }
        let (tokens, url) = tokens(&given, vars, m);
        let urls: Vec<_> = tokens.iter().filter_map(|token| address(token, &url, m)).collect();
        let service = service(&given, vars, m);
        let without_token = mistakes.is_empty() && tokens.is_empty();
        LogfireError::of(mistakes)?;
        if without_token && send == Send::Yes {
            return Err(LogfireError::new(NO_TOKEN));
        }
        if without_token {
            return Ok(Self::nothing());
        }
        let is_alone = tokens.len() == 1;
        let pipelines = tokens.iter().zip(urls).map(|(token, (name, url))| {
            let vendor = Vendor {
                endpoint: name,
                credentials: format!("Logfire does not accept the write token, {}", token.origin),
                user_agent: USER_AGENT,
            };
            let pipeline = OtelHandler::otlp()
                .vendor(vendor)
                .endpoint(url)
                .protocol(Protocol::HttpProtobuf)
                .header("authorization", token.header())
                .compression(Compression::Gzip)
                .temporality(Temporality::LowMemory);
            let pipeline =
                service.iter().fold(pipeline, |p, (key, value)| p.resource(*key, value.clone()));
            let pipeline = given.pipeline.iter().fold(pipeline, |p, setting| setting.apply(p));
            match &given.spool_folder {
                None => pipeline,
                Some(folder) if is_alone => pipeline.spool_folder(folder),
                Some(folder) => {
                    pipeline.spool_folder(folder.join(format!("{:016x}", token.fingerprint())))
                }
            }
        });
        Ok(Self { pipelines: pipelines.collect(), system: given.system })
    }

    fn nothing() -> Self {
        Self { pipelines: Vec::new(), system: None }
    }
}

/// The variable's value. A blank value counts as unset.
fn get(vars: Vars<'_>, name: &str, mistakes: &mut Vec<String>) -> Option<String> {
    let value = vars(name)?;
    let mistake = |_| mistakes.push(format!("`{name}` is not UTF-8; write it in UTF-8"));
    value.into_string().map_err(mistake).ok().filter(|value| !value.trim().is_empty())
}

/// The tokens, and the address for all of them. The credentials file is read only if no token is
/// set.
fn tokens(given: &Given, vars: Vars<'_>, mistakes: &mut Vec<String>) -> (Vec<Token>, Url) {
    let named = |name: &str, value: String| Some((name.to_owned(), value));
    let url = match &given.base_url {
        Some(url) => named("base_url", url.clone()),
        None => {
            get(vars, "LOGFIRE_BASE_URL", mistakes).and_then(|url| named("LOGFIRE_BASE_URL", url))
        }
    };
    let url = url.inspect(|(name, url)| {
        let is_http =
            |scheme| url.trim().get(..7).is_some_and(|s| s.to_lowercase().starts_with(scheme));
        if !is_http("http://") && !is_http("https:/") {
            mistakes.push(format!(
                "`{name}` is `{url}`, which does not begin with `http://` or `https://`; write \
                 `https://{url}`"
            ));
        }
    });
    let set = match given.tokens.as_ref().filter(|tokens| !tokens.trim().is_empty()) {
        Some(tokens) => Some(("token", tokens.clone())),
        None => get(vars, "LOGFIRE_TOKEN", mistakes).map(|tokens| ("LOGFIRE_TOKEN", tokens)),
    };
    if let Some((setting, text)) = set.filter(|(_, text)| !text.trim().is_empty()) {
        return (Token::list(setting, &text, mistakes), url);
    }
    let folder = given.credentials_folder.clone();
    let folder = folder.or_else(|| get(vars, "LOGFIRE_CREDENTIALS_DIR", mistakes).map(Into::into));
    match Credentials::read(folder.as_deref().unwrap_or(Path::new(".logfire"))) {
        Ok(None) => (Vec::new(), url),
        Ok(Some(Credentials { token, base_url, path })) => {
            let setting = format!("token` of `{path}");
            let of_file =
                base_url.and_then(|url| named(&format!("logfire_api_url` of `{path}"), url));
            (Token::list(&setting, &token, mistakes), url.or(of_file))
        }
        Err(mistake) => {
            mistakes.push(mistake);
            (Vec::new(), url)
        }
    }
}

/// The address for a token, with the name of its setting.
fn address(token: &Token, url: &Url, mistakes: &mut Vec<String>) -> Option<(String, String)> {
    match url {
        Some(url) => Some(url.clone()),
        None => {
            let url = token.base_url().map_err(|mistake| mistakes.push(mistake)).ok()?;
            Some(("base_url".to_owned(), url.to_owned()))
        }
    }
}

/// The attributes of the service, from code or from `LOGFIRE_…`.
fn service(
    given: &Given,
    vars: Vars<'_>,
    mistakes: &mut Vec<String>,
) -> Vec<(&'static str, String)> {
    // The pipeline reads `OTEL_SERVICE_NAME`.
    let all: [(_, &Option<String>, &[&str]); 3] = [
        ("service.name", &given.service_name, &["LOGFIRE_SERVICE_NAME"]),
        (
            "service.version",
            &given.service_version,
            &["LOGFIRE_SERVICE_VERSION", "OTEL_SERVICE_VERSION"],
        ),
        ("deployment.environment.name", &given.environment, &["LOGFIRE_ENVIRONMENT"]),
    ];
    let attributes = all.into_iter().filter_map(|(key, in_code, names)| {
        let value = in_code.clone();
        let value = value.or_else(|| names.iter().find_map(|name| get(vars, name, mistakes)));
        Some((key, value?))
    });
    attributes.collect()
}
