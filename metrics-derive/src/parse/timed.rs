//! The arguments of `#[timed(…)]`.
//!
//! Values are expressions, which may contain commas. So the entries are read one after the other.
//! If one cannot be read, the parser skips to the next comma.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, ExprCall, FieldValue, Ident, Index, Member, Path, Token};

use crate::diagnostics::Diagnostics;
use crate::parse::compact::compact;
use crate::parse::share::{not_a_share, share};
use crate::parse::slot::Slot;
use crate::parse::ungrouped::ungrouped;
use crate::suggest::{closest, quoted_list};

const KEYS: [&str; 10] = [
    "count",
    "in_flight",
    "busy",
    "sample",
    "ok_if",
    "error_if",
    "none_is_error",
    "objective",
    "skip",
    "crate",
];
/// The options whose value is a closure.
const KEYS_OF_CLOSURES: [&str; 2] = ["ok_if", "error_if"];
const METRIC: &str = "ShopMetrics::RequestDuration { endpoint: Endpoint::Search }";

pub(crate) struct TimedArguments {
    /// The metric that the time is recorded in; `None` for `function.duration`.
    pub(crate) metric: Option<MetricReference>,
    pub(crate) count: Slot<MetricReference>,
    pub(crate) in_flight: Slot<MetricReference>,
    /// Its value is `None` for `busy` without a metric: the polls are measured in place of the
    /// whole time.
    pub(crate) busy: Slot<Option<MetricReference>>,
    /// The `N` of `sample = 1/N`.
    pub(crate) sample: Slot<Expr>,
    pub(crate) ok_if: Slot<Expr>,
    pub(crate) error_if: Slot<Expr>,
    pub(crate) none_is_error: Slot<()>,
    pub(crate) objectives: Slot<Vec<Expr>>,
    pub(crate) skip: Slot<()>,
    pub(crate) krate: Slot<Path>,
    /// `label = |returned| …`
    pub(crate) computed: Vec<Computed>,
}

/// A variant of a metrics enum, with its labels.
#[derive(Clone)]
pub(crate) struct MetricReference {
    pub(crate) path: Path,
    pub(crate) variant: Ident,
    pub(crate) labels: Vec<FieldValue>,
}

/// A label that is computed from the returned value.
#[derive(Clone)]
pub(crate) struct Computed {
    pub(crate) label: Ident,
    pub(crate) closure: Expr,
}

impl TimedArguments {
    /// `None` if something cannot be read, which is reported then.
    pub(crate) fn parse(cx: &Diagnostics, arguments: TokenStream) -> Option<Self> {
        let mut read = Self {
            metric: None,
            count: Slot::new(),
            in_flight: Slot::new(),
            busy: Slot::new(),
            sample: Slot::new(),
            ok_if: Slot::new(),
            error_if: Slot::new(),
            none_is_error: Slot::new(),
            objectives: Slot::new(),
            skip: Slot::new(),
            krate: Slot::new(),
            computed: Vec::new(),
        };
        let mut complete = true;
        let entries = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if read.read_entry(cx, input).is_none() {
                    complete = false;
                    skip_entry(input);
                } else if !input.is_empty() && !input.peek(Token![,]) {
                    let token: TokenTree = input.parse()?;
                    cx.error(token, "expected a comma, and then the next entry");
                    complete = false;
                    skip_entry(input);
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        };
        if let Err(error) = entries.parse2(arguments) {
            cx.syntax(error);
            return None;
        }
        complete.then_some(read)
    }

