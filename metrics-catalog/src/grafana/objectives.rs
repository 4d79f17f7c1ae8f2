//! The dashboard of objectives.

use super::context::Context;
use super::kinds::described;
use super::layout::Section;
use super::panel::Draft;
use super::unit::Unit;
use crate::entry::Entry;
use crate::promql::expression::{RATE_INTERVAL, WHOLE_RANGE};
use crate::rules::indicator::Indicator;
use crate::rules::indicators::{Names, indicators};
use crate::rules::settings::RuleSettings;

/// The height of the panels of a row.
const HEIGHT: u32 = 8;

/// The windows of the burn rates, those of the alerts that page.
const BURN_WINDOWS: [(&str, &str); 2] = [("1h", "1 hour"), ("6h", "6 hours")];

/// A row for each objective that can be measured.
pub(super) fn sections(context: &Context<'_>, entries: &[&Entry]) -> Vec<Section> {
    let settings = RuleSettings::default()
        .dialect(context.dialect().clone())
        .allow_nearest_boundary(context.settings.allows_nearest);
    let mut names = Names::default();
    let mut sections = Vec::new();
    for entry in entries {
        let (found, _) = indicators(entry, &settings, &mut names);
        sections.extend(found.iter().map(|indicator| section(context, entry, indicator)));
    }
    sections
}

fn section(context: &Context<'_>, entry: &Entry, indicator: &Indicator) -> Section {
    let indicator = indicator.of_all(&context.identity());
    let budget = indicator.budget();
    let bad = |window: &str| on_one_line(&indicator.bad_share(window));
    let good = Draft::stat("Good calls, whole range", &Unit::share())
        .query(format!("1 - ({})", bad(WHOLE_RANGE)), "good")
        .colored(&[("red", None), ("green", Some(1.0 - budget))]);
    let left = Draft::stat("Budget left, whole range", &Unit::share())
        .query(format!("1 - ({}) / {budget}", bad(WHOLE_RANGE)), "left")
        .colored(&[("red", None), ("orange", Some(0.0)), ("green", Some(0.25))]);
    let burn = Draft::lines("Burn rate", &Unit::count());
    let burn = BURN_WINDOWS.iter().fold(burn, |draft, (window, shown)| {
        draft.query(format!("({}) / {budget}", bad(window)), shown)
    });
    let now = Draft::lines("Share of bad calls", &Unit::share())
        .query(format!("({})", bad(RATE_INTERVAL)), "bad");
    let drafts = vec![
        good.height(HEIGHT),
        left.height(HEIGHT),
        burn.zero_based().limit(1.0),
        now.zero_based().limit(budget),
    ];
    let drafts = drafts.into_iter().map(|draft| described(context, entry, draft)).collect();
    Section::new(&title(&indicator), vec![drafts])
}

/// The functions and the objective. A module tells apart functions of one metric.
fn title(indicator: &Indicator) -> String {
    let functions: Vec<&str> = indicator.functions.iter().map(|function| function.item).collect();
    format!("{}: {}", functions.join(", "), indicator.objective)
}

/// The query without the lines of a rule. No text of a query has an end of a line.
fn on_one_line(query: &str) -> String {
    query.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
