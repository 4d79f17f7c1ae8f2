//! A background task: it removes old questions.

use std::time::Duration;

use typed_metrics::timed;

use crate::metrics::Questions;
use crate::store::Store;

/// Questions are removed at this age.
const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// The pause between two removals.
const PAUSE: Duration = Duration::from_mins(1);

/// Removes old questions from time to time, until the task is dropped.
pub async fn run(store: Store) {
    loop {
        if let Err(error) = remove(&store).await {
            // The metrics tell the failure, and the next attempt may succeed.
            eprintln!("old questions were not removed: {error}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// `#[timed]` alone records in `function.duration`.
#[timed]
async fn remove(store: &Store) -> Result<(), sqlx::Error> {
    Questions::removed().add(store.remove_older_than(LIFETIME).await?);
    Ok(())
}
