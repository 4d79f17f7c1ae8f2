//! The dashboard of LLM calls.

use super::context::{Context, legend};
use super::drawn::Drawn;
use super::kinds::{PERCENTILES, described, percentiles};
use super::layout::Section;
use super::panel::Draft;
use super::unit::Unit;
use crate::entry::Entry;
use crate::promql::expression::{RATE_INTERVAL, WHOLE_RANGE, largest};

pub(super) fn sections(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Vec<Section> {
    vec![
        overview(context, drawn),
        calls(context, drawn),
        latency(context, drawn),
        tokens(context, drawn),
        cost(context, drawn),
        conventions(context, drawn),
        conventions_v1_41(context, drawn),
    ]
}

fn overview(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let (mut stats, mut groups) = (Vec::new(), Vec::new());
    if let Some(entry) = drawn.metric("llm_calls") {
        let series = context.series(entry);
        let rate = series.rate(&[], RATE_INTERVAL);
        let calls = Draft::stat("Calls", &Unit::measurements()).query(rate, "calls");
        let share = series.failure_share(&[], RATE_INTERVAL);
        let failures = Draft::stat("Failures", &Unit::share()).query_if(share, "failures");
        stats.push(described(context, entry, calls));
        stats.push(described(context, entry, failures.red_from(0.05)));
    }
    let quantiles = [
        ("time_to_first_token", "First token, p95", 0.95),
        ("prompt_throughput", "Whole answer, p95", 0.95),
        ("token_throughput", "Tokens per second, median", 0.5),
    ];
    for (name, title, quantile) in quantiles {
        let Some(entry) = drawn.metric(name) else { continue };
        let expr = context.series(entry).quantile(quantile, &[], RATE_INTERVAL);
        let stat = Draft::stat(title, &Unit::of(entry.unit(), false)).query(expr, title);
        stats.push(described(context, entry, stat));
    }
    if let Some(entry) = drawn.metric("input_tokens") {
        let rate = context.series(entry).sum_rate(&[], RATE_INTERVAL);
        let stat = Draft::stat("Input tokens", &Unit::of_rate("{token}")).query(rate, "tokens");
        stats.push(described(context, entry, stat));
    }
    if let Some(entry) = drawn.metric("llm_cost") {
        let currency = context.labels(&["currency"]);
        let cost = context.series(entry).increase(&currency, WHOLE_RANGE);
        let stat = Draft::stat("Cost", &Unit::count()).query(cost, &legend(&currency));
        groups.push(vec![described(context, entry, stat)]);
    }
    groups.insert(0, stats);
    Section::new("Overview", groups)
}

fn calls(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let Some(entry) = drawn.metric("llm_calls") else { return Section::new("Calls", Vec::new()) };
    let series = context.series(entry);
    let [model, prompt, error] =
        ["model", "prompt", "error.type"].map(|label| context.labels(&[label]));
    let lines = |title: &str, unit: &Unit| Draft::lines(title, unit).zero_based();
    let drafts = vec![
        lines("Calls by model", &Unit::of_rate("{call}"))
            .query(series.rate(&model, RATE_INTERVAL), &legend(&model))
            .stacked(),
        lines("Failures by type", &Unit::of_rate("{call}"))
            .query_if(series.failure_rate(&error, RATE_INTERVAL), &legend(&error))
            .stacked(),
        lines("Share of failures by model", &Unit::share())
            .query_if(series.failure_share(&model, RATE_INTERVAL), &legend(&model)),
        Draft::bars("Most frequent prompts", &Unit::count())
            .query(largest(10, series.increase(&prompt, WHOLE_RANGE)), &legend(&prompt))
            .width(24),
    ];
    let mut drafts: Vec<_> =
        drafts.into_iter().map(|draft| vec![described(context, entry, draft)]).collect();
    if let Some(entry) = drawn.metric("llm_missing") {
        let by = context.labels(&["missing", "model"]);
        let rate = context.series(entry).rate(&by, RATE_INTERVAL);
        let draft = lines("Calls that lack a number", &Unit::of_rate("{call}"))
            .query(rate, &legend(&by))
            .stacked();
        drafts.push(vec![described(context, entry, draft.width(24))]);
    }
    Section::new("Calls", drafts)
}

fn latency(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let timed =
        [("time_to_first_token", "Time to first token"), ("prompt_throughput", "Whole answer")];
    let groups = timed.into_iter().filter_map(|(name, title)| {
        let entry = drawn.metric(name)?;
        Some(distribution(context, entry, title, "model"))
    });
    Section::new("Latency", groups.collect())
}

fn tokens(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let mut groups = Vec::new();
    if let Some(entry) = drawn.metric("token_throughput") {
        groups.push(distribution(context, entry, "Output speed", "model"));
    }
    if let Some(entry) = drawn.metric("input_tokens") {
        let series = context.series(entry);
        let model = context.labels(&["model"]);
        let lines = Draft::lines("Input tokens by model", &Unit::of_rate("{token}"))
            .query(series.sum_rate(&model, RATE_INTERVAL), &legend(&model))
            .stacked()
            .zero_based();
        let unit = Unit::of(entry.unit(), false);
        let group = vec![
            lines,
            percentiles(context, entry, "Input tokens of a call"),
            Draft::heat_map(
                "Input tokens of a call: distribution",
                &unit,
                series.heat_map(RATE_INTERVAL),
            ),
        ];
        groups.push(group.into_iter().map(|draft| described(context, entry, draft)).collect());
    }
    if let Some(entry) = drawn.metric("llm_tokens") {
        let group = ["kind", "model"].map(|label| {
            let by = context.labels(&[label]);
            Draft::lines(&format!("Tokens by {label}"), &Unit::of_rate("{token}"))
                .query(context.series(entry).rate(&by, RATE_INTERVAL), &legend(&by))
                .stacked()
                .zero_based()
                .width(12)
        });
        groups.push(group.into_iter().map(|draft| described(context, entry, draft)).collect());
    }
    Section::new("Tokens", groups)
}

/// Amounts of different currencies are never added up.
fn cost(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let mut groups = Vec::new();
    if let Some(entry) = drawn.metric("llm_cost") {
        let series = context.series(entry);
        // The cost of a second is too small to read.
        let in_an_hour = Unit { id: "short", axis: "/ h".to_owned() };
        let mut group: Vec<_> = ["model", "kind"]
            .into_iter()
            .map(|label| {
                let by = context.labels(&[label, "currency"]);
                let cost = format!("3600 * {}", series.rate(&by, RATE_INTERVAL));
                Draft::lines(&format!("Cost by {label}"), &in_an_hour)
                    .query(cost, &legend(&by))
                    .stacked()
                    .zero_based()
                    .width(12)
            })
            .collect();
        let by = context.labels(&["model", "prompt", "currency"]);
        let most = largest(10, series.increase(&by, WHOLE_RANGE));
        let title = "Most expensive models and prompts";
        group.push(Draft::bars(title, &Unit::count()).query(most, &legend(&by)).width(24));
        groups.extend(group.into_iter().map(|draft| vec![described(context, entry, draft)]));
    }
    if let Some(entry) = drawn.metric("llm_call_cost") {
        let series = context.series(entry);
        let by = context.labels(&["model", "currency"]);
        let currency = context.labels(&["currency"]);
        let (quantile, name) = PERCENTILES[1];
        let lines = |title: &str| Draft::lines(title, &Unit::count());
        let group = vec![
            lines(&format!("Cost of a call: {name} by model"))
                .query(series.quantile(quantile, &by, RATE_INTERVAL), &legend(&by))
                .width(12),
            lines("Cost of a call: mean")
                .query(series.mean(&currency, RATE_INTERVAL), &legend(&currency))
                .width(12),
        ];
        groups.push(group.into_iter().map(|draft| described(context, entry, draft)).collect());
    }
    Section::new("Cost", groups)
}

/// The metrics of OpenTelemetry's conventions.
fn conventions(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let mut groups = Vec::new();
    let counted = [
        ("usage.input_tokens", "Input tokens by model"),
        ("usage.output_tokens", "Output tokens by model"),
        ("usage.cache_read.input_tokens", "Input tokens read from a cache, by model"),
        ("usage.cache_write.input_tokens", "Input tokens written to a cache, by model"),
        ("usage.reasoning.output_tokens", "Tokens of reasoning by model"),
    ];
    let tokens =
        |title: &str| Draft::lines(title, &Unit::of_rate("{token}")).stacked().zero_based();
    let model = context.labels(&["gen_ai.request.model"]);
    for (name, title) in counted {
        let Some(entry) = drawn.metric(&format!("gen_ai.client.inference.{name}")) else {
            continue;
        };
        let rate = context.series(entry).rate(&model, RATE_INTERVAL);
        let draft = tokens(title).query(rate, &legend(&model)).width(12);
        groups.push(vec![described(context, entry, draft)]);
    }
    let timed = [
        ("gen_ai.client.inference.duration", "Inferences"),
        ("gen_ai.client.inference.time_to_first_chunk", "Time to first chunk"),
        ("gen_ai.client.inference.time_per_output_chunk", "Time between chunks"),
        ("gen_ai.client.inference.operation.input_tokens", "Input tokens of an inference"),
        ("gen_ai.client.inference.operation.output_tokens", "Output tokens of an inference"),
        ("gen_ai.client.embeddings.duration", "Embeddings"),
        ("gen_ai.client.embeddings.operation.input_tokens", "Input tokens of embeddings"),
    ];
    for (name, title) in timed {
        if let Some(entry) = drawn.metric(name) {
            groups.push(distribution(context, entry, title, "gen_ai.request.model"));
        }
    }
    if let Some(entry) = drawn.metric("gen_ai.execute_tool.duration") {
        groups.push(distribution(context, entry, "Executions of tools", "gen_ai.tool.name"));
    }
    Section::new("OpenTelemetry's conventions (gen_ai)", groups)
}

/// The metrics of the conventions before the newest.
fn conventions_v1_41(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
    let mut groups = Vec::new();
    if let Some(entry) = drawn.metric("gen_ai.client.token.usage") {
        let series = context.series(entry);
        let by = |label| {
            let by = context.labels(&[label]);
            (series.sum_rate(&by, RATE_INTERVAL), legend(&by))
        };
        let (of_type, type_legend) = by("gen_ai.token.type");
        let (of_model, model_legend) = by("gen_ai.request.model");
        let lines = |title| Draft::lines(title, &Unit::of_rate("{token}")).stacked().zero_based();
        let group = vec![
            lines("Tokens by type").query(of_type, &type_legend).width(12),
            lines("Tokens by model (gen_ai.client.token.usage)")
                .query(of_model, &model_legend)
                .width(12),
        ];
        groups.push(group.into_iter().map(|draft| described(context, entry, draft)).collect());
    }
    let timed = [
        ("gen_ai.client.operation.duration", "Operations"),
        ("gen_ai.client.operation.time_to_first_chunk", "Time to first chunk (operations)"),
        ("gen_ai.client.operation.time_per_output_chunk", "Time between chunks (operations)"),
    ];
    for (name, title) in timed {
        if let Some(entry) = drawn.metric(name) {
            groups.push(distribution(context, entry, title, "gen_ai.request.model"));
        }
    }
    Section::new("OpenTelemetry's conventions v1.41 (gen_ai)", groups)
}

/// The p95 by a label, the percentiles of all, and the heat map.
fn distribution(context: &Context<'_>, entry: &Entry, title: &str, label: &str) -> Vec<Draft> {
    let series = context.series(entry);
    let by = context.labels(&[label]);
    let unit = Unit::of(entry.unit(), false);
    let (quantile, name) = PERCENTILES[1];
    let group = vec![
        Draft::lines(&format!("{title}: {name} by {}", short(label)), &unit)
            .query(series.quantile(quantile, &by, RATE_INTERVAL), &legend(&by))
            .exemplars(),
        percentiles(context, entry, &format!("{title}: percentiles")),
        Draft::heat_map(&format!("{title}: distribution"), &unit, series.heat_map(RATE_INTERVAL)),
    ];
    group.into_iter().map(|draft| described(context, entry, draft)).collect()
}

/// The last word of a label: `model` of `gen_ai.request.model`, `tool` of `gen_ai.tool.name`.
fn short(label: &str) -> &str {
    let label = label.strip_suffix(".name").unwrap_or(label);
    label.rsplit('.').next().unwrap_or(label)
}
