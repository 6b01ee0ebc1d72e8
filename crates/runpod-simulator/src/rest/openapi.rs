//! `/openapi.json`: the API described by itself. A client learns here where the balance and the limits are, which no
//! guide says.

use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("openapi.json");

/// The document, for a client that found the simulator under `host`. Its paths begin with `/v2`, as Runpod's do.
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
