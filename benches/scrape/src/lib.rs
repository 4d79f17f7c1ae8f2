//! A scrape of typed-metrics beside those of other metrics crates, in one run.
//!
//! Each crate gets the same series: half of them counters, half of them histograms with ten
//! buckets, each with the labels `method` and `route`. A scrape begins with what was recorded and
//! ends with the text format in a string.

pub mod peers;

/// The limits of the histograms' buckets; the last bucket has none.
pub const BUCKETS: [u64; 9] = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/// A crate that is compared.
pub struct Peer {
    pub name: &'static str,
    /// Returns the text of a scrape.
    pub scrape: Box<dyn FnMut() -> Vec<u8>>,
}

impl Peer {
    /// Whether a label value with quotes, a backslash and a line break is written as the format
    /// says.
    pub fn escapes(&mut self) -> bool {
        String::from_utf8_lossy(&(self.scrape)()).contains(r#""a\"b\\c\nd""#)
    }
}

/// A label value that has to be escaped.
pub const AWKWARD: &str = "a\"b\\c\nd";

/// The labels of a series.
pub fn labels(number: usize) -> [(&'static str, String); 2] {
    let route = match number {
        0 => AWKWARD.to_owned(),
        _ => format!("/api/v1/items/{number:06}/reviews"),
    };
    [("method", ["GET", "PUT", "POST"][number % 3].to_owned()), ("route", route)]
}

/// The values that a series gets.
pub fn values(number: usize) -> impl Iterator<Item = u64> {
    (0..20).map(move |step| (number as u64 * 31 + step * 37) % 700)
}
