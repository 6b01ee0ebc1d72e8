//! The jobs of an endpoint that were counted already: Runpod sends a webhook up to three times.

use std::hash::{BuildHasher as _, RandomState};

use lru::LruCache;

/// Maximum number of remembered jobs per endpoint. Runpod's attempts are 10 seconds apart, and an endpoint without many
/// workers accepts 1,000 jobs in that time: this is enough for the attempts of four times as many.
const CAPACITY: usize = 8192;

/// Remembers the ids of an endpoint that were reported last.
///
/// It stores a 64-bit hash of each id, keyed per process: 60 bytes per job instead of 130. The probability that a job is
/// mistaken for another is 1 in 10^15.
#[derive(Debug)]
pub(crate) struct Seen {
    ids: LruCache<u64, ()>,
    hash: RandomState,
}

impl Default for Seen {
    fn default() -> Self {
        // Bounded in `is_new`: a bound here would allocate all of it for every endpoint.
        Self { ids: LruCache::unbounded(), hash: RandomState::new() }
    }
}

impl Seen {
    /// Whether the id is new. It is remembered, so the next call with it returns false.
    pub(crate) fn is_new(&mut self, id: &str) -> bool {
        let new = self.ids.put(self.hash.hash_one(id), ()).is_none();
        if self.ids.len() > CAPACITY {
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
        for n in 0..CAPACITY - 1 {
            assert!(seen.is_new(&n.to_string()));
        }
        assert!(!seen.is_new("first"), "reporting it again makes it the latest");
        assert!(seen.is_new("one more"));
        assert!(!seen.is_new("first"));
        assert!(seen.is_new("0"), "the oldest was forgotten");
        assert_eq!(seen.ids.len(), CAPACITY);
    }
}
