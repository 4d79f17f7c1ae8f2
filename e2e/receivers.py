"""Reads a run from the receivers: a function for each receiver returns a `Stored`."""

import functools
import json
import math
import os
import re
import urllib.parse
import urllib.request

from exponential import Buckets, written
from plan import METRICS


class Stored:
    """The part of a run that a receiver has."""

    def __init__(self):
        self.resource = {}
        self.metrics = {}  # name -> {kind, unit, description, temporality, series: {labels: point}}
        self.exports = 0
        self.requests = []  # the headers of each request, with names in lower case
        self.query = None  # PromQL -> number
        self.selector = ""  # the labels of the run in PromQL

    def metric(self, name, **known):
        return self.metrics.setdefault(name, {**known, "series": {}})

    def add(self, name, labels, point, delta):
        """Adds a point: deltas add up; otherwise the latest point replaces the others."""
        series = self.metrics[name]["series"]
        before = series.get(labels)
        if before is None:
            series[labels] = point
        elif not delta:
            series[labels] = max(before, point, key=lambda point: point["time"])
        elif "value" in point:
            before["value"] += point["value"]
        else:
            before["count"] += point["count"]
            before["sum"] += point["sum"]
            before["min"] = min(before["min"], point["min"])
            before["max"] = max(before["max"], point["max"])
            if "exponential" in before:
                before["exponential"] += point["exponential"]
            else:
                before["buckets"] = [a + b for a, b in zip(before["buckets"], point["buckets"])]

    def finish(self):
        for metric in self.metrics.values():
            for point in metric["series"].values():
                if "exponential" in point:
                    point["ranges"] = point.pop("exponential").ranges()
        return self


def labels_of(pairs):
    return tuple(sorted((key, str(value)) for key, value in pairs))


def get(url, **parameters):
    with urllib.request.urlopen(f"{url}?{urllib.parse.urlencode(parameters)}", timeout=10) as answer:
        return answer.read().decode()


def ddapm(run, options):
    """Every decoded request of the run, with its headers: for gRPC, those that ddapm passes on."""
    stored = Stored()
    # The Logfire handler sends no session header, so its run is searched among all requests.
    is_logfire = run == "ddapm-logfire"
    token = {} if is_logfire else {"test_session_token": run}
    for request in json.loads(get(f"{options.ddapm}/test/session/metrics", **token)):
        for resource in request.get("resource_metrics", []):
            attributes = dict(attributes_of(resource["resource"]))
            if attributes.get("e2e.path") == run:
                stored.exports += 1
                stored.resource = attributes
                for scope in resource["scope_metrics"]:
                    for metric in scope["metrics"]:
                        otlp_metric(stored, metric)
    requests = json.loads(get(f"{options.ddapm}/test/session/requests", **token))
    requests = [{k.lower(): v for k, v in request["headers"].items()} for request in requests]
    if is_logfire:
        ours = [r for r in requests if r.get("user-agent", "").startswith("typed-metrics-logfire/")]
        stored.requests = ours
    else:
        stored.requests = [r for r in requests if r.get("x-datadog-test-session-token") == run]
    return stored.finish()


def attributes_of(of):
    """The attributes in protobuf's JSON form, where 64-bit integers are strings."""
    return [(a["key"], next(iter(a["value"].values()), "")) for a in of.get("attributes", [])]


def otlp_metric(stored, metric):
    kinds = ("sum", "gauge", "histogram", "exponential_histogram")
    kind, data = next((kind, metric[kind]) for kind in kinds if kind in metric)
    is_exponential = kind == "exponential_histogram"
    if kind == "sum":
        kind = "counter" if data.get("is_monotonic") else "up_down_counter"
    elif is_exponential:
        kind = "histogram"
    temporality = data.get("aggregation_temporality", "").removeprefix("AGGREGATION_TEMPORALITY_")
    temporality = temporality.lower() or None
    known = dict(kind=kind, unit=metric.get("unit", ""), description=metric.get("description", ""))
    stored.metric(metric["name"], temporality=temporality, **known)
    for point in data["data_points"]:
        labels = labels_of(attributes_of(point))
        folded = {"time": int(point["time_unix_nano"])}
        if kind == "histogram":
            folded["count"] = int(point.get("count", 0))
            folded.update({key: point.get(key, math.nan) for key in ("sum", "min", "max")})
        if is_exponential:
            folded["exponential"] = otlp_exponential(point)
        elif kind == "histogram":
            folded["bounds"] = point["explicit_bounds"]
            folded["buckets"] = [int(count) for count in point["bucket_counts"]]
        else:
            folded["value"] = float(point["as_int"] if "as_int" in point else point["as_double"])
        stored.add(metric["name"], labels, folded, temporality == "delta")


