#!/usr/bin/env python3
"""Runs the program of this folder with a server in place of Logfire, and checks the requests.

    cargo build && python3 check.py target/debug/typed-metrics-e2e-logfire

All traces must come from the logfire crate, and all metrics from typed metrics, for one service and
with one token.
"""

import gzip
import http.server
import os
import subprocess
import sys
import tempfile
import threading

TOKEN = "pylf_v1_us_side_by_side"
SEEN = []


class Logfire(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        if "content-length" in self.headers:
            body = self.rfile.read(int(self.headers["content-length"]))
        else:
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        token = self.headers.get("authorization", "").removeprefix("Bearer ")
        SEEN.append((self.path, self.headers.get("user-agent", ""), token, body))
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Logfire)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OTEL_", "LOGFIRE_"))}
    settings = {
        "LOGFIRE_TOKEN": TOKEN,
        "LOGFIRE_BASE_URL": f"http://127.0.0.1:{server.server_port}",
        "LOGFIRE_SERVICE_NAME": "side-by-side",
    }
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.abspath(sys.argv[1])
        ended = subprocess.run([program], env={**clean, **settings}, cwd=folder, timeout=60)
    of = {path: [s for s in SEEN if s[0] == path] for path in ("/v1/traces", "/v1/metrics")}
    traces, metrics = of["/v1/traces"], of["/v1/metrics"]
    checks = {
        "the program succeeds": ended.returncode == 0,
        "traces come from the logfire crate": traces
        and all(s[1].startswith("logfire-rust/") for s in traces),
        "metrics come from typed metrics": metrics
        and all(s[1].startswith("typed-metrics-logfire/") for s in metrics),
        # Field 5 of a span is its name.
        "20 spans": sum(s[3].count(b"\x2a\x05order") for s in traces) == 20,
        "our metrics": any(b"side_by_side.orders" in s[3] for s in metrics),
        "system metrics": any(b"process.cpu.utilization" in s[3] for s in metrics),
        "one service": all(b"side-by-side" in s[3] for s in traces + metrics),
        "one token": {s[2] for s in traces + metrics} == {TOKEN},
    }
    for check, ok in checks.items():
        print(f"{'ok  ' if ok else 'MISS'} {check}")
    if not all(checks.values()):
        print("\n".join(f"{path} {agent} {len(body)} bytes" for path, agent, _, body in SEEN))
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
