//! Values of the label `error.type`.
//!
//! | ended by | `error.type` |
//! |---|---|
//! | a status of an error: 5xx for a server, 4xx and 5xx for a client | the status, such as `503` |
//! | an error of the service or of a body | the name of the error's type, such as `hyper::error::Error`; for errors that [`ByType`] opens, the kind of an I/O error among the sources |
//! | a drop before the end | [`CANCELLED`] |
//! | a panic | [`PANICKED`] |

use std::any::{Any, type_name};
use std::error::Error;
use std::io::{self, ErrorKind};

use http::StatusCode;

/// The request was dropped before its end. To a server, that happens if the client leaves: it
/// closes the connection, or resets the stream of HTTP/2.
pub const CANCELLED: &str = "cancelled";

/// The service or its body panicked.
pub const PANICKED: &str = "panicked";

/// Any other error. The name is [OpenTelemetry's].
///
/// [OpenTelemetry's]: https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/
pub const OTHER: &str = "_OTHER";

/// The kind of the first [`std::io::Error`] with a known kind among an error and its sources, one
/// of a small, fixed set; [`OTHER`] if there is none. At most 32 sources are examined.
///
/// ```
/// use std::io;
/// use typed_metrics_tower::error_type::{OTHER, error_kind};
///
/// let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
/// assert_eq!(error_kind(&refused), "connection_refused");
/// assert_eq!(error_kind(&"x".parse::<u8>().unwrap_err()), OTHER);
/// ```
#[must_use]
pub fn error_kind(error: &(dyn Error + 'static)) -> &'static str {
    io_kind(error).unwrap_or(OTHER)
}

/// The bound on the sources of an error that are examined: an error may be its own source.
const SOURCES: usize = 32;

fn io_kind(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    chain.take(SOURCES + 1).filter_map(|error| error.downcast_ref()).find_map(name_of_kind)
}

fn name_of_kind(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::AddrNotAvailable => "address_not_available",
        ErrorKind::BrokenPipe => "broken_pipe",
        ErrorKind::ConnectionAborted => "connection_aborted",
        ErrorKind::ConnectionRefused => "connection_refused",
        ErrorKind::ConnectionReset => "connection_reset",
        ErrorKind::HostUnreachable => "host_unreachable",
        ErrorKind::InvalidData => "invalid_data",
        ErrorKind::NetworkUnreachable => "network_unreachable",
        ErrorKind::NotConnected => "not_connected",
        ErrorKind::PermissionDenied => "permission_denied",
        ErrorKind::TimedOut => "timeout",
        ErrorKind::UnexpectedEof => "unexpected_eof",
        // An error of another kind may wrap an error that says more.
        _ => return error.get_ref().and_then(|inner| inner.downcast_ref()).and_then(name_of_kind),
    })
}

/// The digits of each status from 100 to 999.
static STATUSES: [[u8; 3]; 900] = {
    let mut texts = [[b'0'; 3]; 900];
    let mut at = 0;
    while at < 900 {
        let status = at + 100;
        // No truncation: each is one digit.
        #[expect(clippy::cast_possible_truncation)]
        {
            texts[at] = [
                b'0' + (status / 100) as u8,
                b'0' + (status / 10 % 10) as u8,
                b'0' + (status % 10) as u8,
            ];
        }
        at += 1;
    }
    texts
};

/// A status as `error.type`, such as `503`.
pub(crate) fn text_of_status(status: StatusCode) -> &'static str {
    let text = STATUSES.get(usize::from(status.as_u16()) - 100);
    text.and_then(|text| str::from_utf8(text).ok()).unwrap_or(OTHER)
}

/// The name of an error of type `E` in the label `error.type`.
pub trait ErrorType<E> {
    /// One of a small, fixed set of names.
    fn error_type(&self, error: &E) -> &'static str;
}

/// Names an error by its [`error_kind`], or else by its type: the default.
///
/// | error | without an I/O error among the sources |
/// |---|---|
/// | `Box<dyn Error>`, with `Send` and `Sync` or without; `std::io::Error` | [`OTHER`] |
/// | `axum::Error`, with the feature `axum` | the name of the type |
/// | `hyper_util::client::legacy::Error`, with the feature `hyper-util` | the name of the type |
///
/// The sources of any other type are not known, so the name of the type is used. For such a type,
/// [`error_type`](crate::HttpClientLayer::error_type) may call [`error_kind`].
///
/// ```
/// use std::error::Error;
/// use std::io;
/// use typed_metrics_tower::{ByType, ErrorType};
///
/// let refused: Box<dyn Error> = io::Error::from(io::ErrorKind::ConnectionRefused).into();
/// assert_eq!(ByType.error_type(&refused), "connection_refused");
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct ByType;

