//! PromQL as a tree.

use std::panic::catch_unwind;
use std::sync::Once;

use promql_parser::parser::value::ValueType;
use promql_parser::parser::{Expr, Function, parse, register_extra_functions};

use super::escapes::quoted_names;
use super::literals::plain_literals;
use super::tokens::{Piece, pieces};

/// The longest expression, in bytes.
const MAX_LENGTH: usize = 64 * 1024;

/// The most operators and opening brackets of an expression. Each of them may be a level of the
/// tree, and whoever walks through the tree needs the stack for it.
const MAX_OPERATORS: usize = 600;

/// Functions of a range that PromQL lacks and VictoriaMetrics has.
const RANGE_FUNCTIONS: [&str; 22] = [
    "ascent_over_time",
    "changes_prometheus",
    "count_eq_over_time",
    "count_gt_over_time",
    "count_le_over_time",
    "count_ne_over_time",
    "default_rollup",
    "delta_prometheus",
    "deriv_fast",
    "descent_over_time",
    "distinct_over_time",
    "first_over_time",
    "increase_prometheus",
    "increase_pure",
    "integrate",
    "lifetime",
    "median_over_time",
    "mode_over_time",
    "range_over_time",
    "rate_over_sum",
    "rollup_rate",
    "tlast_over_time",
];

/// Functions of a vector that PromQL lacks and VictoriaMetrics has.
const VECTOR_FUNCTIONS: [&str; 14] = [
    "alias",
    "interpolate",
    "keep_last_value",
    "label_copy",
    "label_del",
    "label_keep",
    "label_move",
    "prometheus_buckets",
    "range_avg",
    "range_max",
    "range_min",
    "remove_resets",
    "running_sum",
    "union",
];

/// Functions of a number and a vector that PromQL lacks and VictoriaMetrics has.
const NUMBER_FUNCTIONS: [&str; 2] = ["buckets_limit", "histogram_share"];

/// The tree of an expression.
///
/// # Errors
/// The reason why the expression is not read.
pub(super) fn parse_expression(text: &str) -> Result<Expr, String> {
    if text.len() > MAX_LENGTH {
        let length = text.len();
        return Err(format!("it has {length} bytes; the longest that is read is {MAX_LENGTH}"));
    }
    let operators = pieces(text).filter(|piece| may_nest(*piece)).count();
    if operators > MAX_OPERATORS {
        return Err(format!(
            "it has {operators} operators and brackets; the most that are read are {MAX_OPERATORS}"
        ));
    }
    if let Some(number) = endless_duration(text) {
        return Err(format!("`{number}` is no duration"));
    }
    static FUNCTIONS: Once = Once::new();
    FUNCTIONS.call_once(|| {
        // A function that PromQL has by now is known anyway.
        for function in extra_functions() {
            let _ = register_extra_functions(vec![function]);
        }
    });
    let text = quoted_names(text);
    let text = plain_literals(&text);
    // A parser of another version may have a fault that is not known here.
    match catch_unwind(|| parse(&text)) {
        Ok(Ok(expr)) => Ok(expr),
        Ok(Err(reason)) => Err(reason),
        Err(_) => Err("the parser does not support it".to_owned()),
    }
}

fn extra_functions() -> impl Iterator<Item = Function> {
    let of = |names: &'static [&'static str], takes: Vec<ValueType>| {
        // The number of arguments is not checked, nor the types of further ones.
        let function = move |name: &&'static str| {
            Function::new(name, takes.clone(), -1, ValueType::Vector, true)
        };
        names.iter().map(function)
    };
    of(&RANGE_FUNCTIONS, vec![ValueType::Matrix])
        .chain(of(&VECTOR_FUNCTIONS, vec![ValueType::Vector]))
        .chain(of(&NUMBER_FUNCTIONS, vec![ValueType::Scalar, ValueType::Vector]))
}

