//! Names, values and descriptions that break careless texts.

use fastrand::Rng;
use promql_parser::label::Matchers;
use promql_parser::parser::Expr;
use serde_json::Value;
use typed_metrics_catalog::{Catalog, DashboardSettings, Dialect, RuleSettings, dashboards, rules};
use typed_metrics_core::{Metric, Objective, Outcome, register_metric};
use typed_metrics_derive::{Label, Metrics, timed};

use crate::expressions::{of_dashboard, parse};

#[derive(Clone, Copy, Label)]
#[label(crate = typed_metrics_core)]
#[expect(dead_code, reason = "declarations alone are rendered")]
enum Hostile {
    #[label(name = "a\"b\\c")]
    Quotes,
    #[label(name = "$job ${job} [[job]]")]
    Variables,
    #[label(name = "{{ $value }}, : x")]
    Templates,
    #[label(name = "new\nline\ttab\u{7f}\u{85}\u{feff}\u{202e}")]
    Invisible,
    #[label(name = "größe 日本 😀")]
    Unicode,
}

/// A "quoted" `description` {{ $labels.x }} with $job, [[x]] and <b>markup</b>: # - ' \n &amp; %s
#[derive(Metrics)]
#[metrics(prefix = "hostile", crate = typed_metrics_core)]
#[expect(dead_code, reason = "declarations alone are rendered")]
enum HostileMetrics {
    /// A "quoted" `description` {{ $labels.x }} with $job, [[x]], <b>markup</b>: # - ' \n &amp;.
    #[counter(unit = "{a\"b}")]
    Counted { value: Hostile },
    /// Says: "ok" {{ and }} `ok`.
    #[state]
    State { value: Hostile },
    /// yes
    #[histogram(unit = "s", buckets = [0.5, 1])]
    Timed { value: Hostile, outcome: Outcome },
}

#[timed(
    HostileMetrics::Timed { value: Hostile::Quotes, outcome },
    objective = [Objective::latency("1s", 0.99), Objective::success(0.99)],
    crate = typed_metrics_core
)]
fn slow() {}

fn catalog() -> Catalog {
    slow();
    Catalog::of_program().only(|entry| entry.name().starts_with("hostile."))
}

fn dialects() -> [Dialect; 3] {
    [Dialect::scraped(), Dialect::otlp(), Dialect::mimir()]
}

#[test]
fn hostile_texts_survive_into_dashboards() {
    for dialect in dialects() {
        let settings = DashboardSettings::default().dialect(dialect);
        let documents = dashboards(&catalog(), &settings);
        let document = documents.iter().find(|document| document.path == "grafana/rendered.json");
        let document = document.unwrap();
        let expressions = of_dashboard(document);
        documents.iter().flat_map(of_dashboard).for_each(|expression| _ = parse(&expression));
        // All five states are asked for, as they are.
        let states = expressions.iter().find(|text| text.contains("5 * ")).expect("a timeline");
        let mut values = Vec::new();
        values_of(&parse(states), &mut values);
        for value in ["a\"b\\c", "$job ${job} [[job]]", "{{ $value }}, : x", "größe 日本 😀"]
        {
            assert!(values.iter().any(|found| found == value), "{value} is not in {values:?}");
        }
        let json: Value = serde_json::from_str(&document.text).unwrap();
        let text = json.to_string();
        assert!(text.contains("[[x]], <b>markup</b>"), "{text}");
    }
}

/// The values of all matchers.
fn values_of(expression: &Expr, values: &mut Vec<String>) {
    let mut add = |matchers: &Matchers| {
        values.extend(matchers.matchers.iter().map(|matcher| matcher.value.clone()));
    };
    match expression {
        Expr::VectorSelector(selector) => add(&selector.matchers),
        Expr::MatrixSelector(selector) => add(&selector.vs.matchers),
        Expr::Aggregate(aggregate) => values_of(&aggregate.expr, values),
        Expr::Binary(binary) => {
            values_of(&binary.lhs, values);
            values_of(&binary.rhs, values);
        }
        Expr::Paren(paren) => values_of(&paren.expr, values),
        Expr::Call(call) => call.args.args.iter().for_each(|arg| values_of(arg, values)),
        _ => {}
    }
}

#[test]
fn hostile_texts_survive_into_rules() {
    for dialect in dialects() {
        let settings =
            RuleSettings::default().dialect(dialect).runbook("https://x/{slo}?a={{b}}#c");
        let rules = rules(&catalog(), &settings);
        assert_eq!((rules.documents.len(), rules.left_out.len()), (2, 0));
        for document in &rules.documents {
            let file: Value = serde_saphyr::from_str(&document.text).unwrap();
            assert!(file.is_object());
        }
        assert!(
            rules.documents[0].text.contains(r#"?a={{ "{{" }}b}}#c"#),
            "{}",
            rules.documents[0].text
        );
    }
}

#[test]
fn random_descriptions_and_values_survive() {
    const PARTS: [&str; 20] = [
        "\"", "\\", "\n", "\t", "\0", "{{", "}}", "$job", "[[x]]", "${a}", "`", "'", ": ", "# ",
        "- ", "日本", "😀", "\u{85}", "\u{feff}", "word",
    ];
    let mut rng = Rng::with_seed(16);
    for round in 0..200 {
        let mut text =
            || (0..rng.usize(0..12)).map(|_| PARTS[rng.usize(0..PARTS.len())]).collect::<String>();
        let (description, label) = (text(), text());
        let name = format!("hostile.random{round}");
        let metric = Metric::gauge(&name).description(&description).label("own", &label);
        let metric = register_metric(&name, metric).unwrap();
        let catalog: Catalog = [metric.descriptor()].into_iter().collect();
        let documents = dashboards(&catalog, &DashboardSettings::default());
        for document in &documents {
            let json: Value = serde_json::from_str(&document.text).unwrap();
            let shown = json["panels"][1]["description"].as_str().unwrap();
            let begin = catalog.get(&name).unwrap().description();
            assert!(shown.starts_with(begin), "round {round}: {shown:?}");
            of_dashboard(document).iter().for_each(|expression| _ = parse(expression));
        }
    }
}
