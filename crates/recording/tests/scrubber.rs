//! What the scrubber replaces and what it keeps.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use recording::{Answer, Exchange, Kind, Request, Scrubber};
use serde_json::{Value, json};

fn exchange(content_type: &str, body: &[u8]) -> Exchange {
    let answer = Ok(Answer::new(200, &[("content-type", content_type)], body));
    let request = Request::get("rest", "pods", "pods");
    Exchange { time: "2026-11-22T12:00:00Z".parse().unwrap(), request, answer }
}

fn scrubbed(scrubber: &Scrubber, content_type: &str, body: &str) -> String {
    let exchange = scrubber.exchange(&exchange(content_type, body.as_bytes()), false);
    String::from_utf8(exchange.answer.unwrap().body).unwrap()
}

fn scrub(body: &str) -> String {
    scrubbed(&Scrubber::with_salt(b"salt"), "application/json", body)
}

#[test]
fn what_the_exporter_reads_is_kept() {
    let body = json!({"pods": [{
        "id": "i-4xk29dq", "name": "jane's notebook", "status": "RUNNING", "desiredStatus": "EXITED", "image": "acme/secret:1",
        "gpu": {"id": "NVIDIA GeForce RTX 4090", "count": 1}, "dataCenterId": "EU-RO-1", "cost": 1.10, "costPerHr": "0.34",
        "createdAt": "2026-11-20T08:00:00Z", "locked": false, "cudaVersion": "12.8", "runtime": null,
        "cloud": "SECURE", "userId": 48_151_623, "byStatus": {"RUNNING": 2, "jane": 1},
    }], "pagination": {"hasNextPage": false, "nextCursor": ""}});
    let out: Value = serde_json::from_str(&scrub(&body.to_string())).unwrap();
    let (pod, was) = (&out["pods"][0], &body["pods"][0]);
    for field in [
        "status",
        "desiredStatus",
        "gpu",
        "dataCenterId",
        "cost",
        "costPerHr",
        "createdAt",
        "locked",
        "cudaVersion",
        "runtime",
        "cloud",
    ] {
        assert_eq!(pod[field], was[field], "{field}");
    }
    for field in ["id", "name", "image", "userId"] {
        assert_ne!(pod[field], was[field], "{field}");
    }
    assert_eq!(pod["id"].as_str().unwrap().len(), 9);
    assert_eq!(pod["userId"].as_u64().unwrap().to_string().len(), 8);
    assert_eq!(pod["byStatus"]["RUNNING"], 2);
    assert!(pod["byStatus"]["jane"].is_null() && pod["byStatus"].as_object().unwrap().len() == 2);
    assert_eq!(out["pagination"], body["pagination"]);
}

