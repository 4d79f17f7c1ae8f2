# The recipes that .ci/run calls, one for each check. `just` lists the recipes.

_default:
    @just --list

# the test command of the README
test:
    cargo test --workspace --all-features

fmt:
    cargo fmt --all --check
    cargo fmt --manifest-path fuzz/Cargo.toml --check

clippy:
    cargo clippy --workspace --all-targets --all-features -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps

# the published crates with each of their features
features:
    cargo clippy -p typed-metrics --no-default-features -- -D warnings
    cargo clippy -p typed-metrics -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features otel -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features otel-tls -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features otel-grpc -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features otel-trace -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features otel-sdk -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features llm -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features system -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features logfire -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features prometheus -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features catalog -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features signals -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features http -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features uuid -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features tokio -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features jemalloc -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features tower -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features tower-axum -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features db -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features db-deadpool -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features db-bb8 -- -D warnings
    cargo clippy -p typed-metrics-db -- -D warnings
    cargo clippy -p typed-metrics-db --features sqlx -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features metrics-facade -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features tracing -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features prometheus-registry -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features prometheus-client-registry \
        -- -D warnings
    cargo clippy -p typed-metrics-llm -- -D warnings
    cargo clippy -p typed-metrics-llm --features async-openai -- -D warnings
    cargo clippy -p typed-metrics-llm --features genai -- -D warnings
    cargo clippy -p typed-metrics-llm --features rig -- -D warnings
    cargo clippy -p typed-metrics-llm --features serde -- -D warnings
    cargo clippy -p typed-metrics-tokio -- -D warnings
    cargo clippy -p typed-metrics-tower -- -D warnings
    cargo clippy -p typed-metrics-prometheus --no-default-features -- -D warnings
    cargo clippy -p typed-metrics-prometheus --no-default-features --features tower -- -D warnings
    cargo clippy -p typed-metrics-prometheus --no-default-features --features push -- -D warnings
    cargo clippy -p typed-metrics-prometheus --no-default-features --features prometheus \
        -- -D warnings
    cargo clippy -p typed-metrics-prometheus --no-default-features --features prometheus-client \
        -- -D warnings
    cargo clippy -p typed-metrics-core --no-default-features -- -D warnings
    cargo clippy -p typed-metrics-core -- -D warnings
    cargo clippy -p typed-metrics-otel --all-targets -- -D warnings
    cargo test -p typed-metrics --no-default-features --test handlers
    cargo build -p typed-metrics --example readme
    cargo test -p typed-metrics --test repository

# At most 22 crates with the default features; at most 50, and no async runtime, with export by HTTP;
# at most 54 with the scrape endpoint; at most 25 with LLM calls; at most 30 with the layers for HTTP,
# and 43 with axum's routes; at most 25 with databases, 28 with the pools of deadpool, and 30 with
# those of bb8; at most 26 with tokio's metrics, and 30 with those of jemalloc; at most 26 to 36 with
# a bridge.
# the number of crates that a program depends on, this crate included
tree:
    #!/usr/bin/env bash
    set -euo pipefail
    # crates OPTION…: a line for each crate that the facade then depends on.
    crates() { cargo tree -p typed-metrics "$@" -e normal --prefix none --no-dedupe | sort -u; }
    # at_most LIMIT OPTION…: prints the crates, and fails if there are more.
    at_most() {
      local limit=$1 list
      list=$(crates "${@:2}")
      echo "$list"
      [ "$(wc -l <<<"$list")" -le "$limit" ]
    }
    # without NAMES OPTION…: prints a crate of one of these names, and fails.
    without() {
      local list
      list=$(crates "${@:2}")
      if grep -E "^($1) " <<<"$list"; then exit 1; fi
    }
    at_most 22
    at_most 50 --features otel
    at_most 54 --features prometheus
    at_most 25 --features llm
    at_most 30 --features tower
    at_most 43 --features tower-axum
    at_most 25 --features db
    at_most 28 --features db-deadpool
    at_most 30 --features db-bb8
    at_most 26 --features tokio
    at_most 30 --features jemalloc
    at_most 26 --features metrics-facade
    at_most 30 --features tracing
    at_most 36 --features prometheus-registry
    at_most 34 --features prometheus-client-registry
    without 'tokio|async-std|smol' --features otel
    without 'tokio|reqwest' --features logfire
    without 'tokio|hyper' --features tower-axum
    without 'tokio|sqlx' --features db
    without 'sqlx' --features db-deadpool
    without 'sqlx' --features db-bb8
    # The macros compile the rules of the core, and not its engine.
    if cargo tree -p typed-metrics-derive -e normal --prefix none | grep -E '^(serde|hashbrown) '; then
      exit 1
    fi

# `tikv-jemalloc-sys` compiles jemalloc's C code, for minutes, unless the variable names a library to
# link instead. A check links nothing, so any file will do.
# the oldest supported compiler, which the manifests name
msrv:
    JEMALLOC_OVERRIDE="{{ justfile() }}" cargo +1.89 check -p typed-metrics --all-features

# twenty thousand random histories against a plain model
model:
    cargo test --workspace --all-features --test model -- --ignored

# half a minute of recording, removal, expiry, captures and collections at once
storm:
    cargo test --workspace --all-features --test recording storm -- --ignored --nocapture

# the protocols of `cells` in every possible interleaving of threads
loom:
    RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test -p typed-metrics-core --release --test loom

