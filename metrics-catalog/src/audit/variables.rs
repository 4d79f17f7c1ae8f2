//! The variables of a dashboard, and expressions without them.

use super::expression::parse_expression;
use super::tokens::{Piece, pieces};
use promql_parser::parser::Expr;

/// Every name with this part stands for a variable whose value is not known.
const MARK: &str = "variable__";

/// A variable of a dashboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) values: Values,
}

/// The values of a variable, as far as the dashboard tells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Values {
    /// Always this text.
    Constant(String),
    /// One of these texts, or several.
    Options(Vec<String>),
    /// Durations, and this is one of them.
    Duration(String),
    /// They come from the data source or from the user.
    Unknown,
}

/// The variables of a dashboard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Variables(pub(super) Vec<Variable>);

/// The stand-in for a variable that Grafana would replace by a name, a number, a duration or the
/// name of a function, where the place does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guess {
    Name,
    Number,
    Duration,
}

impl Variables {
    /// The tree of an expression whose variables are replaced.
    ///
    /// # Errors
    /// The reason why the expression cannot be read, whatever its variables are.
    pub(super) fn parse(&self, expression: &str) -> Result<Expr, String> {
        let first = parse_expression(&self.replace(expression, Guess::Name));
        if first.is_ok() || !expression.contains(['$', '[']) {
            return first;
        }
        let guesses = [Guess::Number, Guess::Duration].into_iter();
        let mut others = guesses.map(|guess| parse_expression(&self.replace(expression, guess)));
        others.find(Result::is_ok).unwrap_or(first)
    }

    /// The values of the variable that `text` stands for, if they are known.
    pub(super) fn options(&self, text: &str) -> Option<&[String]> {
        let variable = self.0.iter().find(|variable| stand_in(&variable.name) == text)?;
        match &variable.values {
            Values::Options(values) => Some(values),
            _ => None,
        }
    }

    fn replace(&self, expression: &str, guess: Guess) -> String {
        let mut replaced = String::with_capacity(expression.len());
        let mut brackets = 0_usize;
        // For each open parenthesis, whether a list of labels is inside.
        let mut parentheses = Vec::new();
        let whole: Vec<Piece<'_>> = with_variables(expression);
        for (at, piece) in whole.iter().enumerate() {
            match piece {
                Piece::Text(text) => self.replace_in_text(text, &mut replaced),
                Piece::Comment(_) => {}
                Piece::Sign(sign) if is_variable(sign) => {
                    let next = whole[at + 1..].iter().find(|p| !matches!(p, Piece::Blank(_)));
                    let last = last_before(&whole, at);
                    let place = Place {
                        in_brackets: brackets > 0,
                        in_labels: parentheses.last() == Some(&true),
                        joined: at > 0 && matches!(whole[at - 1], Piece::Word(_))
                            || matches!(whole.get(at + 1), Some(Piece::Word(_))),
                        next: next.map_or("", |piece| piece.text()),
                        last,
                    };
                    replaced.push_str(&self.stand_in_for(name_of(sign), &place, guess));
                }
                piece => {
                    match piece.text() {
                        "[" => brackets += 1,
                        "]" => brackets = brackets.saturating_sub(1),
                        "(" => parentheses.push(takes_labels(last_before(&whole, at))),
                        ")" => drop(parentheses.pop()),
                        _ => {}
                    }
                    replaced.push_str(piece.text());
                }
            }
        }
        replaced
    }

    /// Variables in a text become marks, unless the text is always the same.
    fn replace_in_text(&self, text: &str, replaced: &mut String) {
        let mut rest = text;
        while let Some((before, variable, after)) = next_variable(rest) {
            replaced.push_str(before);
            let name = name_of(variable);
            match self.find(name) {
                Some(Values::Constant(value)) => replaced.push_str(value),
                _ => match built_in(name) {
                    Some(value) => replaced.push_str(value),
                    None => replaced.push_str(&stand_in(name)),
                },
            }
            rest = after;
        }
        replaced.push_str(rest);
    }

    fn find(&self, name: &str) -> Option<&Values> {
        let variable = self.0.iter().find(|variable| variable.name == name);
        variable.map(|variable| &variable.values)
    }

    fn stand_in_for(&self, name: &str, place: &Place<'_>, guess: Guess) -> String {
        if let Some(value) = built_in(name) {
            return value.to_owned();
        }
        match self.find(name) {
            Some(Values::Constant(value) | Values::Duration(value)) => return value.clone(),
            Some(Values::Options(values)) if place.in_labels && !place.joined => {
                return values.join(", ");
            }
            Some(Values::Options(values)) if !values.is_empty() && !place.joined => {
                return values[0].clone();
            }
            _ => {}
        }
        let name = stand_in(name);
        match place {
            _ if place.in_brackets && place.joined => "300".to_owned(),
            _ if place.in_brackets || place.last.eq_ignore_ascii_case("offset") => "5m".to_owned(),
            _ if place.joined => name,
            _ if place.next == "(" || matches!(place.next, "by" | "without") => "sum".to_owned(),
            // A list of matchers.
            _ if matches!(place.last, "{" | ",") && place.next == "}" => format!("{name}=\"\""),
            _ => match guess {
                Guess::Name => name,
                Guess::Number => "1".to_owned(),
                Guess::Duration => "5m".to_owned(),
            },
        }
    }
}

/// The surroundings of a variable.
struct Place<'a> {
    in_brackets: bool,
    in_labels: bool,
    /// Whether the variable is a part of a name or a number.
    joined: bool,
    next: &'a str,
    last: &'a str,
}

