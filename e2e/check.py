#!/usr/bin/env python3
"""Asks receivers what they stored, and compares it with what the workload says it recorded.

Prints a table of receivers by checks, and exits with 1 if anything is missing. `--wrong CHECK` expects
something else in that check, to see it fail; without it, every check that passed is tried so in
silence, and one that cannot fail counts as a miss.
"""

import argparse
import copy
import itertools
import json
import math
import os
import re
import socket
import sys
import time

from plan import FAILURES, METRICS, RUNS, SUMS, SYSTEM
from receivers import RECEIVERS, labels_of, samples, victoria_metrics

DEADLINE = 40  # seconds, for what was sent to be seen
STARTED = time.monotonic()


class Expected:
    """What a receiver has to have of a run."""

    def __init__(self, run, temporality, transport, options):
        with open(os.path.join(options.logs, f"{run}.json"), encoding="utf-8") as file:
            said = json.load(file)
        self.run, self.temporality, self.transport = run, temporality, transport
        self.metrics = dict(METRICS)
        self.recorded = {
            (name, labels_of(one["labels"].items())): one
            for name, series in said["metrics"].items()
            for one in series
        }
        self.resource = {
            "service.name": "shop",
            "service.instance.id": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            "host.name": re.escape(socket.gethostname()),
            "process.pid": str(said["pid"]),
            "e2e.path": run,
        }
        self.exports = 2
        self.encoding = "gzip"
        self.authorization = f"Bearer {run}"
        self.is_let_in = True


# A check gives what it looked at, what it expected there and what it found.


def series(expected, stored):
    for name, (kind, _, _) in expected.metrics.items():
        there = stored.metrics.get(name, {"kind": f"not in {sorted(stored.metrics)}", "series": {}})
        yield f"{name}: kind", kind, there["kind"]
        labels = sorted(labels for metric, labels in expected.recorded if metric == name)
        yield f"{name}: series", labels, sorted(there["series"])


def points(*keys):
    """These parts of each point."""

    def check(expected, stored):
        for ((name, labels), point), key in itertools.product(expected.recorded.items(), keys):
            if key in point:
                there = stored.metrics.get(name, {"series": {}})["series"].get(labels, {})
                yield f"{name} {dict(labels)}: {key}", point[key], there.get(key)

    return check


def exports(expected, stored):
    yield "exports, at least", expected.exports, min(expected.exports, stored.exports)


def sums(expected, stored):
    for what, recorded, there in points("sum")(expected, stored):
        # Within the 1e-12 that is promised.
        same = there is not None and math.isclose(recorded, there, rel_tol=1e-12)
        yield what, recorded, recorded if same else there


def told(key, place):
    """What is told of each metric beside its points."""

    def check(expected, stored):
        for name, declared in expected.metrics.items():
            yield f"{name}: {key}", declared[place], stored.metrics.get(name, {}).get(key)

    return check


def resource(expected, stored):
    for key, pattern in expected.resource.items():
        there = stored.resource.get(key)
        yield key, pattern, pattern if there and re.fullmatch(pattern, there) else there


def temporality(expected, stored):
    for name, (kind, _, _) in expected.metrics.items():
        if kind != "gauge":
            # What goes up and down is cumulative whatever is preferred, says OpenTelemetry's specification.
            of_this = "cumulative" if kind == "up_down_counter" else expected.temporality
            yield f"{name}: temporality", of_this, stored.metrics.get(name, {}).get("temporality")


def gzip(expected, stored):
    yield "content-encoding", {expected.encoding}, {r.get("content-encoding") for r in stored.requests}


def header(expected, stored):
    if expected.run == "vmauth-http":
        # vmauth lets nothing pass that has another token, as the run with another one shows.
        yield "let in", expected.is_let_in, bool(stored.metrics)
    elif expected.transport == "grpc":
        # The token by which the requests were found was metadata, the one thing that is handed on.
        yield "requests with the token", expected.is_let_in, bool(stored.requests)
    else:
        yield "authorization", {expected.authorization}, {r.get("authorization") for r in stored.requests}


def promql(expected, stored):
    asked = f'sum(shop_request_count_total{{e2e_path="{expected.run}"}})'
    counts = [one["value"] for (name, _), one in expected.recorded.items() if name == "shop.request_count"]
    yield asked, sum(counts), stored.query(asked)


def wrong_points(key, change):
    def make_wrong(expected):
        for point in expected.recorded.values():
            if key in point:
                point[key] = change(point[key])

    return make_wrong


def wrong_told(place):
    def make_wrong(expected):
        declared = list(expected.metrics["shop.revenue"])
        declared[place] += "?"
        expected.metrics["shop.revenue"] = tuple(declared)

    return make_wrong


def more_of(key):
    return wrong_points(key, lambda value: value + 1)


# Each check, and what makes its expectation wrong.
CHECKS = {
    "series": (series, lambda e: e.metrics.update({"shop.absent": ("gauge", "", "")})),
    "exports": (exports, lambda e: setattr(e, "exports", 1000)),
    "values": (points("value"), more_of("value")),
    "count": (points("count"), more_of("count")),
    "sum": (sums, wrong_points("sum", lambda total: total * (1 + 1e-9))),
    "buckets": (
        points("bounds", "buckets"),
        wrong_points("buckets", lambda b: [b[0] + 1, *b[1:-1], b[-1] - 1]),
    ),
    "min/max": (points("min", "max"), more_of("max")),
    "unit": (told("unit", 1), wrong_told(1)),
    "description": (told("description", 2), wrong_told(2)),
    "resource": (resource, lambda e: e.resource.update({"service.name": "another"})),
    "temporality": (temporality, lambda e: setattr(e, "temporality", "another")),
    "gzip": (gzip, lambda e: setattr(e, "encoding", "zstd")),
    "header": (header, lambda e: e.__dict__.update(authorization="another", is_let_in=False)),
    "promql": (promql, more_of("value")),
}