impl<E: 'static> ErrorType<E> for ByType {
    fn error_type(&self, error: &E) -> &'static str {
        let any: &dyn Any = error;
        if let Some(boxed) = any.downcast_ref::<Box<dyn Error + Send + Sync>>() {
            return error_kind(&**boxed);
        }
        if let Some(boxed) = any.downcast_ref::<Box<dyn Error + Send>>() {
            return error_kind(&**boxed);
        }
        if let Some(boxed) = any.downcast_ref::<Box<dyn Error>>() {
            return error_kind(&**boxed);
        }
        if let Some(error) = any.downcast_ref::<io::Error>() {
            return error_kind(error);
        }
        #[cfg(feature = "axum")]
        if let Some(kind) = any.downcast_ref::<axum::Error>().and_then(|error| io_kind(error)) {
            return kind;
        }
        #[cfg(feature = "hyper-util")]
        if let Some(kind) =
            any.downcast_ref::<hyper_util::client::legacy::Error>().and_then(|error| io_kind(error))
        {
            return kind;
        }
        type_name::<E>()
    }
}

impl<E, F: Fn(&E) -> &'static str> ErrorType<E> for F {
    fn error_type(&self, error: &E) -> &'static str {
        self(error)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug)]
    struct Outer(io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("outer")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn every_status_has_a_text() {
        for number in 100..1000 {
            let status = StatusCode::from_u16(number).unwrap();
            assert_eq!(text_of_status(status), number.to_string());
        }
    }

    #[test]
    fn a_boxed_error_has_the_kind_of_its_source_and_any_other_the_name_of_its_type() {
        let outer = || Outer(ErrorKind::TimedOut.into());
        assert_eq!(error_kind(&outer()), "timeout");
        let boxed: Box<dyn Error + Send + Sync> = Box::new(outer());
        assert_eq!(ByType.error_type(&boxed), "timeout");
        assert_eq!(ByType.error_type(&io::Error::from(ErrorKind::BrokenPipe)), "broken_pipe");
        assert!(ByType.error_type(&outer()).ends_with("error_type::tests::Outer"));
        let by_hand =
            |error: &Outer| if error.0.kind() == ErrorKind::TimedOut { "late" } else { OTHER };
        assert_eq!(by_hand.error_type(&outer()), "late");
    }

    #[test]
    fn each_kind_of_box_is_opened() {
        let boxed: Box<dyn Error> = Box::new(Outer(ErrorKind::ConnectionRefused.into()));
        assert_eq!(ByType.error_type(&boxed), "connection_refused");
        let boxed: Box<dyn Error + Send> = Box::new(Outer(ErrorKind::ConnectionReset.into()));
        assert_eq!(ByType.error_type(&boxed), "connection_reset");
    }

    #[test]
    fn an_io_error_without_a_known_kind_does_not_hide_the_error_that_it_wraps() {
        let reset = || io::Error::from(ErrorKind::ConnectionReset);
        assert_eq!(error_kind(&io::Error::other(reset())), "connection_reset");
        assert_eq!(error_kind(&io::Error::other(Outer(reset()))), "connection_reset");
    }

    #[derive(Debug)]
    struct Endless;

    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("endless")
        }
    }

    impl Error for Endless {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    #[test]
    fn an_error_that_is_its_own_source_has_an_end() {
        assert_eq!(error_kind(&Endless), OTHER);
    }

    #[cfg(feature = "axum")]
    #[test]
    fn an_error_of_axum_has_the_kind_of_its_source_or_else_the_name_of_its_type() {
        let late = axum::Error::new(Outer(ErrorKind::TimedOut.into()));
        assert_eq!(ByType.error_type(&late), "timeout");
        let other = axum::Error::new(Outer(io::Error::other("x")));
        assert!(ByType.error_type(&other).contains("axum"));
    }
}
