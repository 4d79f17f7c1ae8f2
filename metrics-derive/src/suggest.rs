//! The words that a message suggests.

/// The candidate that `word` is most likely a misspelling of.
pub(crate) fn closest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let word = word.to_lowercase();
    let distance = |candidate: &str| strsim::osa_distance(&word, &candidate.to_lowercase());
    candidates
        .into_iter()
        .map(|candidate| (distance(candidate), candidate))
        // Up to a third of the letters may be wrong: `histogramm`, `uint`, `bucket`.
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn quoted_list<'c>(words: impl IntoIterator<Item = &'c str>) -> String {
    let mut words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.pop() {
        None => String::new(),
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} and {last}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspellings_are_recognised_and_other_words_are_not() {
        let keys = ["unit", "name", "buckets", "description"];
        assert_eq!(closest("uint", keys), Some("unit"));
        assert_eq!(closest("bucket", keys), Some("buckets"));
        assert_eq!(closest("desc", keys), None);
        assert_eq!(closest("UNIT", keys), Some("unit"));
    }

    #[test]
    fn lists_read_like_a_sentence() {
        assert_eq!(quoted_list(["a"]), "`a`");
        assert_eq!(quoted_list(["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
