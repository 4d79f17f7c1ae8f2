//! Panels without a place: their queries, and how they are drawn.

use serde_json::{Value, json};

use super::colors;
use super::model::{DataSource, GridPos, Link, Panel, Target};
use super::unit::Unit;

/// A panel that has no place and no identity yet.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// In columns, of which there are 24.
    pub(super) width: u32,
    pub(super) height: u32,
    kind: &'static str,
    title: String,
    description: String,
    targets: Vec<Target>,
    defaults: Value,
    overrides: Vec<Value>,
    options: Value,
    transformations: Vec<Value>,
    links: Vec<Link>,
}

/// The height of a chart in rows of the grid.
const CHART: u32 = 8;

impl Draft {
    fn new(kind: &'static str, title: &str, defaults: Value, options: Value) -> Self {
        Self {
            width: 8,
            height: CHART,
            kind,
            title: title.to_owned(),
            description: String::new(),
            targets: Vec::new(),
            defaults,
            overrides: Vec::new(),
            options,
            transformations: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Lines over time.
    pub(super) fn lines(title: &str, unit: &Unit) -> Self {
        let defaults = json!({
            "color": { "mode": "palette-classic" },
            "custom": {
                "axisLabel": unit.axis,
                "drawStyle": "line",
                "fillOpacity": 10,
                "lineWidth": 1,
                "showPoints": "never",
                "spanNulls": false,
                "stacking": { "group": "A", "mode": "none" },
            },
            "unit": unit.id,
        });
        let options = json!({
            "legend": {
                "calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": true,
            },
            "tooltip": { "mode": "multi", "sort": "desc" },
        });
        Self::new("timeseries", title, defaults, options)
    }

    /// The number now, above a small line of its past.
    pub(super) fn stat(title: &str, unit: &Unit) -> Self {
        let defaults =
            json!({ "color": { "fixedColor": "blue", "mode": "fixed" }, "unit": unit.id });
        let options = json!({
            "colorMode": "value",
            "graphMode": "area",
            "justifyMode": "auto",
            "orientation": "auto",
            "reduceOptions": { "calcs": ["lastNotNull"], "fields": "", "values": false },
            "textMode": "auto",
        });
        Self { width: 4, height: 4, ..Self::new("stat", title, defaults, options) }
    }

    /// Horizontal bars, one for each series, of the values now.
    pub(super) fn bars(title: &str, unit: &Unit) -> Self {
        let defaults = json!({ "color": { "mode": "continuous-BlPu" }, "min": 0, "unit": unit.id });
        let options = json!({
            "displayMode": "gradient",
            "orientation": "horizontal",
            "reduceOptions": { "calcs": ["lastNotNull"], "fields": "", "values": false },
            "showUnfilled": true,
            "valueMode": "color",
        });
        Self::new("bargauge", title, defaults, options)
    }

    /// The distribution of a histogram over time.
    pub(super) fn heat_map(title: &str, unit: &Unit, query: String) -> Self {
        let defaults = json!({ "custom": { "scaleDistribution": { "type": "linear" } } });
        let options = json!({
            "calculate": false,
            "cellGap": 1,
            "cellValues": { "unit": "short" },
            "color": {
                "exponent": 0.5, "mode": "scheme", "reverse": false, "scheme": "Oranges", "steps": 64,
            },
            "exemplars": { "color": "rgba(255,0,255,0.7)" },
            "filterValues": { "le": 1e-9 },
            "legend": { "show": true },
            "rowsFrame": { "layout": "auto" },
            "tooltip": { "mode": "single", "showColorScale": true, "yHistogram": true },
            "yAxis": { "axisLabel": unit.axis, "axisPlacement": "left", "unit": unit.id },
        });
        let mut draft = Self::new("heatmap", title, defaults, options).query(query, "{{le}}");
        draft.targets[0].format = "heatmap";
        draft
    }

    /// Bands of colour over time. The value of a series is the number of a state, from 1.
    pub(super) fn timeline(title: &str, states: &[String]) -> Self {
        let mappings: serde_json::Map<String, Value> = states
            .iter()
            .enumerate()
            .map(|(place, state)| {
                let color = colors::of_state(state, place);
                let shown = json!({ "color": color, "index": place, "text": state });
                ((place + 1).to_string(), shown)
            })
            .collect();
        let defaults = json!({
            "color": { "mode": "thresholds" },
            "custom": { "fillOpacity": 70, "lineWidth": 0 },
            "mappings": [{ "options": mappings, "type": "value" }],
            "thresholds": {
                "mode": "absolute", "steps": [{ "color": "transparent", "value": null }],
            },
        });
        let options = json!({
            "alignValue": "left",
            "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true },
            "mergeValues": true,
            "rowHeight": 0.9,
            "showValue": "auto",
            "tooltip": { "mode": "single", "sort": "none" },
        });
        Self { width: 12, ..Self::new("state-timeline", title, defaults, options) }
    }

    /// A table of the values now. `columns` has the name of each column as the database gives it,
    /// and the name to show; the others are left out.
    pub(super) fn table(title: &str, columns: &[(String, String)]) -> Self {
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let rename: serde_json::Map<String, Value> =
            columns.iter().map(|(name, shown)| (name.clone(), json!(shown))).collect();
        let order: serde_json::Map<String, Value> = names
            .iter()
            .enumerate()
            .map(|(place, name)| ((*name).to_owned(), json!(place)))
            .collect();
        let options = json!({ "cellHeight": "sm", "showHeader": true });
        let mut draft =
            Self::new("table", title, json!({ "custom": { "filterable": true } }), options);
        draft.transformations = vec![
            json!({ "id": "merge", "options": {} }),
            json!({ "id": "filterFieldsByName", "options": { "include": { "names": names } } }),
            json!({ "id": "organize", "options": {
                "excludeByName": {}, "indexByName": order, "renameByName": rename,
            } }),
        ];
        draft
    }

    /// Adds a query, whose series have names of this form.
    pub(super) fn query(mut self, expr: String, legend: &str) -> Self {
        let is_instant = matches!(self.kind, "bargauge" | "table");
        self.targets.push(Target {
            ref_id: ref_id(self.targets.len()),
            datasource: DataSource::SELECTED,
            expr,
            editor_mode: "code",
            legend_format: legend.to_owned(),
            range: !is_instant,
            instant: is_instant,
            format: if self.kind == "table" { "table" } else { "time_series" },
            exemplar: false,
        });
        self
    }

    /// Adds a query, if there is one.
    pub(super) fn query_if(self, expr: Option<String>, legend: &str) -> Self {
        match expr {
            Some(expr) => self.query(expr, legend),
            None => self,
        }
    }

    /// Shows exemplars of all queries so far.
    pub(super) fn exemplars(mut self) -> Self {
        self.targets.iter_mut().for_each(|target| target.exemplar = true);
        self
    }

    /// Puts the lines on each other.
    pub(super) fn stacked(mut self) -> Self {
        self.defaults["custom"]["stacking"]["mode"] = json!("normal");
        self.defaults["custom"]["fillOpacity"] = json!(40);
        self
    }

    /// Shows the axis from 0 on.
    pub(super) fn zero_based(mut self) -> Self {
        self.defaults["min"] = json!(0);
        self
    }

    /// Shows the axis from 0 to 1.
    pub(super) fn whole(mut self) -> Self {
        self.defaults["max"] = json!(1);
        self.zero_based()
    }

    /// Draws the queries with this number or higher below the axis, as those of a direction.
    pub(super) fn below_axis_from(mut self, first: usize) -> Self {
        for place in first..self.targets.len() {
            let property = json!([{ "id": "custom.transform", "value": "negative-Y" }]);
            self.add_override("byFrameRefID", &ref_id(place), property);
        }
        self.defaults["custom"]["axisCenteredZero"] = json!(true);
        self
    }

    /// Colours the number by its size: red from `limit` on.
    pub(super) fn red_from(self, limit: f64) -> Self {
        self.colored(&[("green", None), ("red", Some(limit))])
    }

    /// Colours the number by its size: each colour from its number on. The first has none.
    pub(super) fn colored(mut self, steps: &[(&str, Option<f64>)]) -> Self {
        self.defaults["color"] = json!({ "mode": "thresholds" });
        let step = |(color, from): &(&str, Option<f64>)| json!({ "color": color, "value": from });
        let steps: Vec<Value> = steps.iter().map(step).collect();
        self.defaults["thresholds"] = json!({ "mode": "absolute", "steps": steps });
        self
    }

    /// Draws a dashed line at the most that the values should be.
    pub(super) fn limit(mut self, limit: f64) -> Self {
        self.defaults["custom"]["thresholdsStyle"] = json!({ "mode": "dashed" });
        self.defaults["thresholds"] = json!({
            "mode": "absolute",
            "steps": [
                { "color": "transparent", "value": null }, { "color": "red", "value": limit },
            ],
        });
        self
    }

    /// Gives the series of outcomes the colours that people expect.
    pub(super) fn outcomes<'a>(mut self, names: impl IntoIterator<Item = &'a String>) -> Self {
        for name in names {
            if let Some(color) = colors::of_outcome(name) {
                let property =
                    json!([{ "id": "color", "value": { "fixedColor": color, "mode": "fixed" } }]);
                self.add_override("byName", name, property);
            }
        }
        self
    }

    /// Shows the values of a column in this unit.
    pub(super) fn column_unit(mut self, shown: &str, unit: &Unit) -> Self {
        self.add_override("byName", shown, json!([{ "id": "unit", "value": unit.id }]));
        self
    }

    /// Lists the series in a table below the chart, with their newest and largest values.
    pub(super) fn legend_table(mut self) -> Self {
        self.options["legend"] = json!({
            "calcs": ["mean", "max", "lastNotNull"],
            "displayMode": "table",
            "placement": "bottom",
            "showLegend": true,
        });
        self
    }

    fn add_override(&mut self, matcher: &str, options: &str, properties: Value) {
        let matcher = json!({ "id": matcher, "options": options });
        self.overrides.push(json!({ "matcher": matcher, "properties": properties }));
    }

    pub(super) fn width(self, width: u32) -> Self {
        Self { width, ..self }
    }

    pub(super) fn height(self, height: u32) -> Self {
        Self { height, ..self }
    }

    pub(super) fn described(self, description: String, links: Vec<Link>) -> Self {
        Self { description, links, ..self }
    }

    /// The panel at this place.
    pub(super) fn at(self, id: u32, grid_pos: GridPos) -> Panel {
        Panel {
            id,
            kind: self.kind,
            title: self.title,
            description: self.description,
            grid_pos,
            datasource: Some(DataSource::SELECTED),
            targets: self.targets,
            field_config: json!({ "defaults": self.defaults, "overrides": self.overrides }),
            options: self.options,
            transformations: self.transformations,
            links: self.links,
            row: None,
        }
    }
}

/// The identity of a query: `A`, `B` and so on.
pub(super) fn ref_id(place: usize) -> String {
    let letter = |place: usize| char::from(b'A' + u8::try_from(place % 26).unwrap_or_default());
    match place / 26 {
        0 => letter(place).to_string(),
        round => format!("{}{round}", letter(place)),
    }
}
