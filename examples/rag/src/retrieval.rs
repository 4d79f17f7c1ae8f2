//! Finds the passages that match a question best: Okapi BM25 over their words.

use std::collections::HashMap;

use crate::documents::Passage;

/// `K1` limits the weight of repeated words, and `B` sets how much the length of a passage reduces
/// its score. Both have the usual values.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// Passages, and how often each contains each word.
pub struct Index {
    passages: Vec<Passage>,
    /// For each passage: how often it contains each word.
    counts: Vec<HashMap<String, usize>>,
    /// For each word: how many passages contain it.
    passages_with: HashMap<String, usize>,
    mean_length: f64,
}

impl Index {
    /// Counts the words of the passages.
    pub fn new(passages: Vec<Passage>) -> Self {
        let counts: Vec<_> = passages.iter().map(|p| count(&[&p.title, &p.text])).collect();
        let mut passages_with = HashMap::new();
        for word in counts.iter().flat_map(HashMap::keys) {
            *passages_with.entry(word.clone()).or_default() += 1;
        }
        let length: usize = counts.iter().map(length).sum();
        let mean_length = length as f64 / passages.len().max(1) as f64;
        Self { passages, counts, passages_with, mean_length }
    }

    /// The passages that match `question`, the best match first, at most `most` of them. A passage
    /// without a word of the question does not match.
    pub fn search(&self, question: &str, most: usize) -> Vec<&Passage> {
        let words: Vec<_> = words(question).collect();
        let scores = self.counts.iter().map(|counts| self.score(&words, counts));
        let mut hits: Vec<_> =
            scores.zip(&self.passages).filter(|(score, _)| *score > 0.0).collect();
        hits.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        hits.into_iter().take(most).map(|(_, passage)| passage).collect()
    }

    fn score(&self, words: &[String], counts: &HashMap<String, usize>) -> f64 {
        let size = 1.0 - B + B * length(counts) as f64 / self.mean_length;
        let score = |word: &String| {
            let count = counts.get(word).copied().unwrap_or(0) as f64;
            self.rarity(word) * count * (K1 + 1.0) / (count + K1 * size)
        };
        words.iter().map(score).sum()
    }

    /// The inverse document frequency.
    fn rarity(&self, word: &str) -> f64 {
        let all = self.passages.len() as f64;
        let with = self.passages_with.get(word).copied().unwrap_or(0) as f64;
        ((all - with + 0.5) / (with + 0.5)).ln_1p()
    }
}

fn count(texts: &[&str]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for word in texts.iter().flat_map(|text| words(text)) {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

fn length(counts: &HashMap<String, usize>) -> usize {
    counts.values().sum()
}

/// The words of a text in the form in which they are compared: lower case, and without an `s` at
/// the end.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
    words.map(|word| {
        let word = word.to_lowercase();
        word.strip_suffix('s').map(str::to_owned).unwrap_or(word)
    })
}