#[test]
fn numbers_and_structure_stay_as_they_are_written() {
    let body = r#"{"price": 1.10, "used": [1e400, -0, 12345678901234567890, {}], "used": [], "pods": [[1],[2]], "cost": 0.30000000000000004}"#;
    let out = scrub(body);
    for literal in ["1.10", "1e400", "-0", "12345678901234567890", "0.30000000000000004", "{}", "[]"] {
        assert!(out.contains(literal), "{literal} in {out}");
    }
    let marks = |text: &str| text.chars().filter(|c| "{}[],:".contains(*c)).collect::<String>();
    assert_eq!(marks(&out), marks(body));
    assert_eq!(scrub("[]"), "[]\n");
    assert_eq!(scrub(r#"{"cost":1}"#), "{\n  \"cost\": 1\n}\n");
    let odd = "\u{feff}{\"name\": \"half \\ud83d\", \"cost\": 1555, \"used\": NaN, \"tail\": \"a\u{1}b\"}";
    assert!(
        scrub(odd).contains("\n  \"cost\": 1555,\n"),
        "an odd byte costs itself, as it does when it is read: {}",
        scrub(odd)
    );
    let cut = scrub(r#"{"pods": [{"cost": 1, "name": "half"#);
    assert!(!cut.contains("half") && !cut.contains('1'), "a body that is cut off is not JSON: {cut}");
}

#[test]
fn what_is_unknown_is_replaced() {
    let body = json!({
        "env": {"HF_TOKEN": "hf_abcdefghij", "MODE": "production"}, "mySecretField": "x1y2z3", "status": "EVAPORATING",
        "tags": ["customer-acme"], "email": "jane.doe@corp.example", "ports": [{"ip": "10.20.30.40", "privatePort": 8888}],
        "dockerArgs": "python -m serve --password hunter22", "nested": "{\"password\":\"hunter22\"}",
        "displayName": "NVIDIA jane.doe@corp.example", "cudaVersion": "12.8 hunter22", "costPerHr": "1 hunter22",
    });
    let scrubber = Scrubber::with_salt(b"salt");
    let out = scrubbed(&scrubber, "application/json", &body.to_string());
    for secret in [
        "HF_TOKEN",
        "hf_abc",
        "production",
        "mySecretField",
        "x1y2z3",
        "EVAPORATING",
        "customer",
        "acme",
        "jane",
        "corp.example",
        "10.20",
        "30.40",
        "hunter22",
        "password",
        "serve",
    ] {
        assert!(!out.contains(secret), "{secret} in {out}");
    }
    assert!(out.contains("8888"));
    let tally = scrubber.tally();
    let kinds: Vec<_> = tally.counts().map(|(kind, _, _)| kind).collect();
    assert_eq!(kinds, [Kind::Name, Kind::Email, Kind::Address, Kind::Field, Kind::Value]);
    let (field, stand_in) = tally.unknown().next().unwrap();
    assert_eq!((field, stand_in.len()), ("status", "EVAPORATING".len()));
    assert!(out.contains(stand_in));
}

#[test]
fn ids_are_the_same_in_paths_queries_documents_and_bodies() {
    let scrubber = Scrubber::with_salt(b"salt");
    let mut exchange =
        exchange("application/json", br#"{"endpointId": "6rhn4z1gl8o52p", "6rhn4z1gl8o52p": 1}"#);
    exchange.request.path = "serverless/6rhn4z1gl8o52p/workers".to_owned();
    let query = |id: &str| {
        BTreeMap::from(
            [("cursor", id), ("limit", "1")].map(|(name, value)| (name.to_owned(), value.to_owned())),
        )
    };
    exchange.request.query = query("6rhn4z1gl8o52p");
    exchange.request.document = Some("query D { a0: endpoint(id: \"6rhn4z1gl8o52p\") { id } }".to_owned());
    let out = scrubber.exchange(&exchange, false);
    let id = scrubber.value("id", "6rhn4z1gl8o52p");
    assert!(id.len() == 14 && id != "6rhn4z1gl8o52p", "{id}");
    assert_eq!(out.request.path, format!("serverless/{id}/workers"));
    assert_eq!(out.request.query, query(&id));
    assert_eq!(out.request.document.unwrap(), format!("query D {{ a0: endpoint(id: \"{id}\") {{ id }} }}"));
    let body = String::from_utf8(out.answer.unwrap().body).unwrap();
    assert_eq!(body.matches(&id).count(), 2, "{body}");
    assert_ne!(
        Scrubber::new().unwrap().value("id", "6rhn4z1gl8o52p"),
        id,
        "each recording has a salt of its own"
    );
}

#[test]
fn log_lines_keep_their_levels_alone() {
    let stream = "id: 2026-11-22T12:00:00.5Z\n\
        data: {\"source\":\"container\",\"line\":\"2026-11-22 - handler - ERROR - user jane failed\",\"ts\":\"2026-11-22T12:00:00.5Z\"}\n\n\
        data: {\"line\":\"{\\\"level\\\": \\\"WARN\\\", \\\"card\\\": 4111111111111111, \\\"ok\\\": true, \\\"msg\\\": \\\"jane\\\"}\",\"ts\":\"2026-11-22T12:00:00Z\"}\n\n\
        data: KeyError: 'jane'\n: jane\n";
    let out = scrubbed(&Scrubber::with_salt(b"salt"), "text/event-stream", stream);
    assert!(!out.contains("jane") && !out.contains("handler") && !out.contains("4111"), "{out}");
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines[0], "id: 2026-11-22T12:00:00.5Z");
    assert!(
        lines[1].contains(" - ERROR - ") && lines[1].contains("\"ts\": \"2026-11-22T12:00:00.5Z\""),
        "{out}"
    );
    let line: Value = serde_json::from_str(lines[3].strip_prefix("data: ").unwrap()).unwrap();
    let line: Value = serde_json::from_str(line["line"].as_str().unwrap()).unwrap();
    assert_eq!((&line["level"], &line["ok"]), (&json!("WARN"), &json!(true)));
    assert!(lines[5].starts_with("data: ") && lines[5].contains("Error: '"), "{out}");
}

#[test]
fn rejections_of_documents_keep_what_they_reject() {
    let out = scrub(
        r#"{"errors":[{"message":"Cannot query field \"costPerHr\" on type \"Acme\".","locations":[{"line":3,"column":5}]}]}"#,
    );
    assert!(out.contains(r#"Cannot query field \"costPerHr\" on type \""#) && !out.contains("Acme"), "{out}");
    assert!(scrub(r#"{"errors":[{"message":"Unauthorized"}]}"#).contains("\"Unauthorized\""));
}

#[test]
fn a_body_that_is_not_json_has_no_words() {
    let out = scrubbed(&Scrubber::with_salt(b"salt"), "text/html", "<html>gateway of acme: 10.1.2.3</html>");
    assert!(!out.contains("acme") && !out.contains("10.1.2.3") && !out.contains("gateway"), "{out}");
}

#[test]
fn the_description_keeps_its_names() {
    let description = json!({"openapi": "3.0.3", "info": {"title": "Acme gateway", "contact": {"email": "jane@acme.example"}},
        "servers": [{"url": "https://gateway.acme.example"}],
        "paths": {"/v2/wallet": {"get": {"operationId": "secretOperation", "summary": "p95 of the execution, in milliseconds, for Acme",
            "parameters": [{"name": "startTime", "in": "query", "schema": {"type": "string"}}],
            "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wallet"}}}}}}}},
        "components": {"schemas": {"Wallet": {"type": "object", "required": ["newField"], "properties": {
            "newField": {"type": "number", "enum": ["Acme"]}}}}}});
    let scrubber = Scrubber::with_salt(b"salt");
    let exchange = exchange("application/json", description.to_string().as_bytes());
    let out = scrubber.exchange(&exchange, true).answer.unwrap().body;
    let out: Value = serde_json::from_slice(&out).unwrap();
    assert!(!out.to_string().contains("cme") && !out.to_string().contains("secret"), "{out}");
    let get = &out["paths"]["/v2/wallet"]["get"];
    assert!(
        get["summary"].as_str().unwrap().starts_with("p95 of the execution, in milliseconds, for "),
        "{get}"
    );
    assert_eq!(get["parameters"], description["paths"]["/v2/wallet"]["get"]["parameters"]);
    assert_eq!(get["responses"], description["paths"]["/v2/wallet"]["get"]["responses"]);
    assert_eq!(out["components"]["schemas"]["Wallet"]["required"], json!(["newField"]));
    scrubber.learn(description.to_string().as_bytes());
    let later = scrubbed(&scrubber, "application/json", r#"{"newField": 5, "otherField": 5}"#);
    assert!(later.contains("\"newField\": 5") && !later.contains("otherField"), "{later}");
}

/// Any JSON with strings of letters and digits as names and values.
fn anything() -> impl Strategy<Value = Value> {
    let text = "[a-zA-Z0-9]{6,20}([-_ ./:@][a-zA-Z0-9]{6,12}){0,2}|\\PC{0,12}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let name = prop_oneof![
            "[a-zA-Z0-9]{6,16}",
            Just("name".to_owned()),
            Just("error".to_owned()),
            Just("line".to_owned()),
            Just("status".to_owned())
        ]
        // Numbers of ids are replaced.
        .prop_filter("an id", |name| !name.to_lowercase().trim_end_matches('s').ends_with("id"));
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..6)
                .prop_map(|members| Value::from(serde_json::Map::from_iter(members)))
        ]
    })
}