    fn read_entry(&mut self, cx: &Diagnostics, input: ParseStream<'_>) -> Option<()> {
        if let Some(key) = key_without_equals_sign(input) {
            match &*key.to_string() {
                "none_is_error" | "skip" => takes_no_value(cx, &key),
                _ => cx.error(&key, format_args!("write `=` after `{key}`, as in `{key} = …`")),
            }
            return None;
        }
        if !is_key(input) {
            let metric = metric(cx, input)?;
            if self.metric.is_some() {
                cx.error(
                    &metric.path,
                    "the time is recorded in one metric only; for a second metric, write \
                     `count = …` to count the calls, or `busy = …` to measure the polls",
                );
                return None;
            }
            self.metric = Some(metric);
            return Some(());
        }
        let key = &input.call(Ident::parse_any).ok()?;
        let word = key.to_string();
        let assigned = input.parse::<Option<Token![=]>>().ok()?.is_some();
        match (word.as_str(), assigned) {
            ("count", true) => self.count.fill(cx, key, Some(metric(cx, input)?)),
            ("in_flight", true) => self.in_flight.fill(cx, key, Some(metric(cx, input)?)),
            ("busy", true) => self.busy.fill(cx, key, Some(Some(metric(cx, input)?))),
            ("busy", false) => self.busy.fill(cx, key, Some(None)),
            ("sample", true) => self.sample.fill(cx, key, Some(share(cx, key, input)?)),
            ("ok_if", true) => self.ok_if.fill(cx, key, Some(value(cx, input)?)),
            ("error_if", true) => self.error_if.fill(cx, key, Some(value(cx, input)?)),
            ("objective", true) => {
                let objectives = match value(cx, input)? {
                    Expr::Array(list) => list.elems.into_iter().collect(),
                    one => vec![one],
                };
                self.objectives.fill(cx, key, Some(objectives));
            }
            ("none_is_error", false) => self.none_is_error.fill(cx, key, Some(())),
            ("skip", false) => self.skip.fill(cx, key, Some(())),
            ("crate", true) => match input.call(Path::parse_mod_style) {
                Ok(path) => self.krate.fill(cx, key, Some(path)),
                Err(error) => {
                    cx.syntax(error);
                    return None;
                }
            },
            ("none_is_error" | "skip", true) => {
                takes_no_value(cx, key);
                return None;
            }
            ("count" | "in_flight", false) => {
                let example = format!("{key} = ShopMetrics::Requests");
                cx.error(key, format_args!("`{key}` takes a metric, as in `{example}`"));
                return None;
            }
            ("sample", false) => {
                not_a_share(cx, key, None);
                return None;
            }
            ("ok_if" | "error_if", false) => {
                let example = format!("{key} = |returned| returned.is_ok()");
                cx.error(key, format_args!("`{key}` takes a closure, as in `{example}`"));
                return None;
            }
            ("objective", false) => {
                let example = "objective = Objective::latency(\"250ms\", 0.99)";
                cx.error(key, format_args!("`objective` takes one, as in `{example}`"));
                return None;
            }
            ("crate", false) => {
                cx.error(key, "`crate` takes a path, as in `crate = my_crate::metrics`");
                return None;
            }
            _ => return self.read_other(cx, key, assigned, input),
        }
        Some(())
    }

    /// Reads `label = |returned| …`, or reports a mistake.
    fn read_other(
        &mut self,
        cx: &Diagnostics,
        key: &Ident,
        assigned: bool,
        input: ParseStream<'_>,
    ) -> Option<()> {
        let value = if assigned { Some(value(cx, input)?) } else { None };
        // A label may be called almost like an option, as `country` and `count` are. A closure is
        // the value of a label, unless the option takes a closure as well.
        let is_closure = matches!(value, Some(Expr::Closure(_)));
        let candidates = if is_closure { &KEYS_OF_CLOSURES[..] } else { &KEYS[..] };
        if let Some(meant) = closest(&key.to_string(), candidates.iter().copied()) {
            let keys = quoted_list(KEYS);
            cx.error(
                key,
                format_args!(
                    "unknown option `{key}`; did you mean `{meant}`? The options are {keys}"
                ),
            );
            return None;
        }
        let Some(Expr::Closure(_)) = value else {
            cx.error(key, self.unknown_option(key, value.as_ref()));
            return None;
        };
        if self.computed.iter().any(|computed| computed.label == *key) {
            cx.error(key, format_args!("`{key}` is given twice; keep one"));
            return None;
        }
        self.computed.extend(value.map(|closure| Computed { label: key.clone(), closure }));
        Some(())
    }

    /// The message for `key = value`, or `key` alone, where `key` is no option and `value` no
    /// closure.
    fn unknown_option(&self, key: &Ident, value: Option<&Expr>) -> String {
        match (&self.metric, value.map(ungrouped)) {
            (None, Some(Expr::Struct(_) | Expr::Path(_))) => format!(
                "unknown option `{key}`; the metric that takes the time stands alone, without \
                 `{key} =`, as in `#[timed({METRIC})]`"
            ),
            (Some(MetricReference { path, .. }), Some(_)) => {
                let path = compact(path);
                format!(
                    "unknown option `{key}`; if it is a label, write its value in the braces, as \
                     in `{path} {{ {key}: … }}`, or compute it from the result with a closure, as \
                     in `{key} = |returned| …`; the options are {}",
                    quoted_list(KEYS)
                )
            }
            _ => format!(
                "unknown option `{key}`; `#[timed]` takes a metric, {}, and closures for labels \
                 that are computed from the result, as in `status = |returned| returned.status()`",
                quoted_list(KEYS)
            ),
        }
    }
}

