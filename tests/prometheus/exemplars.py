"""Reads exemplars with Prometheus' Python client. The first argument is the folder with the
scrape that the test `a_scrape_for_other_parsers` has written."""

import sys
import time
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families

LABELS = {
    "trace_id": "ab" * 16,
    "span_id": "01" * 8,
    "user": 'b\\c\nd, {é}',
}

EXPECTED = {
    ("parsed_bare_total", None): ({}, 1.0),
    ("parsed_orders_total", None): (LABELS, 3.0),
    ("parsed_size_bucket", "1.0"): (LABELS, 0.5),
    ("parsed_size_bucket", "10.0"): (LABELS, 5.0),
    ("parsed_size_bucket", "+Inf"): (LABELS, 50.0),
}


def main():
    scrape = (Path(sys.argv[1]) / "scrape.openmetrics").read_text()
    read = {}
    for family in text_string_to_metric_families(scrape):
        for sample in family.samples:
            if sample.exemplar:
                age = time.time() - float(sample.exemplar.timestamp)
                assert 0 <= age < 600, sample
                found = (sample.exemplar.labels, sample.exemplar.value)
                read[sample.name, sample.labels.get("le")] = found
    assert read == EXPECTED, read
    print(f"{len(read)} exemplars are read by Prometheus' Python client")


main()
