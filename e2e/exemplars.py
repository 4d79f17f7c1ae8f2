"""Exemplars that receivers stored: each has the number of a request in the id of its trace, which
tells the value that it must have."""

import base64
import json
import re
import time

from receivers import get, rotel_exports

# The value of request number n in each metric, as e2e/src/workload.rs records it.
VALUES = {
    "shop.request_count": lambda n: 1 + n % 3,
    "shop.request_duration": lambda n: (1 + n * 7 % 6000) / 4,
    "shop.response_size": lambda n: (n % 31) * (n % 257),
    "shop.revenue": lambda n: n % 41 / 4,
}

# The kinds of data that have points in OTLP.
KINDS = "sum", "gauge", "histogram", "exponential_histogram"

# The names in Prometheus of the metrics that have exemplars there.
SCRAPED = {
    "shop.request_count": "shop_request_count_total",
    "shop.request_duration": "shop_request_duration_milliseconds_bucket",
    "shop.revenue": "shop_revenue_EUR_total",
}

# The formats that have exemplars: the option with the address, and the job.
PROMETHEUS = {
    "Prometheus 2, OpenMetrics": ("prometheus_2", "scraped"),
    "Prometheus 3, protobuf": ("prometheus_3", "protobuf"),
    "Prometheus 3, OpenMetrics": ("prometheus_3", "openmetrics"),
}

ROTEL = ["rotel-http", "rotel-grpc", "rotel-grpc-delta"]

DDAPM = ["ddapm-http-cumulative", "ddapm-http-delta", "ddapm-grpc-cumulative", "ddapm-grpc-delta"]


def of_ddapm(run, options):
    """The exemplars of a run, as (metric, trace, span, value)."""
    requests = json.loads(get(f"{options.ddapm}/test/session/metrics", test_session_token=run))
    for request in requests:
        for resource in request.get("resource_metrics", []):
            for scope in resource["scope_metrics"]:
                for metric in scope["metrics"]:
                    data = next(metric[kind] for kind in KINDS if kind in metric)
                    for point in data["data_points"]:
                        for exemplar in point.get("exemplars", []):
                            ids = [
                                base64.b64decode(exemplar[key]).hex()
                                for key in ("trace_id", "span_id")
                            ]
                            value = exemplar.get("as_int", exemplar.get("as_double"))
                            yield metric["name"], *ids, float(value)


def of_rotel(run, options):
    """The exemplars of a run in rotel's log, as (metric, trace, span, value)."""
    for _, metrics in rotel_exports(run, options):
        for metric in metrics:
            name = re.search(r"^ +-> Name: (.*)$", metric, re.MULTILINE)[1]
            for exemplar in re.split(r"^Exemplar #\d+\n", metric, flags=re.MULTILINE)[1:]:
                said = lambda key: re.search(rf"^ +-> {key}: (.*)$", exemplar, re.MULTILINE)[1]
                yield name, said("Trace ID"), said("Span ID"), float(said("Value"))


def of_prometheus(option, job, options):
    """The exemplars of a job, as (metric, trace, span, value)."""
    now = time.time()
    for metric, name in SCRAPED.items():
        asked = f'{name}{{job="{job}"}}'
        answer = get(
            f"{getattr(options, option)}/api/v1/query_exemplars",
            query=asked,
            start=now - 3600,
            end=now + 60,
        )
        for series in json.loads(answer)["data"]:
            for exemplar in series["exemplars"]:
                labels = exemplar["labels"]
                ids = labels.get("trace_id", ""), labels.get("span_id", "")
                yield metric, *ids, float(exemplar["value"])


def misses(found, wanted, shift=0):
    """The mistakes of exemplars, which each wanted metric must have. A shift makes the expected
    values wrong."""
    wrong = []
    for metric in wanted:
        if not any(name == metric for name, *_ in found):
            wrong.append(f"no exemplar of {metric}")
    for metric, trace, span, value in found:
        if metric not in VALUES:
            wrong.append(f"an exemplar of {metric}")
            continue
        number = int(trace or "0", 16) - (1 << 64)
        if number < 0 or number % 3 == 0 or int(span or "0", 16) != number + 1:
            wrong.append(f"{metric}: trace {trace!r} and span {span!r} are of no sampled request")
        elif VALUES[metric](number) + shift != value:
            wrong.append(f"{metric}: {value} is not the value of request {number}")
    return wrong


def check(options):
    """The lines of a table, and the failures."""
    sources = [(run, VALUES, of_ddapm(run, options)) for run in DDAPM]
    sources += [(run, VALUES, of_rotel(run, options)) for run in ROTEL]
    for name, (option, job) in PROMETHEUS.items():
        sources.append((name, SCRAPED, of_prometheus(option, job, options)))
    lines, missing = [], []
    for name, wanted, found in sources:
        found = list(found)
        wrong = misses(found, wanted)
        if not wrong and not misses(found, wanted, shift=1):
            wrong = ["passes with a wrong expectation too"]
        lines.append([name, str(len(found)), "MISS" if wrong else "ok"])
        missing += [f"exemplars, {name}: {miss}" for miss in wrong[:5]]
    return lines, missing