/// Whether an option comes next, and not a metric. An option is a name in lower case that is not
/// the start of a path.
fn is_key(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let Ok(word) = ahead.call(Ident::parse_any) else { return false };
    if ahead.peek(Token![=]) {
        return true;
    }
    let is_alone = ahead.is_empty() || ahead.peek(Token![,]);
    is_alone && word.unraw().to_string().starts_with(|c: char| c.is_lowercase())
}

/// The option that comes next, if something other than `=` follows it, as in `count: …`.
fn key_without_equals_sign(input: ParseStream<'_>) -> Option<Ident> {
    let ahead = input.fork();
    let word = ahead.call(Ident::parse_any).ok()?;
    let is_path = ahead.peek(Token![::]);
    let is_option = KEYS.contains(&&*word.to_string());
    (is_option && !is_key(input) && !is_path).then_some(word)
}

fn takes_no_value(cx: &Diagnostics, key: &Ident) {
    cx.error(key, format_args!("`{key}` takes no value; write `{key}` alone"));
}

fn value(cx: &Diagnostics, input: ParseStream<'_>) -> Option<Expr> {
    read(cx, input)
}

/// Reads a value from `input`. If that fails, `input` stays where it is.
fn read<T: Parse>(cx: &Diagnostics, input: ParseStream<'_>) -> Option<T> {
    use syn::parse::discouraged::Speculative;
    let ahead = input.fork();
    match ahead.parse() {
        Ok(value) => {
            input.advance_to(&ahead);
            Some(value)
        }
        Err(error) => {
            cx.syntax(error);
            None
        }
    }
}

fn metric(cx: &Diagnostics, input: ParseStream<'_>) -> Option<MetricReference> {
    let expression = value(cx, input)?;
    match ungrouped(&expression) {
        Expr::Path(path) if path.qself.is_none() => {
            let variant = path.path.segments.last()?.ident.clone();
            Some(MetricReference { path: path.path.clone(), variant, labels: Vec::new() })
        }
        Expr::Struct(value) if value.qself.is_none() => {
            if let Some(rest) = &value.dot2_token {
                cx.error(rest, "labels have no default; write each of them");
                return None;
            }
            let variant = value.path.segments.last()?.ident.clone();
            let labels = value.fields.iter().cloned().collect();
            Some(MetricReference { path: value.path.clone(), variant, labels })
        }
        Expr::Call(call) => group(cx, call),
        other => {
            cx.error(other, format_args!("expected a metric or an option, as in `{METRIC}`"));
            None
        }
    }
}

/// `Shop::Requests(at)`: a variant that holds a group of labels.
fn group(cx: &Diagnostics, call: &ExprCall) -> Option<MetricReference> {
    let path = match ungrouped(&call.func) {
        Expr::Path(path) if path.qself.is_none() => Some(&path.path),
        _ => None,
    };
    let variant = path.and_then(|path| Some((path, path.segments.last()?.ident.clone())));
    // A name in lower case is that of a constructor.
    let is_variant = |name: &Ident| name.unraw().to_string().starts_with(char::is_uppercase);
    let Some((path, variant)) = variant.filter(|(_, name)| is_variant(name)) else {
        cx.error(
            call,
            format_args!("write the variant with its labels in braces, as in `{METRIC}`"),
        );
        return None;
    };
    let mut arguments = call.args.iter();
    let (Some(group), None) = (arguments.next(), arguments.next()) else {
        cx.error(
            call,
            format_args!(
                "in parentheses stands one group of labels; write single labels in braces, as in \
                 `{METRIC}`"
            ),
        );
        return None;
    };
    let member = Member::Unnamed(Index { index: 0, span: variant.span() });
    let labels =
        vec![FieldValue { attrs: Vec::new(), member, colon_token: None, expr: group.clone() }];
    Some(MetricReference { path: path.clone(), variant, labels })
}

fn skip_entry(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}