# undefined behaviour, data races and weak memory ordering; series are leaked on purpose, and note
# the time of day
miri:
    MIRIFLAGS="-Zmiri-ignore-leaks -Zmiri-disable-isolation" CARGO_TARGET_DIR=target/miri cargo +nightly miri test -p typed-metrics-core --lib cells::
    MIRIFLAGS="-Zmiri-ignore-leaks -Zmiri-disable-isolation" CARGO_TARGET_DIR=target/miri cargo +nightly miri test -p typed-metrics-core --test engine
    MIRIFLAGS="-Zmiri-ignore-leaks -Zmiri-disable-isolation" CARGO_TARGET_DIR=target/miri cargo +nightly miri test -p typed-metrics-tokio --lib wakes::

# records for a minute through three outages, with both temporalities and both protocols
soak:
    cargo test --workspace --all-features --test pipeline -- --ignored --nocapture

# hostile answers, spool files, names, texts and requests, for some seconds each; `--keep` first
# adds to the corpus
fuzz *options:
    fuzz/run {{ options }}

# compares recorded metrics with those that real receivers stored; the script fetches the receivers
e2e:
    e2e/run
    cargo build --manifest-path e2e/logfire/Cargo.toml --target-dir target/e2e/logfire
    python3 -B e2e/logfire/check.py target/e2e/logfire/debug/typed-metrics-e2e-logfire

# asks every query of the dashboards and rules of a program in real databases, and draws all panels;
# `catalog-queries 60` scrapes and exports every 60 s, in eight minutes
catalog-queries seconds='1':
    e2e/catalog {{ seconds }}

# queries of sqlx on a real PostgreSQL, which the script installs from Debian and starts
db:
    e2e/db

# 100 processes, 20 at a time, that fork workers and export through a collector into a store, under
# each temporality
fleet *processes:
    e2e/fleet {{ processes }}

# the files that the example `catalog` has written are those that it would write now
catalog:
    #!/usr/bin/env bash
    set -euo pipefail
    . e2e/programs.sh
    "$(programs catalog --bin catalog)/catalog" check examples/catalog/rendered

# the compose file of the example `catalog`, its Prometheus and its rules, without Docker
compose:
    e2e/compose

# what tokio counts beyond its stable metrics
tokio-unstable:
    RUSTFLAGS="--cfg tokio_unstable" CARGO_TARGET_DIR=target/tokio-unstable \
        cargo test -p typed-metrics-tokio

# the example `service`, its driver, and Prometheus, whose numbers are those of the driver
service:
    e2e/service

# the live page in Chromium; arguments choose checks by parts of their names
page *checks:
    tests/page/run {{ checks }}

# random registries in Prometheus' formats, read by its Python client and by promtool
prometheus:
    tests/prometheus/run

# rewrites the expected messages of the ui tests
bless:
    TRYBUILD=overwrite cargo test -p typed-metrics-compile --test ui

bench:
    cargo bench -p typed-metrics-core
    cargo bench -p typed-metrics-otel --features sdk

# licences and sources of all dependencies; `deny.toml` lists those that are allowed
deny:
    cargo deny --locked check --hide-inclusion-graph bans licenses sources

# known vulnerabilities of dependencies; fetches the advisory database
advisories:
    cargo deny --locked check --hide-inclusion-graph advisories

# everything that publishing does, except the upload: each package is built from its own files.
# cargo keeps unpacked packages by the path of the target folder and their version, so a folder that
# was used before would verify against the packages of that time
publish:
    #!/usr/bin/env bash
    set -eu
    mkdir -p target
    fresh=$(mktemp -d target/publish-XXXXXX)
    trap 'rm -rf "$fresh"' EXIT
    CARGO_TARGET_DIR=$fresh cargo publish --dry-run --workspace

# compares the public API with that of the last release
semver:
    cargo semver-checks --workspace --baseline-rev "$(git describe --tags --abbrev=0 --match 'v*')"

# compares this crate with other crates, in one run; options such as `--memory` are in its docs
peers *options:
    cargo build --release --manifest-path benches/peers/Cargo.toml
    cargo run --release --manifest-path benches/peers/Cargo.toml -- {{ options }}

# the same with link-time optimization
peers-lto *options:
    cargo build --profile release-lto --manifest-path benches/peers/Cargo.toml
    cargo run --profile release-lto --manifest-path benches/peers/Cargo.toml -- {{ options }}

# the time and the memory of a Prometheus scrape beside other crates
scrape:
    cargo build --release --manifest-path benches/scrape/Cargo.toml
    cargo run --release --manifest-path benches/scrape/Cargo.toml

# the cost of a measured request beside other crates
http:
    cargo build --release --manifest-path benches/http/Cargo.toml
    cargo run --release --manifest-path benches/http/Cargo.toml

# the same for servers on the loopback interface, which `wrk` drives for six minutes
http-load *options:
    cargo build --release --manifest-path benches/http/Cargo.toml
    benches/http/load {{ options }}

# the cost of a measured task beside tokio-metrics
tasks:
    cargo build --release --manifest-path benches/tokio/Cargo.toml
    cargo run --release --manifest-path benches/tokio/Cargo.toml

# the cost of a measured query beside another crate, on one CPU, in a minute. Under the policy
# `batch`, a thread that is woken waits until the other one sleeps
queries:
    cargo build --release --manifest-path benches/db/Cargo.toml
    chrt --batch 0 taskset --cpu-list 0 cargo run --release --manifest-path benches/db/Cargo.toml

# the compile time of 2,000 metrics beside another crate; fails if a promise is broken
compile-time rounds='3':
    cargo run --release --manifest-path benches/compile/Cargo.toml -- {{ rounds }}

# two incompatible versions of the core in one program
versions:
    tests/versions/run

# `#[timed]` above everything in crates that others wrote, whose tests then give the same results
foreign *crates:
    tests/foreign/run {{ crates }}

# the machine code of a counter's record
machine_code:
    tests/machine_code/run