/// The last piece before a place that is not blank.
fn last_before<'e>(pieces: &[Piece<'e>], at: usize) -> &'e str {
    let last = pieces[..at].iter().rfind(|piece| !matches!(piece, Piece::Blank(_)));
    last.map_or("", |piece| piece.text())
}

/// Whether a list of labels follows the word.
fn takes_labels(word: &str) -> bool {
    ["by", "without", "on", "ignoring", "group_left", "group_right"]
        .iter()
        .any(|keyword| word.eq_ignore_ascii_case(keyword))
}

/// Whether a name, or a text, stands for a variable or contains one.
pub(super) fn is_stand_in(text: &str) -> bool {
    text.contains(MARK)
}

fn stand_in(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("{MARK}{name}")
}

/// The value of a variable that Grafana defines.
fn built_in(name: &str) -> Option<&'static str> {
    Some(match name {
        "__interval" | "__rate_interval" | "__range" => "5m",
        "__range_s" | "__interval_s" => "300",
        "__interval_ms" | "__rate_interval_ms" | "__range_ms" => "300000",
        "__from" | "__to" => "1700000000000",
        _ if name.starts_with("__auto_interval") => "5m",
        _ => return None,
    })
}

/// The pieces of an expression. A variable outside of texts is one sign.
fn with_variables(expression: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut rest = expression;
    while let Some(piece) = pieces(rest).next() {
        let is_start = matches!(piece, Piece::Sign("$" | "["));
        let variable = if is_start { variable_at(rest) } else { None };
        let piece = variable.map_or(piece, Piece::Sign);
        rest = &rest[piece.text().len()..];
        all.push(piece);
    }
    all
}

fn is_variable(sign: &str) -> bool {
    sign.len() > 1 && sign.starts_with(['$', '['])
}

/// The text before the first variable of a text, the variable, and the text after it.
fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let mut starts = text.match_indices(['$', '[']);
    let (at, variable) = starts.find_map(|(at, _)| Some((at, variable_at(&text[at..])?)))?;
    Some((&text[..at], variable, &text[at + variable.len()..]))
}

/// The variable with which a text begins: `$name`, `${name:format}` or `[[name:format]]`.
fn variable_at(text: &str) -> Option<&str> {
    let (open, close) = if text.starts_with("${") {
        ("${", "}")
    } else if text.starts_with("[[") {
        ("[[", "]]")
    } else {
        let name = text.strip_prefix('$')?;
        let length = name.find(|c: char| !is_name(c)).unwrap_or(name.len());
        // `$1` belongs to a regular expression.
        let is_name = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
        return is_name.then(|| &text[..=length]);
    };
    let inside = text.strip_prefix(open)?;
    let inside = &inside[..inside.find(close)?];
    let name = inside.split([':', '.']).next()?;
    let is_valid = !name.is_empty() && name.chars().all(is_name);
    is_valid.then(|| &text[..open.len() + inside.len() + close.len()])
}

fn is_name(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

fn name_of(variable: &str) -> &str {
    let name = variable.trim_start_matches(['$', '{', '[']);
    name.split(|c: char| !is_name(c)).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Variables {
        let variable = |name: &str, values| Variable { name: name.into(), values };
        let options = |all: &[&str]| Values::Options(all.iter().map(|s| (*s).to_owned()).collect());
        Variables(vec![
            variable("route", Values::Unknown),
            variable("method", options(&["GET", "POST"])),
            variable("agg", options(&["max", "avg"])),
            variable("app", Values::Constant("shop".into())),
            variable("window", Values::Duration("1m".into())),
        ])
    }

    #[test]
    fn variables_become_texts_that_the_parser_reads() {
        let cases = [
            ("rate(x[$__rate_interval])", "rate(x[5m])"),
            ("rate(x[${__range_s}s:$window])", "rate(x[300s:1m])"),
            ("rate(x[[[window]]])", "rate(x[1m])"),
            ("x{route=~\"${route:regex}\"}", "x{route=~\"variable__route\"}"),
            ("x{a=\"$app-$method\"}", "x{a=\"shop-variable__method\"}"),
            ("x{a=~\"b$\", c=~\"[[route]]|z\"}", "x{a=~\"b$\", c=~\"variable__route|z\"}"),
            ("$agg by ($by) (${app}_orders)", "max by (variable__by) (shop_orders)"),
            ("$unknown(x)", "sum(x)"),
            ("sum by ($agg, b) (x)", "sum by (max, avg, b) (x)"),
            ("${route}_total{}", "variable__route_total{}"),
            ("x{$filters}", "x{variable__filters=\"\"}"),
            ("x{a=\"b\", $filters}", "x{a=\"b\", variable__filters=\"\"}"),
            ("x offset $back", "x offset 5m"),
            ("x # $comment\n", "x \n"),
            (
                "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")",
                "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(variables().replace(text, Guess::Name), expected);
            assert!(parse_expression(expected).is_ok(), "{expected}");
        }
    }

    #[test]
    fn a_variable_may_be_a_number() {
        for text in ["topk($n, x)", "histogram_quantile($q, x_bucket)", "x > $limit", "$n"] {
            assert!(variables().parse(text).is_ok(), "{text}");
        }
        assert!(variables().parse("topk($n, ").is_err());
    }

    #[test]
    fn known_values_are_found_by_the_stand_in() {
        let all = variables();
        assert_eq!(
            all.options("variable__method"),
            Some(&["GET".to_owned(), "POST".to_owned()][..])
        );
        assert_eq!(all.options("variable__route"), None);
        assert!(is_stand_in("variable__route|z"));
    }
}
