//! The choice of handlers: names and instances, one or several.

use std::sync::Arc;

use super::handler::{HandlerError, MetricHandler};
use crate::error::Error;
use crate::foreign::Foreign;

/// A back end that can be chosen by name. The crate of a back end adds it to
/// [`BACK_ENDS`](static@BACK_ENDS).
#[derive(Debug)]
pub struct BackEnd {
    /// The name, in lower case.
    pub name: &'static str,
    /// Builds the handler from the environment.
    pub build: fn() -> Result<Arc<dyn MetricHandler>, HandlerError>,
}

/// The back ends of all linked crates, assembled by the linker.
#[linkme::distributed_slice]
pub static TYPED_METRICS_CORE_0_1_BACK_ENDS: [BackEnd];
#[doc(inline)]
pub use TYPED_METRICS_CORE_0_1_BACK_ENDS as BACK_ENDS;

/// The back ends of this crate.
const OWN: &[BackEnd] = &[
    #[cfg(feature = "console")]
    BackEnd { name: "console", build: crate::handlers::console::from_env },
];

/// The names of this project's back ends, and other names that people use for them. The facade's
/// feature for a back end has the same name.
const KNOWN: &[(&str, &[&str])] = &[
    ("console", &["stdout", "stderr", "terminal", "print", "table"]),
    ("logfire", &["pydantic"]),
    ("otel", &["otlp", "opentelemetry", "grafana", "collector"]),
    ("prometheus", &["openmetrics", "scrape"]),
];

/// The back ends that are read over the network, and so have nothing to export at the end.
const READ: &[&str] = &["prometheus"];

/// The back end of this name, if this program has one. For back ends that bring others in.
#[doc(hidden)]
#[must_use]
pub fn back_end(name: &str) -> Option<&'static BackEnd> {
    OWN.iter().chain(BACK_ENDS).find(|back_end| back_end.name.eq_ignore_ascii_case(name))
}

pub(super) fn named(name: &str) -> Result<&'static BackEnd, Error> {
    back_end(name).ok_or_else(|| unknown(name))
}

/// Whether this is the name of a back end of this project that exports when it is shut down.
pub(super) fn exports_at_the_end(name: &str) -> bool {
    KNOWN.iter().any(|(known, _)| *known == name) && !READ.contains(&name)
}

#[cold]
fn unknown(name: &str) -> Error {
    let available: Vec<String> =
        OWN.iter().chain(BACK_ENDS).map(|back_end| back_end.name.into()).collect();
    let suggestion = suggestion(name, available.iter().map(String::as_str));
    let meant = suggestion.as_deref().unwrap_or(name);
    let is_available = available.iter().any(|other| other == meant);
    let known = KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(meant));
    let feature = known.map(|(feature, _)| *feature).filter(|_| !is_available);
    let features = KNOWN.iter().map(|(feature, _)| *feature);
    let more = features.filter(|name| !available.iter().any(|other| other == name)).collect();
    Error::UnknownHandler { name: name.to_owned(), suggestion, available, feature, more }
}

/// The name that was probably meant. `None` if `name` is a back end of this project, which is then
/// not compiled in.
fn suggestion<'a>(name: &str, available: impl Iterator<Item = &'a str>) -> Option<String> {
    let name = name.to_ascii_lowercase();
    if KNOWN.iter().any(|(known, _)| *known == name) {
        return None;
    }
    let aliases = KNOWN.iter().flat_map(|(known, aliases)| {
        aliases.iter().chain([known]).map(move |alias| (*alias, *known))
    });
    let candidates = available.map(|name| (name, name)).chain(aliases);
    // The similarity must be at least 0.8; that of equal names is 1.
    let close = |(alias, meant): (&str, &'a str)| {
        Some((strsim::jaro_winkler(alias, &name), meant)).filter(|(closeness, _)| *closeness >= 0.8)
    };
    let closest = candidates.filter_map(close).max_by(|a, b| a.0.total_cmp(&b.0));
    closest.map(|(_, meant)| meant.to_owned())
}

/// The choice of one handler: a name or an instance.
pub struct HandlerChoice(pub(super) Chosen);

pub(super) enum Chosen {
    Name(String),
    Instance(Foreign<Arc<dyn MetricHandler>>),
}

impl std::fmt::Debug for HandlerChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match &self.0 {
            Chosen::Name(name) => name,
            Chosen::Instance(handler) => handler.name(),
        };
        f.debug_tuple("HandlerChoice").field(&name).finish()
    }
}

/// A type that chooses one handler: a name (`&str`, `String`) or an instance of a
/// [`MetricHandler`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler",
    label = "neither the name nor an instance of a handler",
    note = "give a name (`\"console\"`) or implement `MetricHandler` for `{Self}`"
)]
pub trait IntoHandler {
    /// The choice.
    fn into_handler(self) -> HandlerChoice;
}

impl<H: MetricHandler> IntoHandler for H {
    fn into_handler(self) -> HandlerChoice {
        HandlerChoice(Chosen::Instance(Foreign::new(Arc::new(self))))
    }
}

macro_rules! names {
    ($($name:ty),*) => {$(
        impl IntoHandler for $name {
            fn into_handler(self) -> HandlerChoice {
                HandlerChoice(Chosen::Name(AsRef::<str>::as_ref(&self).to_owned()))
            }
        }
    )*};
}

names!(&str, &&str, String, &String);

/// A type that chooses several handlers: one handler, an array, a slice or a `Vec` of one type, or
/// a tuple of up to six.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler, and no list of handlers",
    label = "neither handlers nor their names",
    note = "give a name (`\"console\"`), an instance, an array of one type, or a tuple to mix: `(\"console\", MyHandler)`"
)]
pub trait IntoHandlers {
    /// The choices.
    fn into_handlers(self) -> Vec<HandlerChoice>;
}

impl<T: IntoHandler> IntoHandlers for T {
    fn into_handlers(self) -> Vec<HandlerChoice> {
        vec![self.into_handler()]
    }
}

impl<T: IntoHandler, const N: usize> IntoHandlers for [T; N] {
    fn into_handlers(self) -> Vec<HandlerChoice> {
        self.into_iter().map(T::into_handler).collect()
    }
}

impl<T: IntoHandler> IntoHandlers for Vec<T> {
    fn into_handlers(self) -> Vec<HandlerChoice> {
        self.into_iter().map(T::into_handler).collect()
    }
}

impl<'a, T> IntoHandlers for &'a [T]
where
    &'a T: IntoHandler,
{
    fn into_handlers(self) -> Vec<HandlerChoice> {
        self.iter().map(IntoHandler::into_handler).collect()
    }
}

macro_rules! tuples {
    ($($($part:ident)+;)*) => {$(
        impl<$($part: IntoHandler),+> IntoHandlers for ($($part,)+) {
            fn into_handlers(self) -> Vec<HandlerChoice> {
                #[expect(non_snake_case, reason = "the parts are named as their types")]
                let ($($part,)+) = self;
                vec![$($part.into_handler()),+]
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}
