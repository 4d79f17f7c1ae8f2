//! The bytes that a scraper asks for.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
#[cfg(feature = "server")]
use typed_metrics_core::snapshot_as_observed;

use crate::format::Format;
#[cfg(feature = "server")]
use crate::page;
use crate::settings::Settings;

/// One form of the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Output {
    pub(crate) contents: Contents,
    pub(crate) is_compressed: bool,
}

/// The contents of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Contents {
    Scrape(Format),
    /// The data of the page.
    #[cfg(feature = "server")]
    Page,
}

impl Output {
    /// Collects, without calling callbacks.
    pub(crate) fn collect(self, settings: &Settings) -> Bytes {
        let mut plain = Vec::new();
        match self.contents {
            Contents::Scrape(format) => format.encode_now(settings, &mut plain),
            #[cfg(feature = "server")]
            Contents::Page => plain = page::data(&snapshot_as_observed()),
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
