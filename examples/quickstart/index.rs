//! An inverted index: the documents that contain a word, and how often they do.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

#[derive(Default)]
pub(crate) struct Index {
    documents: Vec<PathBuf>,
    /// For each word: the documents that contain the word, and how often they do.
    postings: BTreeMap<String, BTreeMap<usize, usize>>,
}

/// A document that answers a query, and how often it contains the words.
pub(crate) struct Hit<'a> {
    pub(crate) document: &'a Path,
    pub(crate) count: usize,
}

impl Index {
    pub(crate) fn add(&mut self, path: PathBuf, text: &str) {
        let document = self.documents.len();
        self.documents.push(path);
        let mut counts: HashMap<String, usize> = HashMap::new();
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2) {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        }
        for (word, count) in counts {
            self.postings.entry(word).or_default().insert(document, count);
        }
    }

    /// The documents that contain all words of `query`, those with the most occurrences first.
    pub(crate) fn search(&self, query: &str) -> Vec<Hit<'_>> {
        let postings: Option<Vec<_>> =
            query.split_whitespace().map(|word| self.postings.get(word)).collect();
        let Some((first, others)) = postings.as_deref().and_then(<[_]>::split_first) else {
            return Vec::new();
        };
        let score = |(document, count): (&usize, &usize)| {
            let counts = others.iter().map(|posting| posting.get(document).copied());
            let others = counts.sum::<Option<usize>>()?;
            Some(Hit { document: &self.documents[*document], count: count + others })
        };
        let mut hits: Vec<_> = first.iter().filter_map(score).collect();
        hits.sort_by(|a, b| b.count.cmp(&a.count).then(a.document.cmp(b.document)));
        hits
    }

    pub(crate) fn words(&self) -> Vec<&str> {
        self.postings.keys().map(String::as_str).collect()
    }

    /// The memory of words and paths, in bytes.
    pub(crate) fn size(&self) -> usize {
        let paths: usize = self.documents.iter().map(|path| path.as_os_str().len()).sum();
        paths + self.postings.keys().map(String::len).sum::<usize>()
    }
}
