//! The jobs of an endpoint that were counted already: Runpod tells a job up to three times.

use std::hash::{BuildHasher as _, RandomState};

use lru::LruCache;

/// How many jobs of an endpoint are remembered. Runpod's tries are 10 seconds apart, and an endpoint takes in 1,000 jobs in
/// that time unless it has many workers: this is room for the tries of four times as many.
const REMEMBERED: usize = 8192;

/// Remembers the last 8,192 ids of an endpoint, in the order in which they were told last.
///
/// Kept is a number of 64 bits that is made of the id with a key of this process: 60 bytes a job instead of 130. That a job
/// is taken for one of the others has a chance of one in 10^15.
#[derive(Debug)]
pub struct Seen {
    ids: LruCache<u64, ()>,
    hash: RandomState,
}

impl Default for Seen {
    fn default() -> Self {
        // Bounded below: a bound given here would be allocated for every endpoint at once.
        Self { ids: LruCache::unbounded(), hash: RandomState::new() }
    }
}

impl Seen {
    /// Whether the id is new. It is not so the next time.
    pub fn is_new(&mut self, id: &str) -> bool {
        let new = self.ids.put(self.hash.hash_one(id), ()).is_none();
        if self.ids.len() > REMEMBERED {
            self.ids.pop_lru();
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ids_are_remembered_and_no_more() {
        let mut seen = Seen::default();
        assert!(seen.is_new("first"));
        for n in 0..REMEMBERED - 1 {
            assert!(seen.is_new(&n.to_string()));
        }
        assert!(!seen.is_new("first"), "told again, it is the last one told");
        assert!(seen.is_new("one more"));
        assert!(!seen.is_new("first"));
        assert!(seen.is_new("0"), "the oldest was forgotten");
        assert_eq!(seen.ids.len(), REMEMBERED);
    }
}
