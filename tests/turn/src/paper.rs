//! The text that a handler writes.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use crate::lock;

/// Keeps what is written, such as the tables of a console. Clones share the text.
#[derive(Debug, Clone, Default)]
pub struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    /// The text written so far.
    ///
    /// # Panics
    /// The text is not UTF-8.
    pub fn text(&self) -> String {
        String::from_utf8(lock(&self.0).clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