/// A number where a duration belongs that is none, such as `inf`. The parser would panic.
fn endless_duration(text: &str) -> Option<&str> {
    const LONGEST: f64 = 1e12;
    let mut brackets = 0_usize;
    let mut last = "";
    let signs = pieces(text).filter(|p| !matches!(p, Piece::Blank(_) | Piece::Comment(_)));
    for piece in signs {
        match piece {
            Piece::Sign("[") => brackets += 1,
            Piece::Sign("]") => brackets = brackets.saturating_sub(1),
            // Between `offset` and its number.
            Piece::Sign("+" | "-") => continue,
            Piece::Word(words) if brackets > 0 || last.eq_ignore_ascii_case("offset") => {
                for word in words.split(':') {
                    let is_hexadecimal = word.starts_with("0x") || word.starts_with("0X");
                    let is_long = is_hexadecimal && word.len() > 12;
                    let number = word.parse::<f64>();
                    if is_long || number.is_ok_and(|number| !(0.0..LONGEST).contains(&number)) {
                        return Some(word);
                    }
                }
            }
            _ => {}
        }
        last = piece.text();
    }
    None
}

fn may_nest(piece: Piece<'_>) -> bool {
    match piece {
        Piece::Sign(sign) => "([{+-*/%^<>=!@".contains(sign),
        Piece::Word(word) => {
            ["and", "or", "unless", "atan2", "offset"].iter().any(|o| word.eq_ignore_ascii_case(o))
        }
        _ => false,
    }
}

/// The codes in the comments `# typed-metrics: allow CODE, CODE` of an expression.
pub(super) fn allowed_codes(text: &str) -> Vec<&str> {
    let comments = pieces(text).filter_map(|piece| match piece {
        Piece::Comment(comment) => Some(comment),
        _ => None,
    });
    let codes = comments.filter_map(|comment| {
        let rest = comment.trim_start_matches('#').trim().strip_prefix("typed-metrics:")?;
        rest.trim_start().strip_prefix("allow ")
    });
    let codes = codes.flat_map(|codes| codes.split([',', ' ']));
    codes.filter(|code| !code.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_names_and_functions_of_victoria_metrics_are_read() {
        for text in [
            "sum by (\"http.route\") (rate({\"http.server.duration_seconds_count\"}[5m]))",
            "histogram_quantile(0.9, sum(prometheus_buckets(rate(x_bucket[5m]))) by (le))",
            "increase_pure(x_total[5m])",
            r#"sum by (http\.route) (rate(http\.server\.duration_count{a\.b="c"}[5m]))"#,
            "rate(x[300:0x10] offset -1w) > inf",
            r#"label_replace(x{a=~`b\.c|"`}, "d", "$1", "a", `(\w+)\..*`) > 1_000"#,
            r"sum by (`http.route`) ({`a.b`, c=~`\d+`})",
        ] {
            assert!(parse_expression(text).is_ok(), "{text}: {:?}", parse_expression(text));
        }
    }

    #[test]
    fn hostile_expressions_are_errors() {
        let deep = |open: &str, close: &str, n| format!("{}x{}", open.repeat(n), close.repeat(n));
        for text in [
            deep("(", ")", 100_000),
            deep("abs(", ")", 10_000),
            deep("-", "", 50_000),
            deep("x+", "", 20_000),
            deep("x or ", "", 10_000),
            "x[inf]".to_owned(),
            "x offset inf".to_owned(),
            "x[1e300]".to_owned(),
            "x[5m:NaN]".to_owned(),
            "x[0xFFFFFFFFFFFFFFFFFFFFF]".to_owned(),
            "x offset - Inf".to_owned(),
            "sum(".to_owned(),
            "x{a=~\"(\"}".to_owned(),
            "\"".to_owned(),
            "\"\\".to_owned(),
            "x{\"\\u12\"}".to_owned(),
            String::new(),
            "\0".to_owned(),
        ] {
            assert!(parse_expression(&text).is_err(), "{}", text.get(..60).unwrap_or(&text));
        }
        for text in [deep("(", ")", 500), deep("x+", "", 500), deep("-", "", 500)] {
            assert!(parse_expression(&text).is_ok());
        }
    }

    #[test]
    fn comments_allow_rules() {
        let text = "x # typed-metrics: allow raw-counter, unknown-label\n+ y # by me\n";
        assert_eq!(allowed_codes(text), ["raw-counter", "unknown-label"]);
        assert!(allowed_codes("x{a=\"# typed-metrics: allow raw-counter\"}").is_empty());
    }
}
