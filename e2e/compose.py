"""Checks what e2e/compose has started: the mounted files exist, Prometheus scrapes the shop, and the
rules are evaluated. Arguments: the folder of the example, and the address of Prometheus."""

import json
import os
import sys
import time
import urllib.parse
import urllib.request

from ruamel.yaml import YAML

example, prometheus = sys.argv[1:]
DEADLINE = time.monotonic() + 90


def load(path):
    with open(os.path.join(example, path), encoding="utf-8") as file:
        return YAML(typ="safe").load(file)


def get(path, **parameters):
    address = f"{prometheus}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.load(answer)["data"]


def until(what, is_done):
    """Asks again until the deadline."""
    while not (state := is_done())[0]:
        if time.monotonic() > DEADLINE:
            sys.exit(f"e2e/compose: {what}: {state[1]}")
        time.sleep(1)


def query(text):
    found = get("query", query=text)["result"]
    return bool(found) and float(found[0]["value"][1]) > 0, found


def rules():
    groups = get("rules")["groups"]
    all_rules = [rule for group in groups for rule in group["rules"]]
    pending = [rule["name"] for rule in all_rules if rule["health"] != "ok"]
    return bool(all_rules) and not pending, pending or "no rules are loaded"


compose = load("compose.yaml")
for name, service in compose["services"].items():
    for volume in service["volumes"]:
        source = os.path.join(example, volume.split(":")[0])
        if not os.path.exists(source):
            sys.exit(f"e2e/compose: {name} mounts {source}, which does not exist")
sources = load("grafana/data_sources.yaml")["datasources"]
(host, port) = sources[0]["url"].removeprefix("http://").split(":")
if host not in compose["services"] or port != "9090":
    sys.exit(f"e2e/compose: {sources[0]['url']} is no service of compose.yaml")
folder = load("grafana/dashboards.yaml")["providers"][0]["options"]["path"]
if not any(f":{folder}:" in volume for volume in compose["services"]["grafana"]["volumes"]):
    sys.exit(f"e2e/compose: nothing is mounted at {folder}")

until("Prometheus does not scrape the shop", lambda: query('up{job="shop"}'))
for metric in "shop_request_count_total", "assistant_answer_duration_seconds_count":
    until(f"there is no {metric}", lambda: query(f'sum({metric}{{job="shop"}})'))
until("rules are not evaluated", rules)
print("compose.yaml, its Prometheus configuration and the rendered rules: good")
