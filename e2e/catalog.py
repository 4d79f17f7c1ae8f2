"""Asks every query of the rendered documents, and compares the answers of all databases.

A query has an answer if at least one series has a number. The answers of two databases are compared
by their series: exactly, if the query asks for levels and states, and with a tolerance, if it asks
for rates, because databases take rates in different ways.
"""

import argparse
import json
import math
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import panels

# Rates of databases differ at the edges of the window.
TOLERANCE = 0.25


def rate_interval(scrape, step):
    """The rate interval that Grafana takes, in seconds."""
    return max(step + scrape, 4 * scrape)


class Failures:
    def __init__(self):
        self.texts, self.checked = [], 0

    def check(self, is_right, text):
        self.checked += 1
        if not is_right:
            self.texts.append(text)


class Database:
    def __init__(self, name, url):
        self.name, self.url = name, url

    def get(self, path, **parameters):
        url = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(parameters, doseq=True)}"
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise ValueError(f"{self.name}: {error.read().decode()}") from error

    def ask(self, query, at):
        """The value of each series, by its labels without the name."""
        series = {}
        for one in self.get("query", query=query, time=at)["result"]:
            labels = {k: v for k, v in one["metric"].items() if k != "__name__"}
            key = tuple(sorted(labels.items()))
            if "value" in one:
                series[key] = float(one["value"][1])
            elif "histogram" in one:
                series[key] = float(one["histogram"][1]["count"])
        return series


def dashboards(folder):
    for name in sorted(os.listdir(f"{folder}/grafana")):
        with open(f"{folder}/grafana/{name}", encoding="utf-8") as file:
            yield name, json.load(file)


def panels_of(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def queries(folder, interval, whole, job):
    """Every query, with the variables as Grafana replaces them if a job and all other values are
    selected."""
    for name, dashboard in dashboards(folder):
        names = [variable["name"] for variable in dashboard["templating"]["list"]]
        row = ""
        for panel in panels_of(dashboard):
            row = panel["title"] if panel["type"] == "row" else row
            for target in panel.get("targets", []):
                yield f"{name}: {row}: {panel['title']} {target['refId']}", replaced(
                    target["expr"], names, interval, whole, job
                )


def replaced(text, names, interval, whole, job=".*"):
    text = text.replace("$__rate_interval", f"{interval}s").replace("$__range", f"{whole}s")
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(f"${name}", job if name == "job" else ".*")
    if "$" in text:
        raise ValueError(f"a variable is not declared: {text}")
    return text


def rules(folder):
    """The expression of each recording rule and alert."""
    for name in sorted(os.listdir(f"{folder}/prometheus")):
        if name.endswith(".rules.yml"):
            with open(f"{folder}/prometheus/{name}", encoding="utf-8") as file:
                text = file.read()
            for kind, rule, expr in re.findall(
                r"- (record|alert): (.*)\n    expr: \|-?\n((?:      .*\n)+)", text
            ):
                yield f"{name}: {rule}", kind, re.sub(r"^      ", "", expr, flags=re.MULTILINE)


def has_data(series):
    return any(not math.isnan(value) for value in series.values())


# The labels that tell a process have other names in VictoriaMetrics, and the label with a state has
# another name in OpenMetrics.
IDENTITY = {"job", "instance", "service_name", "service_instance_id", "service.name", "service.instance.id"}


def comparable(series):
    """The series without labels that databases name differently."""
    plain = {}
    for labels, value in series.items():
        key = tuple((re.sub(r"\W", "_", k), v) for k, v in labels if k not in IDENTITY)
        # In a heat map, databases write the limits of buckets in several forms.
        key = tuple((k, float(v) if k == "le" else v) for k, v in key)
        plain[tuple(sorted(key, key=str))] = value
    return plain


def is_rate(query):
    return re.search(r"\b(rate|increase)\(", query) is not None


def ask_all(database, folder, at, interval, whole, failures, present, job=".*", without=()):
    """Asks all queries but those of places `without`; the answers by place. A metric that is not
    `present` has no answer."""
    answers = {}
    is_left_out = lambda place: any(part in place for part in without)
    for place, query in queries(folder, interval, whole, job):
        if is_left_out(place):
            continue
        try:
            answers[place] = (query, database.ask(query, at))
        except ValueError as error:
            failures.check(False, f"{place}: {query}\n    {error}")
            continue
        is_absent = not has_data(answers[place][1])
        if is_absent and not present(place, query):
            print(f"not on this machine: {place}")
            continue
        failures.check(not is_absent, f"{database.name}: no data: {place}: {query}")
    for place, kind, query in rules(folder):
        if kind == "record" and not is_left_out(place):
            answers[place] = (query, database.ask(query, at))
            failures.check(has_data(answers[place][1]), f"{database.name}: no data: {place}: {query}")
    return answers


def compare(a_name, a, b_name, b, failures):
    """Compares the answers of two databases."""
    for place in a.keys() & b.keys():
        # Another process, at another time.
        if "process-and-host" in place or place.startswith("tokio.json"):
            continue
        (query, left), (other, right) = a[place], b[place]
        left, right = comparable(left), comparable(right)
        # A histogram of a heat map has the buckets that the database stores.
        if "distribution" in place or "all calls" in place or "topk" in query:
            continue
        failures.check(
            left.keys() == right.keys(),
            f"{place}: series differ\n    {a_name}: {query}: {sorted(left, key=str)}\n"
            f"    {b_name}: {other}: {sorted(right, key=str)}",
        )
        for key in left.keys() & right.keys():
            x, y = left[key], right[key]
            if is_rate(query):
                is_same = (math.isnan(x) and math.isnan(y)) or math.isclose(
                    x, y, rel_tol=TOLERANCE, abs_tol=0.02
                )
            else:
                is_same = x == y
            failures.check(is_same, f"{place}: {a_name} {x}, {b_name} {y}: {query} {key}")


def lost_keys(document, again, place=""):
    """The keys of a document that it lost when Grafana's SDK read and wrote it."""
    if isinstance(document, dict):
        for key, value in document.items():
            if not isinstance(again, dict) or key not in again:
                yield f"{place}.{key}"
            else:
                yield from lost_keys(value, again[key], f"{place}.{key}")
    elif isinstance(document, list):
        if not isinstance(again, list) or len(document) != len(again):
            yield place
        else:
            for one, other in zip(document, again):
                yield from lost_keys(one, other, f"{place}[]")
    elif document != again:
        yield f"{place}: {document!r} became {again!r}"


def read_by_grafana(folder, failures):
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.cog.plugins import register_default_plugins
    from grafana_foundation_sdk.models.dashboard import Dashboard

    register_default_plugins()

    def round_trip(dashboard):
        return json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard)))

    for name, dashboard in dashboards(folder):
        lost = sorted(set(lost_keys(dashboard, round_trip(dashboard))))
        failures.check(not lost, f"{name}: Grafana's SDK does not know {lost}")
        # The check finds a key with a wrong name.
        dashboard["panels"][0]["titel"] = "wrong"
        if not any("titel" in key for key in lost_keys(dashboard, round_trip(dashboard))):
            raise ValueError("the round trip does not see a wrong key")


