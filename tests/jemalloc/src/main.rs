//! The program of the guide about jemalloc.

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    typed_metrics::tokio::observe_jemalloc()?;
    let snapshot = typed_metrics::snapshot();
    let allocated = &snapshot.get("jemalloc.memory.allocated").unwrap().series[0];
    assert!(allocated.value.as_f64() > 0.0);
    Ok(())
}
