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
        let (_, rest) = "0123456789".split_at(number % 10);
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
