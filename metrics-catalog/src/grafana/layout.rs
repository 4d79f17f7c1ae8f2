//! The places of panels on the grid.

use super::model::{GridPos, Panel, Row};
use super::panel::Draft;

/// The columns of the grid.
const COLUMNS: u32 = 24;

/// Rows that are open when the dashboard is opened have about as many panels together.
const OPEN_PANELS: usize = 24;

/// A row: its title, and groups of panels that stay side by side.
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) groups: Vec<Vec<Draft>>,
}

impl Section {
    pub(super) fn new(title: &str, groups: Vec<Vec<Draft>>) -> Self {
        Self { title: title.to_owned(), groups }
    }

    fn panels(&self) -> usize {
        self.groups.iter().map(Vec::len).sum()
    }
}

/// Places all panels. The first rows are open; a row that is collapsed asks nothing.
pub(super) fn placed(sections: Vec<Section>) -> Vec<Panel> {
    let mut panels = Vec::new();
    let (mut id, mut y, mut open) = (0, 0, 0);
    let mut next_id = || {
        id += 1;
        id
    };
    for section in sections.into_iter().filter(|section| section.panels() > 0) {
        let is_open = open == 0 || open + section.panels() <= OPEN_PANELS;
        open += section.panels();
        let place = GridPos { h: 1, w: COLUMNS, x: 0, y };
        let row = next_id();
        y += 1;
        let mut own = Vec::new();
        for line in lines(section.groups) {
            let height = line.iter().map(|draft| draft.height).max().unwrap_or_default();
            let mut x = 0;
            for (draft, w) in fitted(line) {
                let grid_pos = GridPos { h: height, w, x, y };
                x += w;
                own.push(draft.at(next_id(), grid_pos));
            }
            y += height;
        }
        let (inside, after) = if is_open { (Vec::new(), own) } else { (own, Vec::new()) };
        if !is_open {
            y = place.y + 1;
        }
        panels.push(Panel {
            id: row,
            kind: "row",
            title: section.title,
            description: String::new(),
            grid_pos: place,
            datasource: None,
            targets: Vec::new(),
            field_config: serde_json::Value::Null,
            options: serde_json::Value::Null,
            transformations: Vec::new(),
            links: Vec::new(),
            row: Some(Row { collapsed: !is_open, panels: inside }),
        });
        panels.extend(after);
    }
    panels
}

/// The groups in lines: a group that does not fit begins the next line.
fn lines(groups: Vec<Vec<Draft>>) -> Vec<Vec<Draft>> {
    let mut lines: Vec<Vec<Draft>> = Vec::new();
    let mut used = COLUMNS;
    for group in groups {
        let width: u32 = group.iter().map(|draft| draft.width).sum();
        if used + width > COLUMNS || lines.is_empty() {
            lines.push(Vec::new());
            used = 0;
        }
        used += width;
        for draft in group {
            let Some(line) = lines.last_mut() else { continue };
            line.push(draft);
        }
    }
    lines
}

/// The panels of a line with their widths. A line that is not full is stretched, up to twice the
/// width.
fn fitted(line: Vec<Draft>) -> Vec<(Draft, u32)> {
    let used: u32 = line.iter().map(|draft| draft.width).sum();
    let target = COLUMNS.min(used * 2).max(used);
    let mut given = 0;
    let mut before = 0;
    line.into_iter()
        .map(|draft| {
            before += draft.width;
            // The ends are rounded, so the widths add up.
            let end = (before * target).checked_div(used).unwrap_or_default();
            let width = end - given;
            given = end;
            (draft, width)
        })
        .collect()
}
