//! The documents of this project, split into passages.

/// A section of a document.
pub struct Passage {
    /// The document and the heading.
    pub title: String,
    /// The text below the heading.
    pub text: String,
}

const DOCUMENTS: &[(&str, &str)] = &[
    ("README", include_str!("../../../README.md")),
    ("ARCHITECTURE", include_str!("../../../ARCHITECTURE.md")),
    ("guide::cost", include_str!("../../../src/guide/cost.rs")),
    ("guide::declaring", include_str!("../../../src/guide/declaring.rs")),
    ("guide::handlers", include_str!("../../../src/guide/handlers.rs")),
    ("guide::histograms", include_str!("../../../src/guide/histograms.rs")),
    ("guide::labels", include_str!("../../../src/guide/labels.rs")),
    ("guide::llm", include_str!("../../../src/guide/llm.rs")),
    ("guide::recording", include_str!("../../../src/guide/recording.rs")),
    ("guide::runtime", include_str!("../../../src/guide/runtime.rs")),
    ("guide::testing", include_str!("../../../src/guide/testing.rs")),
];

/// All sections of all documents.
pub fn passages() -> Vec<Passage> {
    DOCUMENTS.iter().flat_map(|(document, text)| sections(document, text)).collect()
}

/// The sections of a document, without code and tables, which do not read well in an answer.
fn sections(document: &str, text: &str) -> Vec<Passage> {
    let mut sections = vec![Passage { title: document.to_owned(), text: String::new() }];
    let mut is_code = false;
    // The pages of the guide are Rust comments.
    for line in text.lines().map(|line| line.trim_start_matches("//!").trim()) {
        if line.starts_with("```") {
            is_code = !is_code;
            continue;
        }
        if is_code || line.starts_with('|') {
            continue;
        }
        if line.starts_with('#') {
            let title = format!("{document}: {}", line.trim_start_matches(['#', ' ']));
            sections.push(Passage { title, text: String::new() });
        } else if let Some(section) = sections.last_mut() {
            section.text.push_str(line);
            section.text.push(if line.is_empty() { '\n' } else { ' ' });
        }
    }
    sections.retain(|section| !section.text.trim().is_empty());
    sections
}
