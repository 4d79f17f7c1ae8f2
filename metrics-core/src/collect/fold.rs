//! The shards of ended threads are folded into one, so that the cost of reading follows the number
//! of threads that run.

use super::absorb::absorb_all;
use super::progress::{Readers, try_lock_readers};
use crate::shards::scope::Scope;
use crate::shards::shard::{self, Shard};
use crate::store::read::View;

/// The most shards of ended threads that the beginning of a capture leaves.
const MOST_ENDED: usize = 16;

/// Folds the shards of ended threads. Every collection begins with it, and then need not read these
/// shards: so folding costs about as much as it saves at once. `readers` keeps readers out.
pub(super) fn fold_ended(readers: &mut Readers) {
    if shard::ended() < 2 || !shard::is_available() {
        return;
    }
    readers.note_moved();
    // Taken before the families are listed: every count in these shards is in a family and a series
    // that will be found.
    let ended = Scope::of(shard::take_ended());
    match shard::swap(Shard::for_fold()) {
        Ok(own) => {
            absorb_all(&View::of(&ended));
            ended.recycle();
            shard::swap(own).unwrap_or_else(|own| own).release();
        }
        Err(_) => ended.give_up(),
    }
}

/// Folds the shards of ended threads if there are many, unless a reader is reading now. For
/// programs that record in captures and never collect.
pub(crate) fn fold_many() {
    if shard::ended() > MOST_ENDED
        && let Some(mut readers) = try_lock_readers()
    {
        fold_ended(&mut readers);
    }
}
