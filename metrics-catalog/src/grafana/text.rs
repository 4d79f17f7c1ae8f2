//! Titles and identifiers.

use crate::entry::Entry;

/// The words of a name as a title: `request_duration` and `RequestDuration` are both `Request
/// duration`.
pub(super) fn title(name: &str) -> String {
    let mut title = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let starts_word = c.is_uppercase() && (before.is_lowercase() || before.is_numeric())
            || c.is_uppercase()
                && before.is_uppercase()
                && rest.peek().is_some_and(|next| next.is_lowercase());
        if (starts_word || matches!(c, '_' | '.' | '-' | ' '))
            && !title.is_empty()
            && !title.ends_with(' ')
        {
            title.push(' ');
        }
        if !matches!(c, '_' | '.' | '-' | ' ') {
            let ends_acronym = c.is_uppercase() && rest.peek().is_none_or(|c| !c.is_lowercase());
            if title.is_empty() {
                title.extend(c.to_uppercase());
            } else if ends_acronym {
                title.push(c);
            } else {
                title.extend(c.to_lowercase());
            }
        }
        before = c;
    }
    title.trim().to_owned()
}

/// The title of an enum: its name without the last word `Metrics`.
pub(super) fn enum_title(name: &str) -> String {
    let short = name.strip_suffix("Metrics").filter(|short| !short.is_empty()).unwrap_or(name);
    title(short)
}

/// The title of a metric: the name of its variant, or its own name.
pub(super) fn metric_title(entry: &Entry) -> String {
    match entry.source().item.split_once("::") {
        Some((_, variant)) => title(variant),
        None => title(entry.name()),
    }
}

/// The description of a metric as the first part of a panel's description.
pub(super) fn description(entry: &Entry) -> String {
    let begin = match entry.description() {
        "" => String::new(),
        description => format!("{description}\n\n"),
    };
    let unit = match entry.unit() {
        "" => String::new(),
        unit => format!(", in `{unit}`"),
    };
    let plain = |name: &str| name.replace('`', "'");
    let old = entry.was().map_or_else(String::new, |old| format!(". Old name: `{}`", plain(old)));
    format!("{begin}Metric: `{}`{unit}{old}", plain(entry.name()))
}

/// A file's name: the lower-case words of a title, with `-` between them.
pub(super) fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    if slug.is_empty() { format!("dashboard-{:08x}", hash(title) >> 32) } else { slug }
}

/// A dashboard's title: the program's name, and the title of the page unless it is the same.
pub(super) fn dashboard_title(program: Option<&str>, page: &str) -> String {
    match program {
        Some(program) if program != page => format!("{program}: {page}"),
        _ => page.to_owned(),
    }
}

/// A dashboard's identity, which is the same in every run and on every machine.
pub(super) fn uid(program: Option<&str>, page: &str) -> String {
    // No name has this character, so no two pages of two programs are the same text.
    let text = program.map_or_else(|| page.to_owned(), |program| format!("{program}\u{0}{page}"));
    format!("tm-{:016x}", hash(&text))
}

/// The hash FNV-1a of 64 bits (<https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>).
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_titles() {
        let cases = [
            ("RequestDuration", "Request duration"),
            ("request_duration", "Request duration"),
            ("http.server.request", "Http server request"),
            ("SystemCpu", "System cpu"),
            ("HTTPRequests", "HTTP requests"),
            ("P99Latency", "P99 latency"),
            ("__x__", "X"),
            ("", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(title(name), expected, "{name}");
        }
        assert_eq!(enum_title("ShopMetrics"), "Shop");
        assert_eq!(enum_title("Metrics"), "Metrics");
    }

    #[test]
    fn a_program_is_a_part_of_the_title_and_of_the_identity() {
        let page = "Process and host";
        assert_eq!(dashboard_title(Some("Shop"), page), "Shop: Process and host");
        assert_eq!(dashboard_title(Some("Shop"), "Shop"), "Shop");
        assert_eq!(dashboard_title(None, page), page);
        let identities = [uid(None, page), uid(Some("Shop"), page), uid(Some("Bank"), page)];
        let different: std::collections::BTreeSet<_> = identities.iter().collect();
        assert_eq!(different.len(), 3);
        // Without a program, the identity is the one of the title.
        assert_eq!(uid(None, ""), "tm-cbf29ce484222325");
        assert_ne!(uid(Some("Shop"), "Shop"), uid(None, "Shop"));
    }

    #[test]
    fn files_depend_on_the_title_alone() {
        assert_eq!(slug("Process and host"), "process-and-host");
        assert!(slug("Größe/../x").starts_with("gr-e-x"));
        assert!(slug("日本").starts_with("dashboard-"));
        assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