def otlp_exponential(point):
    if "negative" in point:
        raise ValueError(f"the workload records nothing below zero: {point}")
    positive = point.get("positive", {})
    counts = enumerate(map(int, positive.get("bucket_counts", [])), int(positive.get("offset", 0)))
    return Buckets(int(point.get("scale", 0)), int(point.get("zero_count", 0)), dict(counts))


def rotel(run, options):
    """Every point of the run that rotel wrote to its log."""
    stored = Stored()
    for attributes, metrics in rotel_exports(run, options):
        stored.exports += 1
        stored.resource = attributes
        for metric in metrics:
            rotel_metric(stored, metric)
    return stored.finish()


def rotel_exports(run, options):
    """The attributes of the resource, and the texts of the metrics, of each export of the run in
    rotel's log."""
    with open(os.path.join(options.logs, "rotel.log"), encoding="utf-8") as log:
        resources = re.split(r"^ResourceMetrics #\d+\n", log.read(), flags=re.MULTILINE)[1:]
    for resource in resources:
        head, *metrics = re.split(r"^Metric #\d+\n", resource, flags=re.MULTILINE)
        attributes = dict(log_attributes(head))
        if attributes.get("e2e.path") == run:
            yield attributes, metrics


def log_attributes(text):
    return re.findall(r"^ +-> ([^:]+): [A-Z]\w+\((.*)\)$", text, flags=re.MULTILINE)


def rotel_metric(stored, text):
    head, *points = re.split(
        r"^(?:Number|Histogram|ExponentialHistogram)DataPoints #\d+\n", text, flags=re.MULTILINE
    )
    said = dict(re.findall(r"^ +-> (\w+): (.*)$", head, flags=re.MULTILINE))
    is_exponential = said["DataType"] == "ExponentialHistogram"
    kind = "histogram" if is_exponential else said["DataType"].lower()
    kind = kind if kind in ("histogram", "gauge") else None
    kind = kind or ("counter" if said["IsMonotonic"] == "true" else "up_down_counter")
    temporality = said.get("AggregationTemporality", "").removeprefix("AGGREGATION_TEMPORALITY_")
    temporality = temporality.lower() or None
    known = dict(kind=kind, unit=said["Unit"], description=said["Description"])
    stored.metric(said["Name"], temporality=temporality, **known)
    for point in points:
        number = lambda key: float(re.search(rf"^{key}: (.*)$", point, re.MULTILINE)[1])
        folded = {"time": int(number("Timestamp"))}
        if kind == "histogram":
            folded.update(count=int(number("Count")), sum=number("Sum"))
            folded.update(min=number("Min"), max=number("Max"))
        if is_exponential:
            bucket = r"^Bucket [\[(](.*), (.*)[\])], Count: (.*)$"
            found = [tuple(map(float, each)) for each in re.findall(bucket, point, re.MULTILINE)]
            zeros = sum(count for _, upper, count in found if upper == 0)
            limits = [each for each in found if each[1] != 0]
            folded["exponential"] = Buckets.of_limits(int(zeros), limits)
        elif kind == "histogram":
            bounds = re.findall(r"^ExplicitBounds #\d+: (.*)$", point, re.MULTILINE)
            buckets = re.findall(r"^Buckets #\d+, Count: (.*)$", point, re.MULTILINE)
            folded.update(bounds=[float(b) for b in bounds], buckets=[int(b) for b in buckets])
        else:
            folded["value"] = number("Value")
        stored.add(said["Name"], labels_of(log_attributes(point)), folded, temporality == "delta")


def victoria_metrics(run, options):
    """The last sample of every series of the run, under its Prometheus name."""
    return exported(f'{{e2e_path="{run}"}}', options)


def victoria_metrics_scraper(run, options):
    return exported('{job="victoria-metrics"}', options)


def exported(selector, options):
    """The last sample of every series with these labels in VictoriaMetrics."""
    stored = Stored()
    url = f"{options.victoria_metrics}/api/v1"
    for one in map(json.loads, get(f"{url}/export", **{"match[]": selector}).splitlines()):
        # A series that ends has a last value that is no number.
        values = [value for value in one["values"] if value is not None]
        stored.exports = max(stored.exports, len(values))
        prometheus_series(stored, one["metric"], values[-1])
    return asked_in_promql(stored, selector, url)


