//! What could not be used of Runpod's responses: counted by API and operation, and logged once for each place in them. The
//! counter shows how long it lasts; a line for each response would hide everything else.

use std::collections::HashSet;
use std::sync::Arc;

use parking_lot::Mutex;
use runpod::{Damage, Note};

use super::AccountTotals;

/// Maximum number of places that are logged. There are fewer fields in all responses.
const MAX_PLACES: usize = 4096;

/// A place in the responses of an account: API, operation, and a path without the positions of its elements.
type Place = (Arc<str>, [&'static str; 2], String);

/// The places that were logged.
#[derive(Debug, Default)]
pub(super) struct DamageLog(Mutex<HashSet<Place>>);

impl DamageLog {
    /// Logs the places that were not logged before. The value is not logged: it may be anything, even the key.
    pub(super) fn log(&self, damage: Damage<'_>) {
        let Damage { account, api, operation, notes } = damage;
        let (api, operation) = (api.as_str(), operation.as_str());
        for Note { path, pattern, problem } in notes.examples() {
            let place = (Arc::from(account), [api, operation], pattern.clone());
            let mut logged = self.0.lock();
            if logged.len() < MAX_PLACES && logged.insert(place) {
                tracing::warn!(
                    account,
                    api,
                    operation,
                    path,
                    "a part of a response cannot be used: {problem}"
                );
            }
        }
    }
}

impl AccountTotals {
    /// Counts what could not be used of a response.
    pub(super) fn damaged(&mut self, damage: Damage<'_>) {
        let Damage { account: _, api, operation, notes } = damage;
        let (api, operation) = (api.as_str(), operation.as_str());
        self.unreadable.entry([api, operation]).or_default().add(notes.unreadable);
        for (kind, count) in [("list", notes.left_out), ("text", notes.shortened)] {
            if count > 0 {
                self.truncated.entry([api, operation, kind]).or_default().add(count);
            }
        }
    }
}
