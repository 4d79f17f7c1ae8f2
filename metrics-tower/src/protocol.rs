//! The labels `url.scheme` and `network.protocol.version`.

use http::{Uri, Version, uri};
use typed_metrics_derive::Label;

/// The scheme of a request's URI: the label `url.scheme`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics_core)]
pub enum Scheme {
    /// `http`.
    Http,
    /// `https`.
    Https,
}

impl Scheme {
    /// The scheme that the URI names. The URI of most requests that a server receives by HTTP/1
    /// names none.
    pub(crate) fn of(uri: &Uri) -> Option<Self> {
        let scheme = uri.scheme()?;
        if *scheme == uri::Scheme::HTTPS {
            Some(Self::Https)
        } else if *scheme == uri::Scheme::HTTP {
            Some(Self::Http)
        } else {
            None
        }
    }

    /// The port of a URI that names none.
    pub(crate) fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// The version of HTTP: the label `network.protocol.version`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics_core)]
#[non_exhaustive]
pub enum HttpVersion {
    /// `0.9`.
    #[label(name = "0.9")]
    V0_9,
    /// `1.0`.
    #[label(name = "1.0")]
    V1_0,
    /// `1.1`.
    #[label(name = "1.1")]
    V1_1,
    /// `2`.
    #[label(name = "2")]
    V2,
    /// `3`.
    #[label(name = "3")]
    V3,
}

impl HttpVersion {
    pub(crate) fn of(version: Version) -> Option<Self> {
        match version {
            Version::HTTP_09 => Some(Self::V0_9),
            Version::HTTP_10 => Some(Self::V1_0),
            Version::HTTP_11 => Some(Self::V1_1),
            Version::HTTP_2 => Some(Self::V2),
            Version::HTTP_3 => Some(Self::V3),
            _ => None,
        }
    }
}
