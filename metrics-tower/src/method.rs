//! The label `http.request.method`.

use http::Method as RequestMethod;
use typed_metrics_derive::Label;

/// The variable that replaces the list of known methods.
const VARIABLE: &str = "OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS";

macro_rules! methods {
    ($($variant:ident = $name:tt),* $(,)?) => {
        /// The method of a request: a method of [IANA's registry], or `_OTHER`.
        ///
        /// A layer knows the methods of OpenTelemetry's conventions: `CONNECT`, `DELETE`, `GET`,
        /// `HEAD`, `OPTIONS`, `PATCH`, `POST`, `PUT`, `QUERY` and `TRACE`. Every other method is
        /// `_OTHER`, so a client cannot make series by inventing methods. The variable
        /// `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS`, or `known_methods` of a layer, replaces the
        /// list by other methods of the registry, such as `PROPFIND`.
        ///
        /// [IANA's registry]: https://www.iana.org/assignments/http-methods
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
        #[label(crate = typed_metrics_core)]
        pub enum Method {
            $(
                #[doc = concat!("`", $name, "`.")]
                #[label(name = $name)]
                $variant,
            )*
            /// A method that is not known.
            #[label(name = "_OTHER")]
            Other,
        }

        const REGISTERED: &[(&str, Method)] = &[$(($name, Method::$variant)),*];
    };
}

methods! {
    Acl = "ACL",
    BaselineControl = "BASELINE-CONTROL",
    Bind = "BIND",
    Checkin = "CHECKIN",
    Checkout = "CHECKOUT",
    Connect = "CONNECT",
    Copy = "COPY",
    Delete = "DELETE",
    Get = "GET",
    Head = "HEAD",
    Label = "LABEL",
    Link = "LINK",
    Lock = "LOCK",
    Merge = "MERGE",
    Mkactivity = "MKACTIVITY",
    Mkcalendar = "MKCALENDAR",
    Mkcol = "MKCOL",
    Mkredirectref = "MKREDIRECTREF",
    Mkworkspace = "MKWORKSPACE",
    Move = "MOVE",
    Options = "OPTIONS",
    Orderpatch = "ORDERPATCH",
    Patch = "PATCH",
    Post = "POST",
    Propfind = "PROPFIND",
    Proppatch = "PROPPATCH",
    Put = "PUT",
    Query = "QUERY",
    Rebind = "REBIND",
    Report = "REPORT",
    Search = "SEARCH",
    Trace = "TRACE",
    Unbind = "UNBIND",
    Uncheckout = "UNCHECKOUT",
    Unlink = "UNLINK",
    Unlock = "UNLOCK",
    Update = "UPDATE",
    Updateredirectref = "UPDATEREDIRECTREF",
    VersionControl = "VERSION-CONTROL",
}

impl Method {
    /// The method with this name, whether or not it is known.
    fn named(name: &str) -> Self {
        let registered = REGISTERED.iter().find(|(registered, _)| *registered == name);
        registered.map_or(Self::Other, |(_, method)| *method)
    }

    fn of(method: &RequestMethod) -> Self {
        match *method {
            RequestMethod::GET => Self::Get,
            RequestMethod::POST => Self::Post,
            RequestMethod::PUT => Self::Put,
            RequestMethod::DELETE => Self::Delete,
            RequestMethod::HEAD => Self::Head,
            RequestMethod::OPTIONS => Self::Options,
            RequestMethod::PATCH => Self::Patch,
            RequestMethod::CONNECT => Self::Connect,
            RequestMethod::TRACE => Self::Trace,
            _ => Self::named(method.as_str()),
        }
    }

    const fn bit(self) -> u64 {
        1 << self as u64
    }
}

/// The methods that are not shown as `_OTHER`: a bit for each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownMethods(u64);

impl KnownMethods {
    /// The methods that [OpenTelemetry's conventions][conventions] call known by default: those of
    /// RFC 9110, PATCH and QUERY.
    ///
    /// [conventions]: https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/
    const BY_CONVENTION: Self = Self(
        Method::Connect.bit()
            | Method::Delete.bit()
            | Method::Get.bit()
            | Method::Head.bit()
            | Method::Options.bit()
            | Method::Patch.bit()
            | Method::Post.bit()
            | Method::Put.bit()
            | Method::Query.bit()
            | Method::Trace.bit(),
    );

    /// The methods that the environment lists, or those of the conventions.
    pub(crate) fn of_environment() -> Self {
        match std::env::var(VARIABLE) {
            Ok(list) if !list.trim().is_empty() => Self::of(list.split(',').map(str::trim)),
            _ => Self::BY_CONVENTION,
        }
    }

    /// The methods with these names. A name that is not in IANA's registry stays `_OTHER`.
    pub(crate) fn of(names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let bits = names.into_iter().map(|name| Method::named(name.as_ref()).bit());
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// The label of a method.
    #[inline]
    pub(crate) fn label(self, method: &RequestMethod) -> Method {
        let method = Method::of(method);
        if self.0 & method.bit() == 0 { Method::Other } else { method }
    }
}

#[cfg(test)]
mod tests {
    use typed_metrics_core::{Label, LabelRef};

    use super::*;

    fn label(known: KnownMethods, name: &str) -> LabelRef<'static> {
        let method = RequestMethod::from_bytes(name.as_bytes()).unwrap();
        Method::value_at(Label::index(&known.label(&method)))
    }

    #[test]
    fn the_methods_of_the_conventions_are_known_and_no_other() {
        let known = KnownMethods::BY_CONVENTION;
        for (name, _) in REGISTERED {
            let by_convention = [
                "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY",
                "TRACE",
            ];
            let expected = if by_convention.contains(name) { name } else { "_OTHER" };
            assert_eq!(label(known, name), LabelRef::Str(expected));
        }
        // Names of methods distinguish upper and lower case.
        for name in ["get", "BREW", "_OTHER", "GETT"] {
            assert_eq!(label(known, name), LabelRef::Str("_OTHER"));
        }
    }

    #[test]
    fn a_list_replaces_the_known_methods() {
        let known = KnownMethods::of(["GET", "PROPFIND", "VERSION-CONTROL", "BREW"]);
        for name in ["GET", "PROPFIND", "VERSION-CONTROL"] {
            assert_eq!(label(known, name), LabelRef::Str(name));
        }
        for name in ["POST", "BREW"] {
            assert_eq!(label(known, name), LabelRef::Str("_OTHER"));
        }
    }
}
