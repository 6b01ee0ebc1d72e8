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
        let Damage { account, api, operation, notes: _ } = damage;
        let (api, operation) = (api.as_str(), operation.as_str());
        for Note { path, pattern: _, problem } in self.new_places(damage) {
            tracing::warn!(account, api, operation, path, "a part of a response cannot be used: {problem}");
        }
    }

    /// The examples in places that no earlier call returned.
    fn new_places<'a>(&self, damage: Damage<'a>) -> Vec<&'a Note> {
        let Damage { account, api, operation, notes } = damage;
        let mut logged = self.0.lock();
        let is_new = |note: &&Note| {
            let place = (Arc::from(account), [api.as_str(), operation.as_str()], note.pattern.clone());
            logged.len() < MAX_PLACES && logged.insert(place)
        };
        notes.examples().iter().filter(is_new).collect()
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

#[cfg(test)]
mod tests {
    use lenient_json::{List, Number, from_slice};
    use runpod::{Api, Notes, Operation};
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Pods {
        #[serde(rename = "pods")]
        _pods: List<Pod, 10>,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Pod {
        #[serde(rename = "cost")]
        _cost: Number,
        #[serde(rename = "gpus")]
        _gpus: Number,
    }

    fn notes(json: &str) -> Notes {
        from_slice::<Pods>(json.as_bytes()).unwrap().notes
    }

    #[test]
    fn each_place_is_logged_once_by_its_path_and_without_its_value() {
        let log = DamageLog::default();
        let paths = |operation, account, notes: &Notes| -> Vec<String> {
            let damage = Damage { account, api: Api::Rest, operation, notes };
            log.new_places(damage).into_iter().map(|note| format!("{} {}", note.path, note.problem)).collect()
        };
        let one = notes(r#"{"pods":[{"cost":1},{"cost":"rpa_SECRET"},{"cost":[2]}]}"#);
        let expected = ["pods[1].cost expected a number, found a text"];
        assert_eq!(paths(Operation::Pods, "a", &one), expected);
        assert!(paths(Operation::Pods, "a", &one).is_empty(), "the same again");
        assert!(
            paths(Operation::Pods, "a", &notes(r#"{"pods":[{"cost":true}]}"#)).is_empty(),
            "another element"
        );
        let other = notes(r#"{"pods":[{"gpus":{"rpa_SECRET":1},"cost":"x"}]}"#);
        assert_eq!(paths(Operation::Pods, "a", &other), ["pods[0].gpus expected a number, found an object"]);
        assert_eq!(paths(Operation::Pods, "b", &one), expected, "another account");
        assert_eq!(paths(Operation::Workers, "a", &one), expected, "another operation");
    }
}
