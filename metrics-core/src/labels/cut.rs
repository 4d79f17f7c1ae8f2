//! Text that is cut.

/// `text`, cut to `most` bytes at a character boundary.
#[inline]
pub(crate) fn cut_to(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    &text[..end]
}
