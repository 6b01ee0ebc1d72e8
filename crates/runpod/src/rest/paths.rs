//! The paths of the balance and the limits. Runpod has announced their responses and not their paths, which the API's own
//! description (OpenAPI) contains. A path is recognized by the properties of its response.

use serde_json::Value;
use url::Url;

use super::schema::Document;

/// Properties of the response with the balance.
const BALANCE: &[&str] = &["balanceAmount", "billingMode"];

/// Properties of the response with the limits.
const LIMITS: &[&str] = &["spendRate", "serverlessWorkers"];

/// Paths below the base URL of the API, in segments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Paths {
    pub(super) balance: Option<Vec<String>>,
    pub(super) limits: Option<Vec<String>>,
}

impl Paths {
    /// Finds the paths in a description. Its `servers` are ignored: the key must not be sent to another server.
    pub(super) fn find(document: &Value, base: &Url) -> Self {
        let with = |properties: &[&str]| {
            let paths = document.get("paths").and_then(Value::as_object)?;
            let has_them = |path: &&Value| responds_with(document, path, properties);
            let mut found = paths.iter().filter(|(_, item)| has_them(item));
            found.find_map(|(path, _)| below(path, base))
        };
        Self { balance: with(BALANCE), limits: with(LIMITS) }
    }
}

/// Whether the response to a GET of this path has all these properties.
fn responds_with(document: &Value, path: &Value, properties: &[&str]) -> bool {
    let schema = path.pointer("/get/responses/200/content/application~1json/schema");
    schema.is_some_and(|schema| {
        let schema = Document::new(document).schema(schema);
        properties.iter().all(|name| schema.properties.contains_key(name))
    })
}

/// The segments of a path below the base URL. `None` for a path with a parameter.
fn below(path: &str, base: &Url) -> Option<Vec<String>> {
    let segments = segments(path, base)?;
    let is_usable = !segments.is_empty() && segments.iter().all(|segment| is_plain(segment));
    is_usable.then(|| segments.into_iter().map(str::to_owned).collect())
}

/// The segments of a path below the base URL. The description may repeat the version, which the base URL contains.
pub(super) fn segments<'a>(path: &'a str, base: &Url) -> Option<Vec<&'a str>> {
    let mut segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let version = base.path_segments()?.rfind(|part| !part.is_empty());
    if version.is_some() && segments.first().copied() == version {
        segments.remove(0);
    }
    Some(segments)
}

/// Whether a segment of a path is neither a parameter nor anything that changes the path.
pub(super) fn is_plain(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..") && !segment.contains(['{', '?', '#', '%'])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn base() -> Url {
        Url::parse("https://api.runpod.io/v2").unwrap()
    }

    fn get(schema: &Value) -> Value {
        json!({"get": {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}}})
    }

    /// The description that Runpod published before balance and limits were announced.
    fn published() -> Value {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/openapi/rest-v2.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    #[test]
    fn the_published_description_has_neither() {
        assert_eq!(Paths::find(&published(), &base()), Paths::default());
    }

    #[test]
    fn paths_are_found_by_the_properties_of_the_response() {
        let mut document = published();
        document["servers"] = json!([{"url": "https://elsewhere.example"}]);
        document["components"]["schemas"]["Balance"] = json!({"allOf": [
            {"properties": {"balanceAmount": {"type": "number"}}},
            {"$ref": "#/components/schemas/Mode"},
        ]});
        document["components"]["schemas"]["Mode"] =
            json!({"properties": {"billingMode": {"type": "string"}}});
        let reference = json!({"$ref": "#/components/schemas/Balance"});
        document["paths"]["/v2/users/{id}/balance"] = get(&reference);
        document["paths"]["/v2/wallet"] = get(&reference);
        document["paths"]["/account/limits"] =
            get(&json!({"properties": {"spendRate": {}, "serverlessWorkers": {}, "pods": {}}}));
        let paths = Paths::find(&document, &base());
        assert_eq!(paths.balance.unwrap(), ["wallet"]);
        assert_eq!(paths.limits.unwrap(), ["account", "limits"]);
    }

    #[test]
    fn an_unusable_description_has_no_paths() {
        let again = json!({"$ref": "#/components/schemas/Loop"});
        let loops = json!({"allOf": vec![again; 64]});
        for (path, schema) in [
            ("/v2/loop", json!({"$ref": "#/components/schemas/Loop"})),
            ("/v2/half", json!({"properties": {"balanceAmount": {}}})),
            ("/v2/../../elsewhere", json!({"properties": {"balanceAmount": {}, "billingMode": {}}})),
            ("//elsewhere.example/v2", json!({"properties": {"balanceAmount": {}, "billingMode": {}}})),
            ("/v2", json!({"properties": {"balanceAmount": {}, "billingMode": {}}})),
        ] {
            let document = json!({"paths": {path: get(&schema)}, "components": {"schemas": {"Loop": loops}}});
            assert_eq!(Paths::find(&document, &base()), Paths::default(), "{path}");
        }
        assert_eq!(Paths::find(&json!([1, 2]), &base()), Paths::default());
    }
}
