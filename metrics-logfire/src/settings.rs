//! Settings that are checked: from the builder, else from the variables, else the credentials file.

use std::ffi::OsString;
use std::path::Path;

use typed_metrics_otel::{Compression, OtelHandler, OtlpBuilder, Protocol, Temporality, Vendor};
use typed_metrics_system::Set;

use crate::builder::LogfireBuilder;
use crate::credentials::Credentials;
use crate::error::LogfireError;
use crate::send::Send;
use crate::token::Token;

const USER_AGENT: &str = concat!("typed-metrics-logfire/", env!("CARGO_PKG_VERSION"));

const NO_TOKEN: &str = "there is no token for Logfire: make a write token in the settings of your \
    project (https://logfire.pydantic.dev), and set `LOGFIRE_TOKEN`; or set \
    `LOGFIRE_SEND_TO_LOGFIRE=if-token-present` to go on without";

/// The environment, or in tests something that stands for it.
pub(crate) type Vars<'a> = &'a dyn Fn(&str) -> Option<OsString>;

pub(crate) const ENVIRONMENT: fn(&str) -> Option<OsString> = |name| std::env::var_os(name);

/// What a handler is made of.
#[derive(Debug)]
pub(crate) struct Settings {
    /// A pipeline each. None if nothing is to be sent.
    pub(crate) pipelines: Vec<OtlpBuilder>,
    pub(crate) system: Option<Set>,
}

/// Where tokens are sent that do not say it themselves, and the setting that says it.
type Url = Option<(String, String)>;

impl Settings {
    /// Everything, or all mistakes.
    pub(crate) fn new(builder: LogfireBuilder, vars: Vars<'_>) -> Result<Self, LogfireError> {
        let mut mistakes = Vec::new();
        let m = &mut mistakes;
        let send = builder.send.or_else(|| {
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
        let (tokens, url) = tokens(&builder, vars, m);
        let urls: Vec<_> = tokens.iter().filter_map(|token| address(token, &url, m)).collect();
        let service = service(&builder, vars, m);
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
                credentials: format!("Logfire does not take the write token, {}", token.origin),
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
            let pipeline = builder.otlp.iter().fold(pipeline, |p, setting| setting.apply(p));
            match &builder.spool_folder {
                None => pipeline,
                Some(folder) if is_alone => pipeline.spool_folder(folder),
                Some(folder) => {
                    pipeline.spool_folder(folder.join(format!("{:016x}", token.fingerprint())))
                }
            }
        });
        Ok(Self { pipelines: pipelines.collect(), system: builder.system })
    }

    fn nothing() -> Self {
        Self { pipelines: Vec::new(), system: None }
    }
}

/// The variable's value. A blank one counts as unset.
fn get(vars: Vars<'_>, name: &str, mistakes: &mut Vec<String>) -> Option<String> {
    let value = vars(name)?;
    let mistake = |_| mistakes.push(format!("`{name}` is not UTF-8; write it in UTF-8"));
    value.into_string().map_err(mistake).ok().filter(|value| !value.trim().is_empty())
}

/// The tokens, and the address that is told for them. The file is not looked at if a token is told.
fn tokens(
    builder: &LogfireBuilder,
    vars: Vars<'_>,
    mistakes: &mut Vec<String>,
) -> (Vec<Token>, Url) {
    let named = |name: &str, value: String| Some((name.to_owned(), value));
    let url = match &builder.base_url {
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
    let told = match builder.tokens.as_ref().filter(|tokens| !tokens.trim().is_empty()) {
        Some(tokens) => Some(("token", tokens.clone())),
        None => get(vars, "LOGFIRE_TOKEN", mistakes).map(|tokens| ("LOGFIRE_TOKEN", tokens)),
    };
    if let Some((setting, text)) = told.filter(|(_, text)| !text.trim().is_empty()) {
        return (Token::list(setting, &text, mistakes), url);
    }
    let folder = builder.credentials_folder.clone();
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

/// Where a token is sent to, and the setting that says so.
fn address(token: &Token, url: &Url, mistakes: &mut Vec<String>) -> Option<(String, String)> {
    match url {
        Some(told) => Some(told.clone()),
        None => {
            let url = token.base_url().map_err(|mistake| mistakes.push(mistake)).ok()?;
            Some(("base_url".to_owned(), url.to_owned()))
        }
    }
}

/// Who sends, as far as `LOGFIRE_…` say it, or code.
fn service(
    builder: &LogfireBuilder,
    vars: Vars<'_>,
    mistakes: &mut Vec<String>,
) -> Vec<(&'static str, String)> {
    // `OTEL_SERVICE_NAME` is read by the pipeline.
    let all: [(_, &Option<String>, &[&str]); 3] = [
        ("service.name", &builder.service_name, &["LOGFIRE_SERVICE_NAME"]),
        (
            "service.version",
            &builder.service_version,
            &["LOGFIRE_SERVICE_VERSION", "OTEL_SERVICE_VERSION"],
        ),
        ("deployment.environment.name", &builder.environment, &["LOGFIRE_ENVIRONMENT"]),
    ];
    let told = all.into_iter().filter_map(|(key, in_code, names)| {
        let value = in_code.clone();
        let value = value.or_else(|| names.iter().find_map(|name| get(vars, name, mistakes)));
        Some((key, value?))
    });
    told.collect()
}