def prometheus(option, job, run, options):
    """The last sample of every series of a job in Prometheus."""
    stored = Stored()
    url = f"{vars(options)[option]}/api/v1"
    selector = f'{{job="{job}"}}'
    asked = f'{{job="{job}",__name__=~"shop_.+"}}[10m]'
    for one in json.loads(get(f"{url}/query", query=asked))["data"]["result"]:
        samples = one.get("values") or one["histograms"]
        stored.exports = max(stored.exports, len(samples))
        if "values" in one:
            prometheus_series(stored, one["metric"], float(samples[-1][1]))
        else:
            native_series(stored, one["metric"], samples[-1][1])
    return asked_in_promql(stored, selector, url)


def asked_in_promql(stored, selector, url):
    """Completes the histograms of a database, and its queries."""
    for metric in stored.metrics.values():
        for point in metric["series"].values():
            if "cumulative" in point:
                le = sorted(point.pop("cumulative").items())
                point["bounds"] = [bound for bound, _ in le if bound != math.inf]
                counts = [0] + [count for _, count in le]
                point["buckets"] = [b - a for a, b in zip(counts, counts[1:])]

    def query(promql):
        results = json.loads(get(f"{url}/query", query=promql))["data"]["result"]
        return float(results[0]["value"][1]) if results else None

    stored.query, stored.selector = query, selector
    return stored


def samples(run, name, options):
    """All samples of a metric of the run."""
    series = get(
        f"{options.victoria_metrics}/api/v1/export", **{"match[]": f'{name}{{e2e_path="{run}"}}'}
    )
    return [value for one in series.splitlines() for value in json.loads(one)["values"]]


UNITS = {"_milliseconds": "ms", "_seconds": "s", "_bytes": "By", "_EUR": "EUR"}
ENDS = {"histogram": "_(bucket|sum|count)", "counter": "_(total)", "gauge": "()", "up_down_counter": "()"}


def native_series(stored, labels, histogram):
    """A native histogram of Prometheus, as its API shows one."""
    name = labels["__name__"]
    for part in ("count", "sum"):
        prometheus_series(stored, {**labels, "__name__": f"{name}_{part}"}, float(histogram[part]))
    for _, lower, upper, count in histogram["buckets"]:
        limits = written(abs(float(lower)), float(upper))
        labels = {**labels, "__name__": f"{name}_bucket", "vmrange": limits}
        prometheus_series(stored, labels, float(count))


def prometheus_series(stored, labels, value):
    for name, (kind, unit, _) in METRICS.items():
        known = re.fullmatch(name.replace(".", "_") + r"(.*?)" + ENDS[kind], labels["__name__"])
        if known:
            break
    else:
        return
    suffix, part = known.groups()
    # A unit in braces is not part of the name.
    unit = unit if suffix == "" and unit.startswith("{") else UNITS.get(suffix, suffix)
    metric = stored.metric(name, kind=kind, unit=unit)
    own = {"endpoint", "route", "status_code"}
    limits = labels.get("vmrange")
    labels = {k: v for k, v in labels.items() if k != "vmrange"}
    stored.resource = {k.replace("_", "."): v for k, v in labels.items() if k not in own}
    point = metric["series"].setdefault(labels_of((k, v) for k, v in labels.items() if k in own), {})
    if limits is not None:
        point.setdefault("ranges", {})[limits] = value
    elif part == "bucket":
        point.setdefault("cumulative", {})[float(labels["le"])] = value
    else:
        point[part if kind == "histogram" else "value"] = value


RECEIVERS = {
    "victoria-metrics": victoria_metrics,
    "rotel's log": rotel,
    "ddapm": ddapm,
    "VictoriaMetrics' scraper": victoria_metrics_scraper,
    "Prometheus 2": functools.partial(prometheus, "prometheus_2", "scraped"),
    "Prometheus 2 by Pushgateway": functools.partial(prometheus, "prometheus_2", "pushed"),
    "Prometheus 2, protobuf": functools.partial(prometheus, "prometheus_2_native", "scraped"),
    "Prometheus 3, protobuf": functools.partial(prometheus, "prometheus_3", "protobuf"),
    "Prometheus 3, OpenMetrics": functools.partial(prometheus, "prometheus_3", "openmetrics"),
    "Prometheus 3, text 1.0.0": functools.partial(prometheus, "prometheus_3", "text-1"),
    "Prometheus 3, text 0.0.4": functools.partial(prometheus, "prometheus_3", "text-0"),
}
