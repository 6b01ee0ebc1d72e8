//! `/openapi.json`: the OpenAPI document. Clients find the paths of the balance and the limits here, which are not
//! documented elsewhere.

use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("openapi.json");

/// The document for a client that reaches the simulator at `host`. Its paths start with `/v2`, as Runpod's do.
pub(super) fn document(host: &str) -> Value {
    let mut document: Value = serde_json::from_str(DOCUMENT).unwrap_or_default();
    if let Some(fields) = document.as_object_mut() {
        fields.insert("servers".to_owned(), json!([{ "url": format!("http://{host}/rest") }]));
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_json_and_names_its_server() {
        let document = document("runpod.test:1");
        assert_eq!(document["servers"][0]["url"], json!("http://runpod.test:1/rest"));
        assert_eq!(document["openapi"], json!("3.1.0"));
    }
}
