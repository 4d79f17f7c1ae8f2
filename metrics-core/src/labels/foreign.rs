//! Labels of types from other crates, each behind the feature with the name of its crate.

#[cfg(any(feature = "http", feature = "uuid"))]
use super::label::Label;
#[cfg(any(feature = "http", feature = "uuid"))]
use super::scratch::Scratch;
#[cfg(any(feature = "http", feature = "uuid"))]
use super::value::LabelRef;

/// The name of the method, such as `GET`.
#[cfg(feature = "http")]
impl Label for http::Method {
    #[inline]
    fn value<'a>(label: &'a Self, _: &'a mut Scratch) -> LabelRef<'a> {
        LabelRef::Str(label.as_str())
    }
}

/// The code as an integer, such as 404.
#[cfg(feature = "http")]
impl Label for http::StatusCode {
    const INTEGER: bool = true;

    #[inline]
    fn value<'a>(label: &'a Self, _: &'a mut Scratch) -> LabelRef<'a> {
        LabelRef::Int(label.as_u16().into())
    }
}

/// The text with hyphens, in lower case.
#[cfg(feature = "uuid")]
impl Label for uuid::Uuid {
    #[inline]
    fn value<'a>(label: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a> {
        scratch.write(label)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "http")]
    #[test]
    fn a_method_is_its_name_and_a_status_is_its_code() {
        use super::{Label, LabelRef, Scratch};

        let mut scratch = Scratch::new();
        assert_eq!(Label::value(&http::Method::GET, &mut scratch), LabelRef::Str("GET"));
        let purge = http::Method::from_bytes(b"PURGE").unwrap();
        assert_eq!(Label::value(&purge, &mut scratch), LabelRef::Str("PURGE"));
        assert_eq!(Label::value(&http::StatusCode::NOT_FOUND, &mut scratch), LabelRef::Int(404));
    }

    #[cfg(feature = "uuid")]
    #[test]
    fn a_uuid_is_its_text() {
        use super::{Label, LabelRef, Scratch};

        let id = uuid::Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8);
        let mut scratch = Scratch::new();
        let text = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        assert_eq!(Label::value(&id, &mut scratch), LabelRef::Str(text));
    }
}
