"""Compares what all processes of a fleet recorded with what VictoriaMetrics stored."""

import argparse
import collections
import json
import os
import time
import urllib.parse
import urllib.request

# The metric, the endings of its series in VictoriaMetrics, and whether it is a change under each
# temporality: sums of callbacks and up-down counters stay cumulative.
METRICS = {
    "jobs": ("fleet_jobs_total", {"cumulative": False, "delta": True, "lowmemory": True}),
    "count": ("fleet_time_seconds_count", {"cumulative": False, "delta": True, "lowmemory": True}),
    "sum": ("fleet_time_seconds_sum", {"cumulative": False, "delta": True, "lowmemory": True}),
    "ticks": ("fleet_ticks_total", {"cumulative": False, "delta": True, "lowmemory": False}),
    "open": ("fleet_open", {"cumulative": False, "delta": False, "lowmemory": False}),
}
# Forked workers of each process.
WORKERS = 2


def ask(options, path, **parameters):
    url = f"{options.victoria_metrics}{path}?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


def recorded(options, temporality):
    """What each process printed, by its name."""
    with open(os.path.join(options.logs, f"{temporality}.jsonl"), encoding="utf-8") as lines:
        printed = [json.loads(line) for line in lines]
    by_process = {line["process"]: line for line in printed}
    wanted = options.processes * (1 + WORKERS)
    assert len(printed) == len(by_process) == wanted, f"{len(printed)} lines, not {wanted}"
    return by_process


def series(options, temporality, name):
    """Every sample of a metric: (instance, process) -> series -> values in order."""
    match = f'{name}{{e2e_path="{temporality}"}}'
    found = collections.defaultdict(dict)
    for line in ask(options, "/api/v1/export", **{"match[]": match}).splitlines():
        line = json.loads(line)
        labels = line["metric"]
        key = (labels["service.instance.id" if "service.instance.id" in labels else
                      "service_instance_id"], labels["process"])
        samples = sorted(zip(line["timestamps"], line["values"]))
        found[key][json.dumps(labels, sort_keys=True)] = [value for _, value in samples]
    return found


def problems(options, temporality):
    """What differs: texts."""
    wrong = []
    expected = recorded(options, temporality)
    instances = {}
    for key, (name, changes) in METRICS.items():
        stored = collections.Counter()
        for (instance, process), parts in series(options, temporality, name).items():
            if instances.setdefault(process, instance) != instance:
                wrong.append(f"{process} has several instances in {name}")
            for labels, values in parts.items():
                if changes[temporality]:
                    stored[process] += sum(values)
                    continue
                stored[process] += values[-1]
                falls = any(after < before for before, after in zip(values, values[1:]))
                if falls and key != "open":
                    wrong.append(f"{labels} looks like a reset: {values}")
        for process, line in expected.items():
            if stored[process] != line[key]:
                wrong.append(f"{name} of {process} is {stored[process]}, not {line[key]}")
        total = sum(line[key] for line in expected.values())
        if sum(stored.values()) != total:
            wrong.append(f"{name} is {sum(stored.values())} in total, not {total}")
    if len(set(instances.values())) != len(expected):
        wrong.append(f"{len(set(instances.values()))} instances, not {len(expected)}")
    if set(instances) != set(expected):
        wrong.append(f"processes are missing or unknown: {set(instances) ^ set(expected)}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", required=True)
    parser.add_argument("--victoria-metrics", required=True)
    parser.add_argument("--processes", type=int, required=True)
    options = parser.parse_args()
    deadline = time.monotonic() + 45
    for temporality in ("cumulative", "delta", "lowmemory"):
        # A sample is found some seconds after it was accepted.
        while True:
            ask(options, "/internal/force_flush")
            wrong = problems(options, temporality)
            if not wrong or time.monotonic() > deadline:
                break
            time.sleep(1)
        if wrong:
            print(f"{temporality}: {len(wrong)} differences")
            print("\n".join(wrong[:20]))
            raise SystemExit(1)
        expected = recorded(options, temporality)
        jobs = sum(line["jobs"] for line in expected.values())
        print(f"{temporality}: {len(expected)} instances, {jobs} jobs, all as recorded")


if __name__ == "__main__":
    main()