/// The runs of at least six letters and digits in the strings of a value.
fn runs(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => {
            let runs = text.split(|c: char| !c.is_alphanumeric()).filter(|run| run.chars().count() >= 6);
            runs.map(str::to_owned).collect()
        }
        Value::Array(elements) => elements.iter().flat_map(runs).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| [runs(&name.clone().into()), runs(value)].concat())
            .collect(),
        _ => Vec::new(),
    }
}

/// The value with all strings, all numbers, and the names of all members, as one.
fn skeleton(value: &Value) -> String {
    match value {
        Value::String(_) => "text".to_owned(),
        Value::Array(elements) => {
            format!("[{}]", elements.iter().map(skeleton).collect::<Vec<_>>().join(","))
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.values().map(skeleton).collect();
            members.sort();
            format!("{{{}}}", members.join(","))
        }
        Value::Number(_) => "number".to_owned(),
        other => other.to_string(),
    }
}

proptest! {
    #[test]
    fn nothing_of_a_string_remains(value in anything(), event in any::<bool>()) {
        let text = value.to_string();
        let scrubber = Scrubber::with_salt(b"salt");
        let out = if event {
            scrubbed(&scrubber, "text/event-stream", &format!("data: {text}\n\n"))
        } else {
            scrubbed(&scrubber, "application/json", &text)
        };
        let is_public = |run: &String| ["status", "Unauthorized", "unauthenticated", "information", "critical", "warning", "notice"].iter().any(|word| word.eq_ignore_ascii_case(run));
        for run in runs(&value).iter().filter(|run| !is_public(run)) {
            prop_assert!(!out.contains(run.as_str()), "{run} of {text} in {out}");
        }
    }

    #[test]
    fn the_same_salt_gives_the_same_and_the_structure_stays(value in anything()) {
        let text = value.to_string();
        let out = scrub(&text);
        prop_assert_eq!(&out, &scrub(&text));
        let value: Value = serde_json::from_str(&text).unwrap(); // with the numbers as they are read
        let read: Value = serde_json::from_str(&out).unwrap();
        prop_assert_eq!(skeleton(&read), skeleton(&value), "{}", out);
    }

    #[test]
    fn no_body_panics(body in prop::collection::vec(any::<u8>(), 0..200), kind in "application/json|text/event-stream|text/plain") {
        drop(Scrubber::with_salt(b"salt").exchange(&exchange(&kind, &body), body.len() % 2 == 0));
    }

    /// What follows a secret does not matter, nor what is before it.
    #[test]
    fn a_key_is_nowhere(secret in "rpa_[A-Z0-9]{32}", before in "[ -~]{0,12}", after in "[ -~]{0,12}", field in "id|name|status|message|line|error|type|createdAt|costPerHr|dataCenterId|unknown") {
        let text = format!("{before}{secret}{after}");
        let out = scrub(&json!({field: text.clone(), text: [1]}).to_string());
        prop_assert!(!out.contains(&secret[4..]), "{}", out);
    }
}
