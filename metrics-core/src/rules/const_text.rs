//! Text that is put together while compiling.

/// Text of at most `N` bytes. A piece that does not fit is left out as a whole, so that the text
/// stays valid UTF-8.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    pub(crate) const fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if self.len + bytes.len() > N {
            return;
        }
        let mut i = 0;
        while i < bytes.len() {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
    }

    pub(crate) const fn push_number(&mut self, number: usize) {
        if number >= 10 {
            self.push_number(number / 10);
        }
        self.push_digit(number % 10);
    }

    /// Pushes a character in quotes, as `Debug` writes it.
    pub(crate) const fn push_quoted(&mut self, character: char) {
        self.push("'");
        match character {
            '\0' => self.push("\\0"),
            '\t' => self.push("\\t"),
            '\r' => self.push("\\r"),
            '\n' => self.push("\\n"),
            '\'' | '\\' => {
                self.push("\\");
                self.push(character.encode_utf8(&mut [0; 4]));
            }
            _ if character.is_ascii_control() => {
                self.push("\\u{");
                let (high, low) = (character as usize / 16, character as usize % 16);
                if high > 0 {
                    self.push_digit(high);
                }
                self.push_digit(low);
                self.push("}");
            }
            _ => self.push(character.encode_utf8(&mut [0; 4])),
        }
        self.push("'");
    }

    const fn push_digit(&mut self, digit: usize) {
        let (_, rest) = "0123456789abcdef".split_at(digit);
        let (digit, _) = rest.split_at(1);
        self.push(digit);
    }

    pub(crate) const fn as_str(&self) -> &str {
        let (written, _) = self.bytes.split_at(self.len);
        match str::from_utf8(written) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

/// Whether `a` and `b` are the same text.
pub(crate) const fn is_same(a: &str, b: &str) -> bool {
    a.len() == b.len() && begins_with(a, b)
}

/// Whether `text` begins with `start`.
pub(crate) const fn begins_with(text: &str, start: &str) -> bool {
    let (text, start) = (text.as_bytes(), start.as_bytes());
    let mut i = 0;
    while i < start.len() && i < text.len() && text[i] == start[i] {
        i += 1;
    }
    i == start.len()
}

/// The character that begins at the byte `at`.
pub(crate) const fn char_at(text: &str, at: usize) -> char {
    let bytes = text.as_bytes();
    let (length, first) = match bytes[at] {
        byte @ 0..0x80 => (1, byte),
        byte @ 0x80..0xE0 => (2, byte & 0x1F),
        byte @ 0xE0..0xF0 => (3, byte & 0x0F),
        byte => (4, byte & 0x07),
    };
    let (mut code, mut i) = (first as u32, 1);
    while i < length {
        code = code << 6 | (bytes[at + i] & 0x3F) as u32;
        i += 1;
    }
    match char::from_u32(code) {
        Some(character) => character,
        None => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_those_of_the_text() {
        let text = "aé…😀\0z";
        for (at, character) in text.char_indices() {
            assert_eq!(char_at(text, at), character);
        }
    }

    #[test]
    fn quoted_characters_are_written_as_debug_writes_them() {
        for character in (0..128).filter_map(char::from_u32).chain(['é', '😀']) {
            let mut text = Text::<16>::new();
            text.push_quoted(character);
            assert_eq!(text.as_str(), format!("{character:?}"));
        }
    }
}
