#!/usr/bin/env python3
"""Compares the metrics that receivers stored with those that the workload recorded.

Prints a table of receivers by checks, and exits with 1 if anything is missing. `--wrong CHECK` changes
the expectation of that check, so that the check fails. Without this option, the script tries a wrong
expectation on every check that passed, without a message; a check that cannot fail counts as a miss.
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

import exemplars
from exponential import Buckets
from plan import FAILURES, LINTED, METRICS, NATIVE, RUNS, SUMS, SYSTEM
from receivers import RECEIVERS, get, labels_of, samples, victoria_metrics

DEADLINE = 40  # seconds until a receiver must show the metrics
STARTED = time.monotonic()


class Expected:
    """The metrics of a run that a receiver must have."""

    def __init__(self, run, where, options):
        _, temporality, transport = RUNS[run]
        with open(os.path.join(options.logs, f"{run}.json"), encoding="utf-8") as file:
            said = json.load(file)
        self.run, self.temporality, self.transport = run, temporality, transport
        self.metrics = dict(METRICS)
        self.recorded = {
            (name, labels_of(one["labels"].items())): one
            for name, series in said["metrics"].items()
            for one in series
        }
        for point in self.recorded.values():
            if "values" in point:
                ranges = Buckets.of_values(point.pop("values")).ranges()
                if transport == "scrape" and where not in NATIVE:
                    point.update(bounds=[], buckets=[point["count"]])
                else:
                    point["ranges"] = ranges
        self.resource = {
            "service.name": "shop",
            "service.instance.id": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
            "host.name": re.escape(socket.gethostname()),
            "process.pid": str(said["pid"]),
            "e2e.path": run,
        }
        if transport == "scrape":
            self.resource = {"instance": r"127\.0\.0\.1:\d+"}
        if run == "pushed":
            self.resource = {"job": "pushed", "path": "/var/lib"}
        self.exports = 2
        self.encoding = "gzip"
        self.authorization = f"Bearer {run}"
        self.is_let_in = True


# A check yields the examined part, the expected value and the found value.


def series(expected, stored):
    for name, (kind, _, _) in expected.metrics.items():
        there = stored.metrics.get(name, {"kind": f"not in {sorted(stored.metrics)}", "series": {}})
        yield f"{name}: kind", kind, there["kind"]
        labels = sorted(labels for metric, labels in expected.recorded if metric == name)
        yield f"{name}: series", labels, sorted(there["series"])


def points(*keys):
    """Checks these parts of each point."""

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
        # Sums are promised to be exact within a relative error of 1e-12.
        same = there is not None and math.isclose(recorded, there, rel_tol=1e-12)
        yield what, recorded, recorded if same else there


def told(key, place):
    """Checks a property of each metric, such as its unit."""

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
            # OpenTelemetry's specification: an up-down counter is cumulative under every
            # preference.
            of_this = "cumulative" if kind == "up_down_counter" else expected.temporality
            yield f"{name}: temporality", of_this, stored.metrics.get(name, {}).get("temporality")


def gzip(expected, stored):
    encodings = {r.get("content-encoding") for r in stored.requests}
    yield "content-encoding", {expected.encoding}, encodings


def header(expected, stored):
    if expected.run == "vmauth-http":
        # vmauth refuses every other token, as the run with a wrong token shows.
        yield "accepted", expected.is_let_in, bool(stored.metrics)
    elif expected.transport == "grpc":
        # The token is the only metadata that ddapm passes on; the requests were found by the token.
        yield "requests with the token", expected.is_let_in, bool(stored.requests)
    else:
        tokens = {r.get("authorization") for r in stored.requests}
        yield "authorization", {expected.authorization}, tokens


def promql(expected, stored):
    # The program has ended, so its series have.
    asked = f"sum(last_over_time(shop_request_count_total{stored.selector}[10m]))"
    recorded = expected.recorded.items()
    counts = [one["value"] for (name, _), one in recorded if name == "shop.request_count"]
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


# Each check, and a function that makes its expectation wrong.
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
    "ranges": (points("ranges"), wrong_points("ranges", lambda r: {**r, min(r): r[min(r)] + 1})),
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
    """The checks that a receiver cannot answer, with the reasons."""
    _, _, transport = RUNS[run]
    no_requests = "does not show the requests"
    if where == "victoria-metrics":
        reasons = {
            "min/max": "keeps neither minimum nor maximum",
            "description": "keeps no descriptions in this version",
            "temporality": "accepts only cumulative, and does not show it",
            "gzip": no_requests,
            "header": no_requests,
        }
        if run == "vmauth-http":
            del reasons["header"]
    elif transport == "scrape":
        reasons = {
            "min/max": "has neither minimum nor maximum",
            "description": "has descriptions, which databases forget when the program ends",
            "temporality": "is always cumulative",
            "gzip": "has no request of the program",
            "header": "has no request of the program",
        }
        if where not in NATIVE:
            reasons["ranges"] = "has no exponential histograms, except in protobuf"
    elif where == "rotel's log":
        reasons = {"gzip": no_requests, "header": no_requests, "promql": "is no database"}
    else:
        reasons = {"promql": "is no database"}
        if transport == "grpc":
            reasons["gzip"] = "decompresses gRPC requests before it stores them"
    return reasons


def misses(check, expected, stored):
    found = CHECKS[check][0](expected, stored)
    return [f"{what}: expected {e}, got {got}" for what, e, got in found if e != got]


def look(run, where, options):
    """The misses of each check, as soon as there are none, or at the deadline."""
    expected = Expected(run, where, options)
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
                found[check] = ["passes with a wrong expectation too"]
    return found


def read(options, name):
    with open(os.path.join(options.logs, name), encoding="utf-8") as file:
        return file.read().strip()


def delivered(options):
    """Prints the table of delivered runs, and returns the failures."""
    missing, notes, lines = [], [], []
    for run, (places, _, _) in RUNS.items():
        status = read(options, f"{run}.status")
        if status != "0":
            error = read(options, run + ".err")
            missing.append(f"{run}: the workload ended with status {status}: {error}")
            lines.append([f"{run}", *["MISS"] * len(CHECKS)])
            continue
        for where in places:
            found = look(run, where, options)
            cells = []
            for check in CHECKS:
                if check not in found:
                    who = "a scrape" if RUNS[run][2] == "scrape" else where
                    note = f"{who} {silent(run, where)[check]}"
                    if note not in notes:
                        notes.append(note)
                    cells.append(f"n/a {notes.index(note) + 1}")
                else:
                    cells.append("MISS" if found[check] else "ok")
                    missing += [f"{run} in {where}, {check}: {miss}" for miss in found[check]]
            lines.append([f"{run} in {where}", *cells])
    table(["run and receiver", *CHECKS], lines)
    for number, note in enumerate(notes, 1):
        print(f"  {number}: {note}")
    print("  VictoriaMetrics appends the unit to the name, except a unit in braces")
    return missing


def refused(options):
    """Prints the table of runs that cannot deliver: the program must fail, and name the reason."""
    missing, lines = [], []
    for run, reason in FAILURES.items():
        status, said = read(options, f"{run}.status"), read(options, f"{run}.err")
        cells = {"fails": status == "1", "says why": reason in said}
        if run.endswith("-wrong-token"):
            # By now, the receivers show everything else that was sent at the same time.
            cells["nothing stored"] = not victoria_metrics(run, options).metrics
        lines.append([run, *("ok" if ok else "MISS" for ok in cells.values()), ""][:4])
        missing += [f"{run}, {cell}: {status}: {said}" for cell, ok in cells.items() if not ok]
    print()
    table(["run that cannot deliver", "fails", "says why", "nothing stored"], lines)
    return missing


def system(options):
    """Prints the table of the Logfire run: system metrics, and metrics not sent as differences."""
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
    # A thread was busy at the end, in a separate export interval.
    busy, used = said["busy"], samples(run, "process_cpu_utilization_ratio", options)
    last = used[-2] if used[1:] else None
    line("process_cpu_utilization_ratio, busy", busy * 0.8, busy * 1.2, last)
    # VictoriaMetrics drops differences; the check in ddapm covers them.
    for stored, recorded in SUMS.items():
        sent = sum(one["value"] for one in said["metrics"][recorded])
        there = samples(run, stored, options)
        line(f"{stored}, last", sent, sent, there[-1] if there else None)
    print()
    table(["metric of the Logfire handler", "from", "to", "stored", ""], lines)
    return missing


def scraped(options):
    """Prints what promtool and the Pushgateway say, and returns the failures."""
    said, missing = read(options, "promtool.txt").splitlines(), []
    if read(options, "promtool.status") not in {"0", "3"} or not set(said) <= LINTED:
        missing.append(f"promtool check metrics: {said}")
    kept = get(f"{options.pushgateway}/metrics")
    if 'job="deleted/job"' in kept or 'job="pushed"' not in kept:
        missing.append("the Pushgateway must have the group `pushed` and not `deleted/job`")
    print()
    table(["text of a scrape, and pushed groups", ""], [["", "MISS" if missing else "ok"]])
    return missing


def marked(options):
    """Prints the table of exemplars, and returns the failures."""
    lines, missing = exemplars.check(options)
    print()
    table(["receiver", "exemplars", ""], lines)
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
    for name in ["prometheus-2", "prometheus-2-native", "prometheus-3", "pushgateway"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--wrong", choices=CHECKS, help="make the expectation of this check wrong")
    options = parser.parse_args()
    missing = delivered(options) + refused(options) + system(options) + scraped(options)
    missing += marked(options)
    print("".join(f"\nMISS {miss}" for miss in missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
