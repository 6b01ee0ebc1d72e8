//! A schema with its references and combinations resolved.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Maximum depth of references and combinations, so that a loop ends.
const MAX_DEPTH: usize = 8;

/// Maximum number of schemas that are read of one operation. A description in which schemas contain each other has no end.
const MAX_SCHEMAS: usize = 20_000;

/// An OpenAPI document, and how many of its schemas may still be read.
#[derive(Debug)]
pub(super) struct Document<'a> {
    root: &'a Value,
    left: Cell<usize>,
}

/// What a schema says, with what it refers to.
#[derive(Debug, Default)]
pub(super) struct Schema<'a> {
    /// Types, and `number` or `string` that follow from the values of an enumeration.
    pub(super) kinds: BTreeSet<&'a str>,
    pub(super) properties: BTreeMap<&'a str, &'a Value>,
    /// Properties that differ between alternatives.
    pub(super) differing: BTreeSet<&'a str>,
    pub(super) items: Option<&'a Value>,
    /// Whether it is an object that maps any names to values.
    pub(super) has_open_names: bool,
    /// Title and descriptions.
    pub(super) texts: Vec<&'a str>,
    /// Formats and units, such as `date-time` or `milliseconds`.
    pub(super) formats: Vec<&'a str>,
    /// The values of an enumeration of texts.
    pub(super) values: Vec<&'a str>,
}

impl<'a> Document<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self { root, left: Cell::new(MAX_SCHEMAS) }
    }

    /// The object that a reference points to, or the object itself.
    pub(super) fn resolve(&self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..MAX_DEPTH {
            match self.target(value) {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }

    /// What a schema says. Empty once too many were read.
    pub(super) fn schema(&self, value: &'a Value) -> Schema<'a> {
        let mut schema = Schema::default();
        self.add(value, &mut schema, MAX_DEPTH);
        schema
    }

    /// Whether more schemas may be read.
    pub(super) fn has_more(&self) -> bool {
        self.left.get() > 0
    }

    fn target(&self, value: &'a Value) -> Option<&'a Value> {
        self.root.pointer(value.get("$ref")?.as_str()?.strip_prefix('#')?)
    }

    fn add(&self, value: &'a Value, schema: &mut Schema<'a>, depth: usize) {
        let (Some(depth), Some(left)) = (depth.checked_sub(1), self.left.get().checked_sub(1)) else {
            return;
        };
        self.left.set(left);
        schema.add_own(value);
        // Texts beside a reference are nearer to the property than those of its target, but both hold.
        let parts = value.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for part in self.target(value).into_iter().chain(parts) {
            self.add(part, schema, depth);
        }
        for key in ["anyOf", "oneOf"] {
            let alternatives = value.get(key).and_then(Value::as_array).into_iter().flatten();
            for alternative in alternatives.filter(|alternative| !is_null(alternative)) {
                self.add(alternative, schema, depth);
            }
        }
    }
}

impl<'a> Schema<'a> {
    /// Adds what a schema says itself.
    fn add_own(&mut self, value: &'a Value) {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        match value.get("type") {
            Some(Value::String(kind)) => {
                self.kinds.insert(kind);
            }
            Some(Value::Array(kinds)) => self.kinds.extend(kinds.iter().filter_map(Value::as_str)),
            _ => {}
        }
        for (name, property) in value.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let known = self.properties.insert(name, property);
            if known.is_some_and(|known| known != property) {
                self.differing.insert(name);
            }
        }
        self.items = self.items.or_else(|| value.get("items").filter(|items| items.is_object()));
        self.has_open_names |= value.get("additionalProperties").is_some_and(Value::is_object)
            || value.get("patternProperties").is_some();
        self.texts.extend(["title", "description"].into_iter().filter_map(text));
        self.formats.extend(["format", "x-unit", "x-units", "unit", "units"].into_iter().filter_map(text));
        let listed = value.get("enum").and_then(Value::as_array).into_iter().flatten();
        self.values.extend(listed.chain(value.get("const")).filter_map(Value::as_str));
    }

    pub(super) fn is_number(&self) -> bool {
        self.kinds.contains("number") || self.kinds.contains("integer")
    }

    pub(super) fn is_text(&self) -> bool {
        self.kinds.contains("string") || !self.values.is_empty()
    }
}

/// Whether a schema allows only null.
fn is_null(value: &Value) -> bool {
    value.get("type").and_then(Value::as_str) == Some("null")
        || value.get("const").is_some_and(Value::is_null)
        || value.get("enum").and_then(Value::as_array).is_some_and(|values| values.iter().all(Value::is_null))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_combinations_and_null_are_resolved() {
        let root = json!({"components": {"schemas": {
            "Time": {"type": ["number", "null"], "description": "in ms"},
            "Both": {"allOf": [{"properties": {"a": {"$ref": "#/components/schemas/Time"}}}, {"properties": {"b": {}}}]},
        }}});
        let document = Document::new(&root);
        let nullable =
            json!({"anyOf": [{"$ref": "#/components/schemas/Both"}, {"type": "null"}], "title": "t"});
        let schema = document.schema(&nullable);
        assert_eq!(schema.properties.keys().copied().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(schema.texts, ["t"]);
        let a = document.schema(schema.properties["a"]);
        assert!(a.is_number() && !a.is_text());
        assert_eq!(a.texts, ["in ms"]);
    }

    #[test]
    fn a_property_that_differs_between_alternatives_is_noticed() {
        let value = json!({"oneOf": [{"properties": {"a": {"type": "number"}, "b": {}}}, {"properties": {"a": {}, "b": {}}}]});
        let root = json!({});
        assert_eq!(Document::new(&root).schema(&value).differing, BTreeSet::from(["a"]));
    }

    #[test]
    fn a_schema_that_contains_itself_ends() {
        let root = json!({"s": {"allOf": (0..20).map(|_| json!({"$ref": "#/s"})).collect::<Vec<_>>()}});
        let document = Document::new(&root);
        document.schema(&root["s"]);
        assert_eq!(document.left.get(), 0);
        assert!(!document.has_more());
        let own = json!({"$ref": "#"});
        assert_eq!(Document::new(&own).resolve(&own), &own);
    }
}
