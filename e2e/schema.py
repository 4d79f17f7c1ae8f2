"""Writes TypeScript in which every dashboard has the types of Grafana's schema, for `tsc`."""

import json
import os
import sys

# The folder of a panel's options in the schema, and the name of their types.
PANELS = {
    "timeseries": "timeseries",
    "stat": "stat",
    "bargauge": "bargauge",
    "heatmap": "heatmap",
    "state-timeline": "statetimeline",
    "table": "table",
}
NAMES = {"timeseries": "TimeSeries", "stat": "Stat", "bargauge": "BarGauge", "heatmap": "Heatmap",
         "statetimeline": "StateTimeline", "table": "Table"}

HEAD = """import type { Dashboard, Panel, RowPanel } from '@grafana/schema';
%s
// JSON has the texts of enums. A default of the schema may be left out.
type Json<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T
  : T extends (infer E)[] ? Json<E>[] : { [K in keyof T]?: Json<T[K]> };
type Checked = Omit<Dashboard, 'panels'>;
"""


def panels_of(dashboard):
    for panel in dashboard["panels"]:
        inside = panel.pop("panels", [])
        yield panel
        yield from inside


def main(folder, *files):
    os.makedirs(folder, exist_ok=True)
    imports = "\n".join(
        f"import type * as {name} from '@grafana/schema/dist/esm/raw/composable/{name}/panelcfg/x/"
        f"{NAMES[name]}PanelCfg_types.gen';"
        for name in PANELS.values()
    )
    for number, name in enumerate(files):
        with open(name, encoding="utf-8") as file:
            dashboard = json.load(file)
        lines = [HEAD % imports]
        for place, panel in enumerate(panels_of(dashboard)):
            value = lambda value: json.dumps(value, indent=1)
            if panel["type"] == "row":
                lines.append(f"export const p{place}: Json<RowPanel> = {value(panel)};")
                continue
            kind = PANELS[panel["type"]]
            options = panel.pop("options")
            custom = panel["fieldConfig"]["defaults"].pop("custom", {})
            fields = "{ filterable?: boolean }" if kind == "table" else f"Json<{kind}.FieldConfig>"
            if kind in ("stat", "bargauge"):
                fields = "{}"
            lines.append(f"export const p{place}: Json<Panel> = {value(panel)};")
            lines.append(f"export const o{place}: Json<{kind}.Options> = {value(options)};")
            lines.append(f"export const c{place}: {fields} = {value(custom)};")
        del dashboard["panels"]
        lines.append(f"export const dashboard: Json<Checked> = {json.dumps(dashboard, indent=1)};")
        with open(f"{folder}/d{number}.ts", "w", encoding="utf-8") as file:
            file.write(f"// {name}\n" + "\n".join(lines) + "\n")


main(*sys.argv[1:])
