//! The dashboard of HTTP and gRPC, for servers and clients.

use super::context::{Context, legend};
use super::drawn::Drawn;
use super::kinds::{PERCENTILES, described, percentiles};
use super::layout::Section;
use super::panel::Draft;
use super::unit::Unit;
use crate::entry::Entry;
use crate::promql::expression::{RATE_INTERVAL, WHOLE_RANGE, aggregated, largest};

/// Charts show this many routes, servers or methods.
const MOST: usize = 10;

/// The requests of one protocol, seen from one side.
struct Exchange {
    title: &'static str,
    /// The start of the metrics' names.
    prefix: &'static str,
    duration: &'static str,
    /// One of the lines of a chart, such as a route, and its labels.
    line: &'static str,
    by: &'static [&'static str],
    status: &'static str,
    /// The legends of the bodies of requests and of responses.
    bodies: [&'static str; 2],
}

const EXCHANGES: [Exchange; 4] = [
    Exchange {
        title: "HTTP server",
        prefix: "http.server",
        duration: "request.duration",
        line: "route",
        by: &["http.request.method", "http.route"],
        status: "http.response.status_code",
        bodies: ["received", "sent"],
    },
    Exchange {
        title: "gRPC server",
        prefix: "rpc.server",
        duration: "call.duration",
        line: "method",
        by: &["rpc.method"],
        status: "rpc.response.status_code",
        bodies: ["received", "sent"],
    },
    Exchange {
        title: "HTTP client",
        prefix: "http.client",
        duration: "request.duration",
        line: "server",
        by: &["http.request.method", "server.address"],
        status: "http.response.status_code",
        bodies: ["sent", "received"],
    },
    Exchange {
        title: "gRPC client",
        prefix: "rpc.client",
        duration: "call.duration",
        line: "method",
        by: &["rpc.method"],
        status: "rpc.response.status_code",
        bodies: ["sent", "received"],
    },
];

