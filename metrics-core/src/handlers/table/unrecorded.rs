//! The lines of the table about metrics that were never recorded.

use super::text::{self, ELLIPSIS};

/// The line is not wider than this, however much width there is.
const WIDEST: usize = 100;

/// Where one line has no room for a name, at most so many lines are taken.
const MOST_LINES: usize = 3;

/// Names of the framework's own metrics. They count failures, so silence is their normal state.
const OF_THE_FRAMEWORK: &str = "typed_metrics.";

/// How many of the metrics named `names` there are, and as many names as fit into a line of
/// `width`, or into three lines if not even one name fits. Metrics of the framework itself are left
/// out.
pub(super) fn summary(names: &[&str], width: usize) -> Vec<String> {
    let room = width.min(WIDEST);
    let of_the_program = |name: &&str| !name.starts_with(OF_THE_FRAMEWORK);
    let names: Vec<&str> = names.iter().copied().filter(of_the_program).collect();
    let count = match names.len() {
        0 => return Vec::new(),
        1 => "1 metric was never recorded".to_owned(),
        many => format!("{many} metrics were never recorded"),
    };
    let naming = |named: usize| {
        let list = names[..named].join(", ");
        let text = match names.len() - named {
            0 => format!("{count}: {list}"),
            more => format!("{count}: {list}, {ELLIPSIS} and {more} more"),
        };
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        text::wrap(&words, " ", room)
    };
    let most = names.len().min(WIDEST);
    let in_lines = |most_lines| {
        (1..=most).rev().map(naming).find(|lines: &Vec<String>| lines.len() <= most_lines)
    };
    let lines = in_lines(1).or_else(|| in_lines(MOST_LINES));
    // One long name may need more lines. It is not left out.
    lines.unwrap_or_else(|| naming(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_names_as_fit_are_in_the_line() {
        let names = ["function.duration", "llm.cost", "llm.input_tokens", "llm.output_tokens"];
        let line = |count, width| summary(&names[..count], width).join("\n");
        assert_eq!(line(0, 80), "");
        assert_eq!(line(1, 80), "1 metric was never recorded: function.duration");
        assert_eq!(
            line(4, usize::MAX),
            "4 metrics were never recorded: \
             function.duration, llm.cost, llm.input_tokens, llm.output_tokens"
        );
        assert_eq!(
            line(4, 80),
            "4 metrics were never recorded: function.duration, llm.cost, … and 2 more"
        );
        assert_eq!(line(4, 64), "4 metrics were never recorded: function.duration, … and 3 more");
        assert_eq!(
            line(4, 50),
            "4 metrics were never recorded: function.duration,\n  \
             llm.cost, llm.input_tokens, llm.output_tokens"
        );
        assert_eq!(
            line(4, 30),
            "4 metrics were never recorded:\n  function.duration, llm.cost,\n  … and 2 more"
        );
        assert_eq!(
            line(4, 20),
            "4 metrics were never\n  recorded:\n  function.duration,\n  … and 3 more"
        );
    }

    #[test]
    fn metrics_of_the_framework_are_left_out() {
        let line = |names: &[&str]| summary(names, 80).join("\n");
        assert_eq!(line(&["typed_metrics.otlp.dropped"]), "");
        assert_eq!(
            line(&["shop.requests", "typed_metrics.otlp.dropped", "typed_metrics_of_mine"]),
            "2 metrics were never recorded: shop.requests, typed_metrics_of_mine"
        );
    }

    #[test]
    fn the_line_stays_readable_where_the_width_is_unlimited() {
        let names: Vec<String> = (0..500).map(|i| format!("plugin.metric_{i:03}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let line = summary(&names, usize::MAX).join("\n");
        assert_eq!(
            line,
            "500 metrics were never recorded: \
             plugin.metric_000, plugin.metric_001, … and 498 more"
        );
    }
}
