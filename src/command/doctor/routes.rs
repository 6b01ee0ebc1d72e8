//! The routes of the REST API that its description has and the exporter does not read, each with a compact form of its answer.

use recording::Exchange;
use serde::Serialize;
use serde_json::Value;

/// Maximum depth of the form, so that a type that contains itself ends.
const MAX_DEPTH: usize = 5;

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Route {
    /// The path as the description has it.
    pub(super) path: String,
    /// The structure of the answer to a GET.
    pub(super) answer: String,
}

/// The GET routes of the description that are never read.
pub(super) fn unread(exchanges: &[Exchange]) -> Vec<Route> {
    let rest = || exchanges.iter().filter(|exchange| exchange.request.api == "rest");
    let description = rest().find(|exchange| exchange.request.operation == "openapi");
    let Some(Ok(answer)) = description.map(|exchange| &exchange.answer) else { return Vec::new() };
    let Ok(document) = serde_json::from_slice::<Value>(&answer.body) else { return Vec::new() };
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let route = |(path, item): (&String, &Value)| {
        let get = item.get("get")?;
        let requested = rest().map(|exchange| exchange.request.path.as_str());
        let is_read = requested.chain(READ.iter().copied()).any(|read| is_of(path, read));
        let schema = get.pointer("/responses/200/content/application~1json/schema");
        let answer =
            schema.map_or_else(|| "no schema".to_owned(), |schema| form(&document, schema, MAX_DEPTH));
        (!is_read).then(|| Route { path: path.clone(), answer })
    };
    paths.filter_map(route).collect()
}

/// The routes that are read in some scrapes only, and those of one object of a list that is read whole.
const READ: &[&str] = &[
    "serverless",
    "serverless/ID",
    "serverless/ID/workers",
    "serverless/ID/releases",
    "serverless/ID/logs",
    "serverless/ID/workers/ID/logs",
    "pods",
    "pods/ID",
    "pods/ID/logs",
    "clusters",
    "clusters/ID",
    "clusters/ID/pods",
    "network-volumes",
    "network-volumes/ID",
    "catalog/gpus",
    "catalog/gpus/ID",
    "catalog/cpus",
    "catalog/cpus/ID",
    "catalog/datacenters",
    "catalog/datacenters/ID",
    "billing",
    "billing/pods",
    "billing/serverless",
    "billing/endpoints",
    "billing/network-volumes",
    "billing/clusters",
];

/// Whether a requested path is of this route. The description may repeat the version.
fn is_of(route: &str, path: &str) -> bool {
    let parts =
        |text: &str| text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (route, path) = (parts(route), parts(path));
    let is_version =
        |part: &String| part.strip_prefix('v').is_some_and(|number| number.parse::<u8>().is_ok());
    let route = route.get(usize::from(route.first().is_some_and(is_version))..).unwrap_or_default();
    let same = |(route, path): (&String, &String)| route.starts_with('{') || route == path;
    route.len() == path.len() && route.iter().zip(&path).all(same)
}

/// A schema in few words: `{id: string, sizes: [number]}`.
fn form(document: &Value, schema: &Value, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else { return "…".to_owned() };
    if let Some(target) =
        schema.get("$ref").and_then(Value::as_str).and_then(|to| document.pointer(to.strip_prefix('#')?))
    {
        return form(document, target, depth);
    }
    if let Some(items) = schema.get("items") {
        return format!("[{}]", form(document, items, depth));
    }
    let parts = ["allOf", "oneOf", "anyOf"].iter().find_map(|name| schema.get(*name)?.as_array());
    if let Some(parts) = parts {
        return parts.iter().map(|part| form(document, part, depth)).collect::<Vec<_>>().join(" | ");
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let member = |(name, schema): (&String, &Value)| format!("{name}: {}", form(document, schema, depth));
        return format!("{{{}}}", properties.iter().map(member).collect::<Vec<_>>().join(", "));
    }
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
    use serde_json::json;

    use super::*;

    #[test]
    fn a_route_is_recognized_with_its_parameters_and_version() {
        assert!(is_of("/v2/serverless/{endpointId}/workers", "serverless/abc/workers"));
        assert!(is_of("/serverless", "serverless"));
        assert!(!is_of("/serverless/{endpointId}", "serverless"));
        assert!(!is_of("/templates", "pods"));
    }

    #[test]
    fn a_schema_is_compact_and_one_that_contains_itself_ends() {
        let document = json!({"components": {"schemas": {
            "Node": {"type": "object", "properties": {"id": {"type": "string"}, "next": {"$ref": "#/components/schemas/Node"}}},
            "List": {"type": "array", "items": {"type": "number", "format": "double"}},
        }}});
        let of =
            |name: &str| form(&document, &json!({"$ref": format!("#/components/schemas/{name}")}), MAX_DEPTH);
        assert_eq!(of("List"), "[number (double)]");
        assert!(
            of("Node").starts_with("{id: string, next: {id: string") && of("Node").contains('…'),
            "{}",
            of("Node")
        );
        assert_eq!(form(&document, &json!({"type": ["string", "null"]}), MAX_DEPTH), "string | null");
    }
}
