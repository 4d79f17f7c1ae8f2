"""What `e2e/run` sends, and where it has to arrive."""

# What e2e/src/metrics.rs declares.
METRICS = {
    "shop.request_duration": ("histogram", "ms", "Duration of requests."),
    "shop.request_count": ("counter", "{request}", "Number of requests processed."),
    "shop.requests_in_flight": ("up_down_counter", "{request}", "Requests being served right now."),
    "shop.memory_usage": ("gauge", "By", "Memory in use."),
    "shop.revenue": ("counter", "EUR", "Money made."),
    "shop.backup_duration": ("histogram", "s", "Time that backups take."),
}

# Where to look for what a run sent, its temporality and its transport.
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
}

# Runs that cannot deliver, and what their error has to say.
FAILURES = {"vmauth-wrong-token": "401", "nobody-http": "127.0.0.1:", "nobody-grpc": "127.0.0.1:"}
