//! Fields that are newer than the table of known ones.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::fields;
use super::walk::{Rules, Trust, walk};

/// The fields of a JSON body that the APIs are not known to have. What is below such a field, or in data of the user's programs, is not
/// looked at: the names there may be anything.
pub fn unknown_fields(body: &[u8]) -> BTreeSet<String> {
    let found = Found(RefCell::default());
    let walked = walk(&String::from_utf8_lossy(body), &found);
    walked.map(|_| found.0.into_inner()).unwrap_or_default()
}

/// Collects names. What it writes is not used.
struct Found(RefCell<BTreeSet<String>>);

impl Rules for Found {
    type Place = Trust;

    fn root(&self) -> Trust {
        Trust::Known
    }

    fn enter(&self, place: Trust, field: &str) -> Trust {
        if place == Trust::Known && is_known(field) && !fields::is_private(field) {
            place
        } else {
            Trust::Private
        }
    }

    fn name(&self, place: Trust, name: &str) -> String {
        if place == Trust::Known && !is_known(name) {
            self.0.borrow_mut().insert(name.to_owned());
        }
        String::new()
    }

    fn value(&self, _place: Trust, _field: &str, _text: &str) -> String {
        String::new()
    }

    fn literal(&self, _place: Trust, _field: &str, _literal: &str) -> String {
        String::new()
    }
}

/// Some objects count by state.
fn is_known(field: &str) -> bool {
    fields::is_known(field) || fields::is_any_value(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_new_outside_of_data() {
        let body = br#"{"pods": [{"id": "a", "costTier": {"of": 1}, "env": {"HF_TOKEN": "x"}, "byStatus": {"RUNNING": 2}},
            {"spotScore": 2, "costTier": 3}], "input": {"prompt": "x"}}"#;
        assert_eq!(unknown_fields(body).into_iter().collect::<Vec<_>>(), ["costTier", "spotScore"]);
        assert!(unknown_fields(b"<html>").is_empty() && unknown_fields(b"[1]").is_empty());
    }
}
