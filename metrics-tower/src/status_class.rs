//! The label `status_class`.

use http::StatusCode;
use typed_metrics_core::label::{Label, LabelRef, Scratch};

/// The class of a response's status: the label `status_class`, which a layer records with
/// [`status_class`](crate::HttpServerLayer::status_class). [RFC 9110, section 15][rfc] defines the
/// classes.
///
/// [rfc]: https://www.rfc-editor.org/rfc/rfc9110#section-15
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusClass {
    /// `1xx`.
    Informational,
    /// `2xx`.
    Success,
    /// `3xx`.
    Redirection,
    /// `4xx`.
    ClientError,
    /// `5xx`.
    ServerError,
}

/// An open label, although it has few values: the status decides the class, so the combinations of
/// the fixed labels are not multiplied by the classes.
impl Label for StatusClass {
    fn value<'a>(class: &'a Self, _: &'a mut Scratch) -> LabelRef<'a> {
        LabelRef::Str(match class {
            Self::Informational => "1xx",
            Self::Success => "2xx",
            Self::Redirection => "3xx",
            Self::ClientError => "4xx",
            Self::ServerError => "5xx",
        })
    }
}

impl StatusClass {
    /// The class of a status; `None` from 600 on, which the RFC does not define.
    pub(crate) fn of(status: StatusCode) -> Option<Self> {
        Some(match status.as_u16() / 100 {
            1 => Self::Informational,
            2 => Self::Success,
            3 => Self::Redirection,
            4 => Self::ClientError,
            5 => Self::ServerError,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_is_the_first_digit_of_a_status_below_600() {
        for number in 100..1000_u16 {
            let class = StatusClass::of(StatusCode::from_u16(number).unwrap());
            let expected = format!("{}xx", number / 100);
            let expected = if number < 600 { LabelRef::Str(&expected) } else { LabelRef::Absent };
            assert_eq!(Label::value(&class, &mut Scratch::new()), expected, "{number}");
        }
    }
}