def variables_have_values(database, folder, failures):
    for name, dashboard in dashboards(folder):
        for variable in dashboard["templating"]["list"]:
            if variable["type"] != "query":
                continue
            query = variable["query"]["query"]
            if query.startswith("query_result"):
                (inner,) = re.fullmatch(r"query_result\((.*)\)", query).groups()
                series = database.ask(replaced(inner, ["job"], 1, 1), time.time())
                # Grafana takes the values out of the text of each series.
                texts = ["{" + ",".join(f'{k}="{v}"' for k, v in labels) + "} 1" for labels in series]
                values = [re.search(variable["regex"].strip("/"), text) for text in texts]
            else:
                selector, label = re.fullmatch(r"label_values\((.*), (\S+)\)", query).groups()
                selector = replaced(selector, ["job"], 1, 1)
                values = database.get(f"label/{label}/values", **{"match[]": selector})
            failures.check(any(values), f"{database.name}: {name}: {query} has no values")


def stretched(source, target, factor, end):
    """Copies all samples to another VictoriaMetrics, as if they were exported `factor` times more
    slowly. The last sample is at `end`, in seconds."""
    with urllib.request.urlopen(
        f"{source.url}/api/v1/export?" + urllib.parse.urlencode({"match[]": '{__name__!=""}'}), timeout=60
    ) as answer:
        lines = [json.loads(line) for line in answer.read().splitlines()]
    last = max(max(one["timestamps"]) for one in lines)
    for one in lines:
        one["timestamps"] = [int(end * 1000) - (last - at) * factor for at in one["timestamps"]]
    body = "\n".join(json.dumps(one) for one in lines).encode()
    request = urllib.request.Request(f"{target.url}/api/v1/import", data=body, method="POST")
    urllib.request.urlopen(request, timeout=60).close()
    urllib.request.urlopen(f"{target.url}/internal/force_flush", timeout=60).close()
    return len(lines)