def silent(run, where):
    """The checks that a receiver cannot answer, and why."""
    _, _, transport = RUNS[run]
    no_requests = "does not tell how requests came"
    if where == "victoria-metrics":
        reasons = {
            "min/max": "keeps neither minimum nor maximum",
            "description": "keeps no descriptions in this version",
            "temporality": "takes cumulative alone, and does not tell",
            "gzip": no_requests,
            "header": no_requests,
        }
        if run == "vmauth-http":
            del reasons["header"]
    elif where == "rotel's log":
        reasons = {"gzip": no_requests, "header": no_requests, "promql": "is no database"}
    else:
        reasons = {"promql": "is no database"}
        if transport == "grpc":
            reasons["gzip"] = "unpacks what comes over gRPC before it looks"
    return reasons


def misses(check, expected, stored):
    found = CHECKS[check][0](expected, stored)
    return [f"{what}: expected {e}, got {got}" for what, e, got in found if e != got]


def look(run, where, options):
    """The misses of each check, once there is none, or when the deadline is over."""
    places, temporality, transport = RUNS[run]
    expected = Expected(run, temporality, transport, options)
    if options.wrong:
        CHECKS[options.wrong][1](expected)
    asked = [check for check in CHECKS if check not in silent(run, where)]
    while True:
        stored = RECEIVERS[where](run, options)
        found = {check: misses(check, expected, stored) for check in asked}
        if not any(found.values()) or time.monotonic() - STARTED > DEADLINE:
            break
        time.sleep(1)
    for check in asked:
        if not found[check]:
            other = copy.deepcopy(expected)
            CHECKS[check][1](other)
            if not misses(check, other, stored):
                found[check] = ["passes whatever is expected"]
    return found


def read(options, name):
    with open(os.path.join(options.logs, name), encoding="utf-8") as file:
        return file.read().strip()


def delivered(options):
    """The table of what arrived, and what is missing."""
    missing, notes, lines = [], [], []
    for run, (places, _, _) in RUNS.items():
        status = read(options, f"{run}.status")
        if status != "0":
            missing.append(f"{run}: the workload ended with {status}: {read(options, run + '.err')}")
            lines.append([f"{run}", *["MISS"] * len(CHECKS)])
            continue
        for where in places:
            found = look(run, where, options)
            cells = []
            for check in CHECKS:
                if check not in found:
                    note = f"{where} {silent(run, where)[check]}"
                    if note not in notes:
                        notes.append(note)
                    cells.append(f"n/a {notes.index(note) + 1}")
                else:
                    cells.append("MISS" if found[check] else "ok")
                    missing += [f"{run} in {where}, {check}: {miss}" for miss in found[check]]
            lines.append([f"{run} in {where}", *cells])
    table(["what was sent", *CHECKS], lines)
    for number, note in enumerate(notes, 1):
        print(f"  {number}: {note}")
    print("  a unit in VictoriaMetrics is the end of a name; those in braces have none")
    return missing


def refused(options):
    """The table of what could not be delivered: the program fails, and says why."""
    missing, lines = [], []
    for run, reason in FAILURES.items():
        status, said = read(options, f"{run}.status"), read(options, f"{run}.err")
        cells = {"fails": status == "1", "says why": reason in said}
        if run.endswith("-wrong-token"):
            # By now everything else is seen that was sent at the same time.
            cells["nothing stored"] = not victoria_metrics(run, options).metrics
        lines.append([run, *("ok" if ok else "MISS" for ok in cells.values()), ""][:4])
        missing += [f"{run}, {cell}: {status}: {said}" for cell, ok in cells.items() if not ok]
    print()
    table(["what cannot arrive", "fails", "says why", "nothing stored"], lines)
    return missing


def system(options):
    """The table of what the handler for Logfire stored: system metrics, and what is no difference."""
    run = "logfire-vmauth"
    said = json.loads(read(options, f"{run}.json") or "{}")
    if not said:
        return [f"{run}: {read(options, run + '.err')}"]
    lines, missing = [], []

    def line(what, least, most, value):
        ok = value is not None and least <= value <= most
        shown = "nothing" if value is None else f"{value:.4g}"
        lines.append([what, f"{least:.4g}", f"{most:.4g}", shown, "ok" if ok else "MISS"])
        if not ok:
            missing.append(f"{run}, {what}: {shown} is not in {least:.4g} to {most:.4g}")

    for name, (least, most) in SYSTEM.items():
        stored = samples(run, name, options)
        line(f"{name}, last", least, most, stored[-1] if stored else None)
    # A thread was busy at the end, in a window of its own.
    busy, used = said["busy"], samples(run, "process_cpu_utilization_ratio", options)
    line("process_cpu_utilization_ratio, busy", busy * 0.8, busy * 1.2, used[-2] if used[1:] else None)
    # VictoriaMetrics drops differences; those are looked at in ddapm.
    for stored, recorded in SUMS.items():
        sent = sum(one["value"] for one in said["metrics"][recorded])
        there = samples(run, stored, options)
        line(f"{stored}, last", sent, sent, there[-1] if there else None)
    print()
    table(["what Logfire's handler stored", "from", "to", "stored", ""], lines)
    return missing


def table(head, lines):
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    for line in [head, *lines]:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--logs", required=True)
    parser.add_argument("--victoria-metrics", required=True)
    parser.add_argument("--ddapm", required=True)
    parser.add_argument("--wrong", choices=CHECKS, help="expect something else there")
    options = parser.parse_args()
    missing = delivered(options) + refused(options) + system(options)
    print("".join(f"\nMISS {miss}" for miss in missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
