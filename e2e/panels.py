"""The answers of a database to the panels of dashboards, for e2e/panels/draw.mjs."""

import json
import os
import re


def write(folder, dashboards, replaced, database, begin, end, step):
    """Writes a file for each dashboard: its panels, and the answers of a Prometheus in a time, with
    as many seconds between two answers."""
    os.makedirs(folder, exist_ok=True)
    for name, dashboard in dashboards:
        names = [variable["name"] for variable in dashboard["templating"]["list"]]
        ask = lambda text: database.get(
            "query_range",
            query=replaced(text, names),
            start=begin,
            end=end,
            step=step,
        )["result"]
        page = dict(title=dashboard["title"], begin=begin * 1000, end=end * 1000)
        page["panels"] = [panel_of(panel, ask) for panel in opened(dashboard["panels"])]
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            json.dump(page, file)


def opened(panels):
    """All panels, as if all rows were open."""
    shift = 0
    for panel in panels:
        panel["gridPos"]["y"] += shift
        yield panel
        inside = panel.get("panels", [])
        for one in inside:
            one["gridPos"]["y"] += shift
            yield one
        if inside:
            end = max(one["gridPos"]["y"] + one["gridPos"]["h"] for one in inside)
            shift += end - panel["gridPos"]["y"] - 1


def panel_of(panel, ask):
    defaults = panel.get("fieldConfig", {}).get("defaults", {}) if panel["type"] != "row" else {}
    mappings = defaults.get("mappings") or [{"options": {}}]
    unit = defaults.get("unit") or panel.get("options", {}).get("yAxis", {}).get("unit", "")
    return dict(
        type=panel["type"],
        title=panel["title"],
        gridPos=panel["gridPos"],
        unit=unit,
        isZeroBased=defaults.get("min") == 0,
        states={value: shown["text"] for value, shown in mappings[0]["options"].items()},
        targets=[dict(series=series_of(panel, target, ask)) for target in panel.get("targets", [])],
    )


def series_of(panel, target, ask):
    answers = ask(target["expr"])
    if panel["type"] == "heatmap":
        return list(buckets_of(answers))
    return [
        dict(
            labels={k: v for k, v in one["metric"].items() if k != "__name__"},
            legend=re.sub(r"{{(.*?)}}", lambda m: one["metric"].get(m[1], ""), target["legendFormat"]),
            values=[[at * 1000, float(value)] for at, value in one["values"] if value != "NaN"],
        )
        for one in answers
        if "values" in one
    ]


def buckets_of(answers):
    """The counts of each bucket over time, from cumulated series or from native histograms."""
    by_limit = {}
    for one in answers:
        for at, histogram in one.get("histograms", []):
            for _, _, upper, count in histogram["buckets"]:
                by_limit.setdefault(float(upper), {})[at] = float(count)
    cumulated = sorted(
        (float(one["metric"]["le"]), dict(one["values"])) for one in answers if "values" in one
    )
    below = {}
    for limit, values in cumulated:
        by_limit[limit] = {at: float(value) - below.get(at, 0) for at, value in values.items()}
        below = {at: float(value) for at, value in values.items()}
    for limit, values in sorted(by_limit.items()):
        # JSON has no infinity.
        shown = limit if limit != float("inf") else None
        yield dict(limit=shown, values=[[at * 1000, count] for at, count in sorted(values.items())])
