//! A schema of the description in few words, for example `{id: string, sizes: [number]}`.

use serde_json::Value;

/// Maximum depth, so that a type that contains itself ends.
const MAX_DEPTH: usize = 5;

/// Length from which nothing is added: types that contain each other would be very long.
const MAX_LENGTH: usize = 2_000;

/// The schema in few words.
pub(super) fn form(document: &Value, schema: &Value) -> String {
    let mut out = String::new();
    write(document, schema, MAX_DEPTH, &mut out);
    out
}

fn write(document: &Value, schema: &Value, depth: usize, out: &mut String) {
    let Some(depth) = depth.checked_sub(1).filter(|_| out.len() < MAX_LENGTH) else {
        if !out.ends_with('…') {
            out.push('…');
        }
        return;
    };
    let target = schema.get("$ref").and_then(Value::as_str);
    if let Some(target) = target.and_then(|to| document.pointer(to.strip_prefix('#')?)) {
        return write(document, target, depth, out);
    }
    if let Some(items) = schema.get("items") {
        out.push('[');
        write(document, items, depth, out);
        out.push(']');
        return;
    }
    let mut combinations = [("allOf", " & "), ("oneOf", " | "), ("anyOf", " | ")].into_iter();
    let parts = combinations.find_map(|(name, separator)| Some((schema.get(name)?.as_array()?, separator)));
    if let Some((parts, separator)) = parts {
        let parts: Vec<_> = parts.iter().map(|part| (String::new(), part)).collect();
        return list(document, &parts, separator, depth, out);
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        out.push('{');
        let members: Vec<_> = properties.iter().map(|(name, schema)| (format!("{name}: "), schema)).collect();
        list(document, &members, ", ", depth, out);
        out.push('}');
        return;
    }
    out.push_str(&kind(schema));
}

/// Each schema after its name, until the form is too long.
fn list(document: &Value, members: &[(String, &Value)], separator: &str, depth: usize, out: &mut String) {
    for (position, (name, schema)) in members.iter().enumerate() {
        if position > 0 {
            out.push_str(separator);
        }
        if out.len() >= MAX_LENGTH {
            out.push('…');
            return;
        }
        out.push_str(name);
        write(document, schema, depth, out);
    }
}

fn kind(schema: &Value) -> String {
    let kind = match schema.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        _ => "any".to_owned(),
    };
    let format = schema.get("format").and_then(Value::as_str).map(|format| format!(" ({format})"));
    kind + &format.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    #[test]
    fn a_schema_is_compact_and_one_that_contains_itself_ends() {
        let document = json!({"components": {"schemas": {
            "Node": {"type": "object", "properties": {"id": {"type": "string"}, "next": {"$ref": "#/components/schemas/Node"}}},
            "List": {"type": "array", "items": {"type": "number", "format": "double"}},
        }}});
        let of = |name: &str| form(&document, &json!({"$ref": format!("#/components/schemas/{name}")}));
        assert_eq!(of("List"), "[number (double)]");
        assert!(
            of("Node").starts_with("{id: string, next: {id: string") && of("Node").contains('…'),
            "{}",
            of("Node")
        );
        assert_eq!(form(&document, &json!({"type": ["string", "null"]})), "string | null");
    }

    #[test]
    fn parts_that_hold_together_are_no_alternatives() {
        let of = |keyword: &str| {
            let parts = [
                json!({"properties": {"a": {"type": "string"}}}),
                json!({"properties": {"b": {"type": "number"}}}),
            ];
            form(&json!({}), &json!({keyword: parts}))
        };
        assert_eq!(of("allOf"), "{a: string} & {b: number}");
        assert_eq!(of("oneOf"), "{a: string} | {b: number}");
        assert_eq!(of("anyOf"), "{a: string} | {b: number}");
    }

    #[test]
    fn wide_types_that_contain_each_other_end() {
        let members: Map<String, Value> =
            (0..500).map(|number| (format!("m{number}"), json!({"$ref": "#/wide"}))).collect();
        let document = json!({"wide": {"properties": members}});
        assert!(form(&document, &json!({"$ref": "#/wide"})).len() < MAX_LENGTH * 2);
    }
}
