//! A buffer on the stack for a label value that is formatted.

use std::fmt::{self, Display, Write as _};

use super::cut::cut_to;
use super::value::LabelRef;
use crate::rules::limits::MAX_LABEL_LEN;

/// A buffer on the stack for a label value that is formatted, so that no memory is allocated.
// The array is written only when it is used, so `None` costs nothing.
#[derive(Debug)]
pub struct Scratch(Option<ScratchText>);

#[derive(Debug)]
struct ScratchText {
    bytes: [u8; MAX_LABEL_LEN],
    len: usize,
}

impl Scratch {
    /// An empty buffer.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Formats `value`, cut to [`MAX_LABEL_LEN`] bytes.
    ///
    /// ```
    /// use typed_metrics_core::label::{LabelRef, Scratch};
    ///
    /// let mut scratch = Scratch::new();
    /// assert_eq!(scratch.write(&format_args!("{:x}", 255)), LabelRef::Str("ff"));
    /// ```
    pub fn write(&mut self, value: &(impl Display + ?Sized)) -> LabelRef<'_> {
        let text = self.0.insert(ScratchText { bytes: [0; MAX_LABEL_LEN], len: 0 });
        // An error means that the buffer is full or that `Display` failed. The text so far is kept.
        let _ = write!(text, "{value}");
        LabelRef::Str(str::from_utf8(&text.bytes[..text.len]).unwrap_or_default())
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Write for ScratchText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = cut_to(text, MAX_LABEL_LEN - self.len).len();
        self.bytes[self.len..self.len + end].copy_from_slice(&text.as_bytes()[..end]);
        self.len += end;
        if end == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}
