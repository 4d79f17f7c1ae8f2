"""Compares what Prometheus stored of the example `service` with what its driver says. Arguments: a
file with a value and a series a line, and the address of Prometheus."""

import json
import sys
import time
import urllib.parse
import urllib.request

expected, prometheus = sys.argv[1:]
DEADLINE = time.monotonic() + 60


def query(text):
    address = f"{prometheus}/api/v1/query?{urllib.parse.urlencode({'query': text})}"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.load(answer)["data"]["result"]


def value(series):
    found = query(f"sum({series})")
    return float(found[0]["value"][1]) if found else 0.0


with open(expected, encoding="utf-8") as file:
    wanted = {series: float(number) for number, series in (line.rstrip("\n").split("\t") for line in file)}
if not wanted:
    sys.exit("e2e/service: the driver says nothing")
while wrong := {series: value(series) for series in wanted if value(series) != wanted[series]}:
    if time.monotonic() > DEADLINE or any(wrong[series] > wanted[series] for series in wrong):
        lines = [f"{series} is {wrong[series]}, and not {wanted[series]}" for series in wrong]
        sys.exit("e2e/service: " + "\n".join(lines))
    time.sleep(1)  # Prometheus has not scraped the last requests yet.
for series in ["tokio_runtime_worker_count", "process_cpu_time_seconds_total", "tokio_task_active"]:
    if value(series) <= 0:
        sys.exit(f"e2e/service: no {series}")
print(f"Prometheus has the {len(wanted)} values of the driver, and those of runtime and process.")