pub(super) fn sections(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Vec<Section> {
    EXCHANGES.iter().map(|exchange| exchange.section(context, drawn)).collect()
}

impl Exchange {
    fn section(&self, context: &Context<'_>, drawn: &mut Drawn<'_>) -> Section {
        let mut groups = Vec::new();
        let active = self.metric(drawn, "active_requests");
        if let Some(duration) = self.metric(drawn, self.duration) {
            groups.push(overview(context, duration, active));
            groups.push(vec![self.table(context, duration)]);
            groups.push(self.requests(context, duration));
            groups.push(self.latency(context, duration));
        }
        let mut rest = Vec::new();
        rest.extend(active.map(|entry| in_flight(context, entry)));
        rest.extend(self.bodies(context, drawn));
        groups.push(rest);
        Section::new(self.title, groups)
    }

    fn metric<'a>(&self, drawn: &mut Drawn<'a>, name: &str) -> Option<&'a Entry> {
        drawn.metric(&format!("{}.{name}", self.prefix))
    }

    /// The requests, their durations and their failures by line, since the dashboard's beginning.
    fn table(&self, context: &Context<'_>, entry: &Entry) -> Draft {
        let series = context.series(entry);
        let by = context.labels(self.by);
        let seconds = Unit::of(entry.unit(), false);
        let words = self.by.iter().map(|label| match *label {
            "http.request.method" | "rpc.method" => "Method",
            "http.route" => "Route",
            _ => "Server",
        });
        let labels = by.iter().cloned().zip(words.map(str::to_owned));
        let values = [("A", "Requests"), ("B", "Mean"), ("C", "p99"), ("D", "Failures")]
            .map(|(query, shown)| (format!("Value #{query}"), shown.to_owned()));
        let columns: Vec<_> = labels.chain(values).collect();
        let table = Draft::table(&self.with_lines("Requests"), &columns)
            .query(series.increase(&by, WHOLE_RANGE), "")
            .query(series.mean(&by, WHOLE_RANGE), "")
            .query(series.quantile(0.99, &by, WHOLE_RANGE), "")
            .query_if(series.failure_share(&by, WHOLE_RANGE), "")
            .column_unit("Requests", &Unit::count())
            .column_unit("Mean", &seconds)
            .column_unit("p99", &seconds)
            .column_unit("Failures", &Unit::share());
        described(context, entry, table.width(24))
    }

    fn requests(&self, context: &Context<'_>, entry: &Entry) -> Vec<Draft> {
        let series = context.series(entry);
        let by = context.labels(self.by);
        let [status, error] = [self.status, "error.type"].map(|label| context.labels(&[label]));
        let unit = Unit::of_rate("{request}");
        let top = |expr: String| largest(MOST, expr);
        let lines = |title: &str, unit: &Unit| Draft::lines(title, unit).zero_based().width(6);
        let drafts = [
            lines(&self.with_lines("Requests"), &unit)
                .query(top(series.rate(&by, RATE_INTERVAL)), &legend(&by))
                .stacked(),
            lines("Requests by status", &unit)
                .query(series.rate(&status, RATE_INTERVAL), &legend(&status))
                .stacked(),
            lines("Failures by type", &unit)
                .query_if(series.failure_rate(&error, RATE_INTERVAL), &legend(&error))
                .stacked(),
            lines(&self.with_lines("Share of failures"), &Unit::share())
                .query_if(series.failure_share(&by, RATE_INTERVAL).map(top), &legend(&by)),
        ];
        drafts.into_iter().map(|draft| described(context, entry, draft)).collect()
    }

    fn latency(&self, context: &Context<'_>, entry: &Entry) -> Vec<Draft> {
        let series = context.series(entry);
        let by = context.labels(self.by);
        let seconds = Unit::of(entry.unit(), false);
        let slowest = largest(MOST, series.quantile(0.99, &by, RATE_INTERVAL));
        let drafts = [
            Draft::lines(&self.with_lines("Slowest: p99"), &seconds)
                .query(slowest, &legend(&by))
                .zero_based()
                .exemplars(),
            percentiles(context, entry, "Duration: percentiles"),
            Draft::heat_map("Duration: distribution", &seconds, series.heat_map(RATE_INTERVAL)),
        ];
        drafts.into_iter().map(|draft| described(context, entry, draft)).collect()
    }

    /// The bytes of bodies in a second, and their sizes.
    fn bodies(&self, context: &Context<'_>, drawn: &mut Drawn<'_>) -> Vec<Draft> {
        let names = ["request.body.size", "response.body.size"];
        let found = names.map(|name| self.metric(drawn, name));
        let both: Vec<_> =
            found.into_iter().zip(self.bodies).filter_map(|(e, shown)| Some((e?, shown))).collect();
        let Some((first, _)) = both.first() else { return Vec::new() };
        let mut bytes = Draft::lines("Bodies", &Unit::of_rate(first.unit()));
        let mut sizes = Draft::lines("Size of a body: p90", &Unit::of(first.unit(), false));
        let (quantile, _) = PERCENTILES[1];
        for (entry, shown) in &both {
            let series = context.series(entry);
            bytes = bytes.query(series.sum_rate(&[], RATE_INTERVAL), shown);
            sizes = sizes.query(series.quantile(quantile, &[], RATE_INTERVAL), shown);
        }
        [bytes.below_axis_from(1), sizes.zero_based()]
            .map(|draft| described(context, first, draft))
            .into()
    }

    fn with_lines(&self, title: &str) -> String {
        format!("{title} by {}", self.line)
    }
}

/// The numbers now.
fn overview(context: &Context<'_>, duration: &Entry, active: Option<&Entry>) -> Vec<Draft> {
    let series = context.series(duration);
    let seconds = Unit::of(duration.unit(), false);
    let share = series.failure_share(&[], RATE_INTERVAL);
    let quantile = |quantile| series.quantile(quantile, &[], RATE_INTERVAL);
    let stats = [
        Draft::stat("Requests", &Unit::of_rate("{request}"))
            .query(series.rate(&[], RATE_INTERVAL), "requests"),
        Draft::stat("Failures", &Unit::share()).query_if(share, "failures").red_from(0.05),
        Draft::stat("Median", &seconds).query(quantile(0.5), "median"),
        Draft::stat("p95", &seconds).query(quantile(0.95), "p95"),
    ];
    let mut stats: Vec<_> =
        stats.into_iter().map(|stat| described(context, duration, stat)).collect();
    stats.extend(active.map(|entry| {
        let sum = aggregated("sum", &[], context.language(), context.series(entry).selector());
        let stat = Draft::stat("In flight", &Unit::count()).query(sum, "in flight");
        described(context, entry, stat)
    }));
    stats
}

/// The requests that are in flight by method, over all processes.
fn in_flight(context: &Context<'_>, entry: &Entry) -> Draft {
    let by = context.labels(&["http.request.method"]);
    let sum = aggregated("sum", &by, context.language(), context.series(entry).selector());
    let lines = Draft::lines("In flight", &Unit::of(entry.unit(), false)).query(sum, &legend(&by));
    described(context, entry, lines.stacked().zero_based())
}
