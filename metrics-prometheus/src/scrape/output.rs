//! The bytes that a scraper asks for.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use typed_metrics_core::Snapshot;

use crate::format::Format;
use crate::naming::Naming;

/// One form of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Output {
    pub(crate) contents: Contents,
    pub(crate) is_compressed: bool,
}

/// The contents of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Contents {
    Scrape(Format),
}

impl Output {
    /// The bytes. `last_size` is the number of bytes that the contents had last.
    pub(crate) fn encode(self, snapshot: &Snapshot, naming: &Naming) -> Bytes {
        let mut plain = Vec::new();
        match self.contents {
            Contents::Scrape(format) => format.encode(snapshot, naming, &mut plain),
        }
        if self.is_compressed { compress(&plain) } else { plain.into() }
    }
}

fn compress(plain: &[u8]) -> Bytes {
    // A text of metrics shrinks to a tenth.
    let mut compressed = GzEncoder::new(Vec::with_capacity(plain.len() / 8), Compression::fast());
    // Writing to a vector cannot fail.
    let _ = compressed.write_all(plain);
    compressed.finish().unwrap_or_default().into()
}
