//! The dashboards of a catalog.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use super::drawn::Drawn;
use super::layout::{Section, placed};
use super::model::{Annotations, Dashboard, Link, SCHEMA_VERSION, Templating, TimeRange};
use super::sections::sections;
use super::settings::DashboardSettings;
use super::variables::Variables;
use super::{databases, functions, http, llm, objectives, system, text, tokio};
use crate::catalog::Catalog;
use crate::document::{Document, NOTICE};
use crate::entry::Entry;

/// The dashboards of a catalog for Grafana 11 and 12: one for each crate that declares metrics,
/// with a row for each enum.
///
/// The metrics of `#[timed]`, of HTTP and gRPC, of databases, of LLM calls, of tokio, and of the
/// process and the host have dashboards of their own, and so have the objectives of timed
/// functions. The files are in the folder `grafana`. A dashboard has the same identity in every
/// run, so Grafana replaces it when the file is imported again. [`DashboardSettings::program`]
/// tells the dashboards of several programs apart.
///
/// ```
/// use typed_metrics_catalog::{Catalog, DashboardSettings, dashboards};
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Metric, register_metric};
///
/// register_metric("jobs.done", Metric::counter("jobs.done").unit("{job}")).unwrap();
/// let documents = dashboards(&Catalog::of_program(), &DashboardSettings::default());
/// let [dashboard] = &documents[..] else { panic!("one crate declares metrics") };
/// assert_eq!(dashboard.path, "grafana/run-time-metrics.json");
/// assert!(dashboard.text.contains("sum(rate(jobs_done_total{"));
/// ```
#[must_use]
pub fn dashboards(catalog: &Catalog, settings: &DashboardSettings) -> Vec<Document> {
    let mut pages: BTreeMap<Page, Vec<&Entry>> = BTreeMap::new();
    for entry in catalog {
        pages.entry(Page::of(entry)).or_default().push(entry);
    }
    let with_objectives: Vec<&Entry> =
        catalog.iter().filter(|entry| !entry.objectives().is_empty()).collect();
    if !with_objectives.is_empty() {
        pages.insert(Page::Objectives, with_objectives);
    }
    let mut paths = BTreeSet::new();
    pages
        .iter()
        .filter_map(|(page, entries)| {
            let text = page.render(entries, settings)?;
            let slug = text::slug(&page.title());
            let mut path = format!("grafana/{slug}.json");
            let mut number = 1;
            while !paths.insert(path.clone()) {
                number += 1;
                path = format!("grafana/{slug}-{number}.json");
            }
            Some(Document::new(path, text))
        })
        .collect()
}

/// A dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Page {
    /// The metrics that a crate declares.
    Crate(&'static str),
    /// The metrics that are registered at run time.
    RunTime,
    /// The objectives of all metrics.
    Objectives,
    Databases,
    Functions,
    Http,
    Llm,
    System,
    Tokio,
}

impl Page {
    fn of(entry: &Entry) -> Self {
        let module = entry.source().module;
        let name = module.split("::").next().unwrap_or_default();
        match (name, entry.group()) {
            ("typed_metrics_llm", _) => Self::Llm,
            ("typed_metrics_db", _) => Self::Databases,
            ("typed_metrics_tower", _) => Self::Http,
            ("typed_metrics_system", _) => Self::System,
            ("typed_metrics_tokio", _) => Self::Tokio,
            ("typed_metrics_core", None) if functions::is_one(entry) => Self::Functions,
            (_, None) | ("", _) => Self::RunTime,
            (name, _) => Self::Crate(name),
        }
    }

    fn title(self) -> String {
        match self {
            Self::Crate(name) => text::title(name),
            Self::RunTime => "Run-time metrics".to_owned(),
            Self::Objectives => "Objectives".to_owned(),
            Self::Databases => "Databases".to_owned(),
            Self::Functions => "Timed functions".to_owned(),
            Self::Http => "HTTP and gRPC".to_owned(),
            Self::Llm => "LLM calls".to_owned(),
            Self::System => "Process and host".to_owned(),
            Self::Tokio => "tokio".to_owned(),
        }
    }

    fn description(self, title: &str, metrics: usize) -> String {
        match self {
            Self::Objectives => format!(
                "The objectives of timed functions. At a burn rate of 1, the calls that may be bad \
                 in 30 days are used up in 30 days. {NOTICE}"
            ),
            _ => format!("The {metrics} metrics of {title}. {NOTICE}"),
        }
    }

    /// The text of the dashboard; `None` if it shows nothing.
    fn render(self, entries: &[&Entry], settings: &DashboardSettings) -> Option<String> {
        let variables = match self {
            // An objective holds for all values of labels together.
            Self::Objectives => Variables::default(),
            _ => Variables::new(entries),
        };
        let context = Context { settings, variables: &variables };
        let mut drawn = Drawn::new(entries);
        let mut all: Vec<Section> = match self {
            Self::Objectives => objectives::sections(&context, entries),
            Self::Databases => databases::sections(&context, &mut drawn),
            Self::Functions => functions::sections(&context, &mut drawn),
            Self::Http => http::sections(&context, &mut drawn),
            Self::Llm => llm::sections(&context, &mut drawn),
            Self::System => system::sections(&context, &mut drawn),
            Self::Tokio => tokio::sections(&context, &mut drawn),
            Self::Crate(_) | Self::RunTime => Vec::new(),
        };
        if self != Self::Objectives {
            // Metrics that no drawn dashboard knows are shown by their kinds.
            all.extend(sections(&context, &drawn.others()));
        }
        if all.is_empty() {
            return None;
        }
        let program = settings.program.as_deref();
        let title = text::dashboard_title(program, &self.title());
        let dashboard = Dashboard {
            uid: text::uid(program, &self.title()),
            description: self.description(&title, entries.len()),
            title,
            tags: settings.tags.clone(),
            editable: true,
            graph_tooltip: 1,
            time: TimeRange { from: settings.range.clone(), to: "now" },
            timezone: "browser",
            refresh: settings.refresh.clone(),
            schema_version: SCHEMA_VERSION,
            links: links(settings),
            templating: Templating { list: variables.all(entries, settings) },
            annotations: Annotations { list: Vec::new() },
            panels: placed(all),
        };
        // A struct of texts and numbers can always be written.
        let mut text = serde_json::to_string_pretty(&dashboard).unwrap_or_default();
        text.push('\n');
        Some(text)
    }
}

/// Links to the documentation, and to the other dashboards.
fn links(settings: &DashboardSettings) -> Vec<Link> {
    let documentation = settings.documentation.clone().map(Link::documentation);
    let others = settings.tags.first().map(|tag| Link {
        title: "Dashboards".to_owned(),
        kind: "dashboards",
        icon: "external link",
        url: String::new(),
        tooltip: "",
        tags: vec![tag.clone()],
        as_dropdown: true,
        target_blank: false,
        include_vars: false,
        keep_time: true,
    });
    documentation.into_iter().chain(others).collect()
}
