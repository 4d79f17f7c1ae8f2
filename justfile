# The recipes that .ci/run calls, one check each. `just` lists them.

_default:
    @just --list

# what the README says
test:
    cargo test --workspace --all-features

fmt:
    cargo fmt --all --check

clippy:
    cargo clippy --workspace --all-targets --all-features -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps

# every combination of the published crates' features
features:
    cargo clippy -p typed-metrics --no-default-features -- -D warnings
    cargo clippy -p typed-metrics -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features otel -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features otel-tls -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features otel-grpc -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features llm -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features system -- -D warnings
    cargo clippy -p typed-metrics --no-default-features --features logfire -- -D warnings
    cargo clippy -p typed-metrics-llm -- -D warnings
    cargo clippy -p typed-metrics-core --no-default-features -- -D warnings
    cargo clippy -p typed-metrics-otel --all-targets -- -D warnings
    cargo test -p typed-metrics --no-default-features --test handlers

# what a program depends on, this crate included: at most 20 crates with the default features, 60 and no
# runtime with export by HTTP
tree:
    test "$(cargo tree -p typed-metrics -e normal --prefix none --no-dedupe | sort -u | tee /dev/stderr | wc -l)" -le 20
    test "$(cargo tree -p typed-metrics --features otel -e normal --prefix none --no-dedupe | sort -u | tee /dev/stderr | wc -l)" -le 60
    ! cargo tree -p typed-metrics --features otel -e normal --prefix none | grep -E '^(tokio|async-std|smol) '
    ! cargo tree -p typed-metrics --features logfire -e normal --prefix none | grep -E '^(tokio|reqwest) '

# the oldest compiler that the manifests name
msrv:
    cargo +1.89 check -p typed-metrics --all-features

# the protocols of `cells` in every interleaving
loom:
    RUSTFLAGS="--cfg loom" CARGO_TARGET_DIR=target/loom cargo test -p typed-metrics-core --release --test loom

# undefined behaviour, data races and weak memory; series are leaked on purpose
miri:
    MIRIFLAGS="-Zmiri-ignore-leaks" CARGO_TARGET_DIR=target/miri cargo +nightly miri test -p typed-metrics-core --lib cells::
    MIRIFLAGS="-Zmiri-ignore-leaks" CARGO_TARGET_DIR=target/miri cargo +nightly miri test -p typed-metrics-core --test engine

# a minute with three outages, under both temporalities and protocols
soak:
    cargo test -p typed-metrics-otel --all-features --test pipeline -- --ignored --nocapture

# what real receivers stored, fetched and started by the script
e2e:
    e2e/run
    cargo build --manifest-path e2e/logfire/Cargo.toml --target-dir target/e2e/logfire
    python3 -B e2e/logfire/check.py target/e2e/logfire/debug/typed-metrics-e2e-logfire

# the expected messages of the ui tests, written anew
bless:
    TRYBUILD=overwrite cargo test -p typed-metrics-compile --test ui

bench:
    cargo bench -p typed-metrics-core
    cargo bench -p typed-metrics-otel --bench collect

deny:
    cargo deny check bans licenses sources

# other crates beside this one, in one run
peers:
    cargo run --release --manifest-path benches/peers/Cargo.toml
