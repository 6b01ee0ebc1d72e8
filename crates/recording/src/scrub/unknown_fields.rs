//! Fields that are newer than the table of known ones. Nothing is replaced here: that is in `walk.rs`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::fields;
use super::walk::Trust;

/// The fields of a JSON body that the APIs are not known to have. What is below such a field, or in data of the user's programs, is not
/// looked at: the names there may be anything.
pub fn unknown_fields(body: &[u8]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Ok(body) = lenient_json::value(body) {
        collect(&body, &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, found)),
        Value::Object(members) => {
            for (name, value) in members {
                match Trust::Known.enter(name, fields::is_member) {
                    Trust::Known => collect(value, found),
                    Trust::Unknown => drop(found.insert(name.clone())),
                    Trust::Private => {}
                }
            }
        }
        _ => {}
    }
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
        // Malformed bytes cost themselves, as they do when the client reads them.
        assert_eq!(unknown_fields(b"[{\"spotScore\": NaN, \"name\": \"\xff\"}]").len(), 1);
    }
}
