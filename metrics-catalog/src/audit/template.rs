//! The labels that legends and alerts show.

use super::query::Template;

impl Template {
    /// Each label that the template shows, with the text that shows it.
    pub(super) fn labels(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Legend(text) => expressions(text).filter_map(legend_label).collect(),
            Self::Alert(text) => expressions(text).flat_map(alert_labels).collect(),
        }
    }
}

/// The parts in double braces, with these.
fn expressions(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find("{{")?;
        let length = rest[start..].find("}}")? + 2;
        let found = &rest[start..start + length];
        rest = &rest[start + length..];
        Some(found)
    })
}

fn legend_label(text: &str) -> Option<(&str, &str)> {
    let label = text.trim_start_matches('{').trim_end_matches('}').trim();
    // The label may be the value of a variable.
    let is_known = !label.is_empty() && !label.contains('$') && !label.starts_with("[[");
    is_known.then_some((label, text))
}

/// `$labels.name` and `.Labels.name`. Labels in other forms are not found.
fn alert_labels(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let starts = ["$labels.", ".Labels."].into_iter().flat_map(|start| text.match_indices(start));
    starts.filter_map(|(at, start)| {
        let name = &text[at + start.len()..];
        let length = name.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
        let name = &name[..length.unwrap_or(name.len())];
        (!name.is_empty()).then(|| (name, &text[at..at + start.len() + name.len()]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found_where_they_are_shown() {
        let legend = Template::Legend("{{ route }} of {{http.method}}, {{}} {{$by}} {{".into());
        let expected = [("route", "{{ route }}"), ("http.method", "{{http.method}}")];
        assert_eq!(legend.labels(), expected);
        let alert = Template::Alert(
            "{{ $labels.route | title }} {{ with .Labels.a }}{{ . }}{{ end }} $labels.x".into(),
        );
        assert_eq!(alert.labels(), [("route", "$labels.route"), ("a", ".Labels.a")]);
    }
}
