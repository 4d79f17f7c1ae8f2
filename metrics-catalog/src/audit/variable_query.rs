//! The queries of variables, and the values that a dashboard tells.

use super::query::QueryKind;
use super::variables::Values;

/// The query of a variable, as Grafana's data source for Prometheus reads it; `None` if it asks
/// for no series.
pub(super) fn variable_query(text: &str) -> Option<QueryKind> {
    let text = text.trim();
    let arguments = |function: &str| {
        let rest = text.strip_prefix(function)?.trim_start().strip_prefix('(')?;
        Some(rest.trim_end().strip_suffix(')')?.trim())
    };
    if let Some(arguments) = arguments("label_values") {
        let (selector, label) = arguments.rsplit_once(',')?;
        let label = label.trim().trim_matches('"').to_owned();
        return Some(QueryKind::LabelValues { selector: selector.trim().to_owned(), label });
    }
    if let Some(expression) = arguments("query_result") {
        return Some(QueryKind::Expression(expression.to_owned()));
    }
    if let Some(pattern) = arguments("metrics") {
        let pattern = pattern.replace('\\', "\\\\").replace('"', "\\\"");
        // Grafana searches for the pattern anywhere in the name.
        let selector = format!("{{__name__=~\".*(?:{pattern}).*\"}}");
        return Some(QueryKind::LabelValues { selector, label: "__name__".to_owned() });
    }
    if text.is_empty() || arguments("label_names").is_some() {
        return None;
    }
    // Anything else is a query for series.
    Some(QueryKind::LabelValues { selector: text.to_owned(), label: "__name__".to_owned() })
}

/// The values of a variable of the type `constant`, `interval` or `custom`.
pub(super) fn values(variable_type: Option<&str>, query: Option<&str>) -> Values {
    let known = query.and_then(|query| match variable_type? {
        "constant" => Some(Values::Constant(query.to_owned())),
        "interval" => {
            let first = query.split(',').find(|each| *each != "auto")?;
            Some(Values::Duration(first.trim().to_owned()))
        }
        "custom" => Some(Values::Options(options(query))),
        _ => None,
    });
    known.unwrap_or(Values::Unknown)
}

/// The values of a custom variable: `a, b`, or `Text : a, Text : b`.
fn options(query: &str) -> Vec<String> {
    let values = query.split(',').map(|option| {
        let option = option.trim();
        option.split_once(" : ").map_or(option, |(_, value)| value).to_owned()
    });
    values.filter(|value| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_of_variables_are_understood() {
        let read = |text: &str| match variable_query(text) {
            None => "nothing".to_owned(),
            Some(QueryKind::Expression(expression)) => expression,
            Some(QueryKind::LabelValues { selector, label }) => format!("{selector} -> {label}"),
        };
        let cases = [
            ("label_values(route)", "nothing"),
            ("label_values(x{a=\"b,c\"}, route)", "x{a=\"b,c\"} -> route"),
            ("label_values({\"http.x\"}, \"http.route\")", "{\"http.x\"} -> http.route"),
            ("query_result(topk(5, x))", "topk(5, x)"),
            ("metrics(shop_.*)", "{__name__=~\".*(?:shop_.*).*\"} -> __name__"),
            ("label_names()", "nothing"),
            ("x{a=\"b\"}", "x{a=\"b\"} -> __name__"),
            ("", "nothing"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
