"""Reads random registries with Prometheus' Python client, and compares what it reads with what was
recorded. The first argument is the folder with the registries, the second one is the number of
registries."""

import json
import math
import re
import string
import struct
import sys
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as text

PARSERS = {
    "text": text,
    "text1": text,
    "openmetrics": openmetrics,
    "openmetrics-utf8": openmetrics,
}


def bits(value):
    return struct.pack("<d", value)


def same(expected, read):
    """Whether a number that was read is the recorded one, which is given as text."""
    if isinstance(read, int):
        # The parsers read what looks like an integer as an integer of any size.
        return str(read) == expected
    return bits(float(expected)) == bits(read)


def is_openmetrics(name):
    return name.startswith("openmetrics")


def stripped(help):
    """The help as the parser of the text format reads it: without blanks at its ends."""
    line = help.replace("\\", "\\\\").replace("\n", "\\n").rstrip().lstrip(string.whitespace)
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], line)


def samples(family, format):
    """The samples that a parser must give for a family: name, labels without `le`, `le`, value."""
    name = family["name"]
    if family["kind"] == "counter" and not is_openmetrics(format):
        # The parser of the text format adds the suffix to counters that have none.
        name = name.removesuffix("_total") + "_total"
    for series in family["series"]:
        labels = series["labels"]
        if "value" in series:
            yield name, labels, None, series["value"]
            continue
        for limit, count in series["buckets"] + [["inf", series["count"]]]:
            yield f"{name}_bucket", labels, float(limit), str(count)
        if series["has_sum"] or not is_openmetrics(format):
            yield f"{name}_sum", labels, None, series["sum"]
            yield f"{name}_count", labels, None, str(series["count"])


def kind(family, format):
    """The type that a parser must give for a family, and its name there."""
    name = family["name"]
    without_total = name.removesuffix("_total")
    match family["kind"]:
        case "counter" if not is_openmetrics(format):
            return "counter", without_total
        case "counter" if without_total == name or not without_total:
            return "unknown", name
        case "counter":
            return "counter", without_total
        case "info" if is_openmetrics(format):
            return "info", name.removesuffix("_info")
        case "info":
            return "gauge", name
        case other:
            return other, name


def check(scrape, format, expected):
    read = {family.name: family for family in PARSERS[format](scrape)}
    assert len(read) == len(expected), (list(read), [family["name"] for family in expected])
    numbers = 0
    for family in expected:
        type_, name = kind(family, format)
        found = read[name]
        assert found.type == type_, (found, type_)
        # The parser of OpenMetrics skips blanks before the text.
        help = family["help"].lstrip(" ") if is_openmetrics(format) else stripped(family["help"])
        assert found.documentation == help, (found.documentation, help)
        left = {}
        for sample in found.samples:
            if is_openmetrics(format) and sample.name == f"{name}_created" and type_ != "gauge":
                assert sample.value > 1_700_000_000, sample
                continue
            labels = dict(sample.labels)
            limit = labels.pop("le", None)
            limit = None if limit is None else float(limit)
            key = sample.name, tuple(sorted(labels.items())), limit
            assert key not in left, key
            left[key] = sample.value
        for sample, labels, limit, value in samples(family, format):
            key = sample, tuple(sorted(labels.items())), limit
            assert key in left, (key, left)
            number = left.pop(key)
            assert same(value, number) or math.isnan(number) and value == "NaN", (key, value, number)
            numbers += 1
        assert not left, left
    return numbers


def main():
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    numbers = 0
    for number in range(count):
        for format in PARSERS:
            path = folder / f"{number}.{format}"
            scrape = path.read_bytes().decode()
            expected = json.loads((folder / f"{number}.{format}.json").read_text())
            try:
                numbers += check(scrape, format, expected)
            except Exception as error:
                print(scrape, file=sys.stderr)
                raise SystemExit(f"{path}: {type(error).__name__}: {error}") from error
    print(f"{count} registries, each in {len(PARSERS)} formats: {numbers} numbers read back")


main()