def main():
    parser = argparse.ArgumentParser()
    databases = "prometheus-2", "prometheus-3", "victoria-metrics"
    for option in ("documents", "seconds", "scraped", *databases):
        parser.add_argument(f"--{option}", required=True)
    parser.add_argument("--victoria-metrics-utf8", required=True)
    parser.add_argument("--victoria-metrics-stretched", required=True)
    help = "the seconds between two scrapes or exports"
    parser.add_argument("--interval", required=True, help=help)
    parser.add_argument("--panels", help="a folder for the answers that draw the panels")
    options = parser.parse_args()
    seconds, scrape_interval = int(options.seconds), int(options.interval)
    failures = Failures()
    folder = lambda name: f"{options.documents}/{name}"
    prometheus_2 = Database("Prometheus 2", options.prometheus_2)
    prometheus_3 = Database("Prometheus 3", options.prometheus_3)
    victoria = Database("VictoriaMetrics", options.victoria_metrics)
    victoria_utf8 = Database("VictoriaMetrics with all names", options.victoria_metrics_utf8)
    slow = Database("VictoriaMetrics at 60 s", options.victoria_metrics_stretched)

    for name in sorted(os.listdir(options.documents)):
        read_by_grafana(folder(name), failures)

    # The middle of the recording: everything was recorded for a while.
    begin = time.time()
    time.sleep(seconds * 0.75)
    with urllib.request.urlopen(f"{options.scraped}/metrics", timeout=10) as answer:
        scrape = answer.read().decode()

    def is_here(place, query):
        """Whether a query must have an answer: the metrics of the host may be missing."""
        if "process-and-host" not in place:
            return True
        names = re.findall(r"\b(?:process|system)[._\\\w]+", query.replace("\\", ""))
        return all(re.sub(r"\W", "_", name) in scrape for name in names)

    at = time.time() - 3
    # Grafana's steps are not shorter than the time between two scrapes.
    interval = rate_interval(scrape_interval, scrape_interval)
    # VictoriaMetrics takes the first value of a series for an increase from 0, and Prometheus does
    # not. So the longest window begins when every series has values.
    whole = int(at - begin) - max(5, 2 * scrape_interval)

    def ask(database, name, job=".*", without=()):
        return ask_all(database, folder(name), at, interval, whole, failures, is_here, job, without)

    # Prometheus 3 scrapes two programs, and a job is selected.
    answers_3 = ask(prometheus_3, "scraped", "desk")
    # OpenMetrics 1.0 has no exponential histograms.
    exponential = ("Response size", "Job duration", "job_duration", "objectives.json: job:")
    answers_utf8 = ask(prometheus_3, "scraped-utf8", "utf8", exponential)
    answers_2 = ask(prometheus_2, "scraped", "desk", exponential)
    answers_vm = ask(victoria, "victoria-metrics")
    answers_vm_utf8 = ask(victoria_utf8, "victoria-metrics-utf8")
    for database, name in [
        (prometheus_3, "scraped"),
        (prometheus_3, "scraped-utf8"),
        (victoria, "victoria-metrics"),
        (victoria_utf8, "victoria-metrics-utf8"),
    ]:
        variables_have_values(database, folder(name), failures)

    compare("Prometheus 3", answers_3, "Prometheus 2", answers_2, failures)
    compare("Prometheus 3", answers_3, "UTF-8 names", answers_utf8, failures)
    compare("Prometheus 3", answers_3, "VictoriaMetrics", answers_vm, failures)
    compare("VictoriaMetrics", answers_vm, "with all names", answers_vm_utf8, failures)

    # Rules in a running Prometheus: shares are recorded, and alerts wait for their time.
    recorded = prometheus_3.ask('{__name__=~"slo:bad_calls:ratio_rate.*"}', at)
    slos = {dict(labels)["slo"] for labels in recorded}
    failures.check(len(slos) == 5, f"shares of bad calls are recorded for {sorted(slos)}")
    alerts = [dict(labels) for labels in prometheus_3.ask("ALERTS", time.time())]
    waiting = {alert["slo"] for alert in alerts}
    # Half of the calls fail, but they are fast. Jobs are recorded by hand too, and those are slow.
    missed = {
        "desk_call_duration_99_percent_succeed",
        "desk_job_duration_90_percent_within_100ms",
        "typed_metrics_e2e_catalog_work_wait_99_9_percent_succeed",
        "typed_metrics_e2e_catalog_work_wait_99_9_percent_within_1ms",
    }
    failures.check(waiting == missed, f"alerts wait for {sorted(waiting)}")
    # The alerts of the fastest burn wait for 2 minutes. Of an objective with 90 %, not even bad
    # calls alone burn the budget that fast: 14.4 times 10 % are more than all calls.
    firing = {alert["slo"] for alert in alerts if alert["alertstate"] == "firing"}
    fired = {1: set(), 60: missed - {"desk_job_duration_90_percent_within_100ms"}}
    if scrape_interval in fired:
        failures.check(firing == fired[scrape_interval], f"alerts fire for {sorted(firing)}")

    print(f"{len(answers_3)} queries in each database, {scrape_interval} s between two scrapes")
    if scrape_interval == 1:
        # The same samples, as if there was an export every 60 s.
        copied = stretched(victoria, slow, 60, time.time())
        failures.check(copied > 100, f"{copied} series were copied")
        at_slow, rate, range_slow = time.time() - 240, rate_interval(60, 60), 60 * whole
        documents = folder("victoria-metrics")
        answers_slow = ask_all(slow, documents, at_slow, rate, range_slow, failures, is_here)
        print(f"{len(answers_slow)} queries in a copy with 60 s between two exports")

    if options.panels:
        asked = lambda text, names: replaced(text, names, interval, int(at - begin), "desk")
        drawn = dashboards(folder("scraped"))
        panels.write(options.panels, drawn, asked, prometheus_3, begin, at, scrape_interval)
    for text in failures.texts[:60]:
        print(text, file=sys.stderr)
    print(f"{failures.checked - len(failures.texts)} of {failures.checked} checks passed")
    sys.exit(bool(failures.texts))


main()
