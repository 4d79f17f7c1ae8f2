"""The runs of `e2e/run`, and the receivers that must have each run."""

# The metrics that e2e/src/metrics.rs declares.
METRICS = {
    "shop.request_duration": ("histogram", "ms", "Duration of requests."),
    "shop.request_count": ("counter", "{request}", "Number of requests processed."),
    "shop.requests_in_flight": ("up_down_counter", "{request}", "Requests being served right now."),
    "shop.memory_usage": ("gauge", "By", "Memory in use."),
    "shop.revenue": ("counter", "EUR", "Money made."),
    "shop.backup_duration": ("histogram", "s", "Time that backups take."),
    "shop.response_size": ("histogram", "By", "Size of responses."),
}

# For each run: the receivers that must have it, its temporality and its transport.
RUNS = {
    "vm-http": (["victoria-metrics"], "cumulative", "http"),
    "vmauth-http": (["victoria-metrics"], "cumulative", "http"),
    "rotel-http": (["rotel's log", "victoria-metrics"], "cumulative", "http"),
    "rotel-grpc": (["rotel's log", "victoria-metrics"], "cumulative", "grpc"),
    "rotel-grpc-delta": (["rotel's log"], "delta", "grpc"),
    "ddapm-http-cumulative": (["ddapm"], "cumulative", "http"),
    "ddapm-http-delta": (["ddapm"], "delta", "http"),
    "ddapm-grpc-cumulative": (["ddapm"], "cumulative", "grpc"),
    "ddapm-grpc-delta": (["ddapm"], "delta", "grpc"),
    "ddapm-logfire": (["ddapm"], "delta", "http"),
    "scraped": (
        [
            "VictoriaMetrics' scraper",
            "Prometheus 2",
            "Prometheus 2, protobuf",
            "Prometheus 3, protobuf",
            "Prometheus 3, OpenMetrics",
            "Prometheus 3, text 1.0.0",
            "Prometheus 3, text 0.0.4",
        ],
        "cumulative",
        "scrape",
    ),
    "pushed": (["Prometheus 2 by Pushgateway"], "cumulative", "scrape"),
}

# The scrapers that take exponential histograms as native ones. Other formats have no buckets for
# them.
NATIVE = {"Prometheus 2, protobuf", "Prometheus 3, protobuf"}

# The complaints of promtool about the names and units that the workload declares.
LINTED = {
    'shop_request_duration_milliseconds use base unit "seconds" instead of "milliseconds"',
}

# Runs that cannot deliver, and a text that their error must contain.
FAILURES = {"vmauth-wrong-token": "401",
    "logfire-wrong-token": "Logfire does not accept the write token, `LOGFIRE_TOKEN`",
    "nobody-http": "127.0.0.1:", "nobody-grpc": "127.0.0.1:"}

# The basic system metrics with their names in VictoriaMetrics, and the range of plausible values.
SYSTEM = {
    "process_cpu_utilization_ratio": (0, 1),
    "system_cpu_simple_utilization_ratio": (0, 1),
    "system_memory_utilization_ratio": (0.001, 1),
    "system_swap_utilization_ratio": (0, 1),
    "system_cpu_load_average_1m": (0, 1000),
    "system_process_count": (2, 1_000_000),
}

# Metrics that are not sent as differences: the name in VictoriaMetrics, and the name here.
SUMS = {
    "shop_memory_usage_bytes": "shop.memory_usage",
    "shop_requests_in_flight": "shop.requests_in_flight",
}
