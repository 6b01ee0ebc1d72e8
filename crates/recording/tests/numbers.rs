//! Which numbers the scrubber keeps: those of fields that the API is known to have.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use recording::{Answer, Exchange, Request, Scrubber};
use serde_json::{Value, json};

fn exchange(status: u16, headers: &[(&str, &str)], body: &str) -> Exchange {
    let (request, answer) = (Request::get("rest", "pods", "pods"), Ok(Answer::new(status, headers, body)));
    Exchange { time: "2026-11-22T12:00:00Z".parse().unwrap(), request, answer }
}

fn scrub(content_type: &str, body: &str) -> String {
    let exchange = exchange(200, &[("content-type", content_type)], body);
    let answer = Scrubber::with_salt(b"salt").exchange(&exchange, false).answer.unwrap();
    String::from_utf8(answer.body).unwrap()
}

fn described(status: u16, description: &Value) -> String {
    let exchange = exchange(status, &[("content-type", "application/json")], &description.to_string());
    let answer = Scrubber::with_salt(b"salt").exchange(&exchange, true).answer.unwrap();
    String::from_utf8(answer.body).unwrap()
}

/// The runs of at least three digits.
fn runs(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= 3).collect()
}

#[test]
fn a_text_of_digits_and_marks_is_no_json() {
    for text in [
        "10.66.777.888",
        "+1-555-222-3333",
        "4111-1111-1111-1111",
        "4111111111111111",
        "192.168.100.101, 192.168.100.102: 10.0.0.9",
        "[192.168.100.101",
        "[4111 2222]",
        "{\"cost\": 1555} {\"cost\": 9998}",
        "\"pods\": 4111",
    ] {
        let out = scrub("text/plain", text);
        for run in runs(text) {
            assert!(!out.contains(run), "{run} of {text} in {out}");
        }
    }
    assert_eq!(scrub("application/json", "{\"cost\": 1555}"), "{\n  \"cost\": 1555\n}\n");
}

#[test]
fn a_log_line_that_looks_like_json_has_no_numbers() {
    for line in [
        "[192.168.177.188] - 200 [4111222233334444]",
        "{\"msg\":\"login\",\"phone\":15559998888}",
        "{\"message\":\"login\",\"count\":15559998888}",
        "{\"line\":15559998888}",
        "[15559998888, {\"cost\": 4111222233334444}]",
        "15559998888",
        "{\"cost\": 15559998888",
        "{\"line\":\"[4111222233334444]\",\"ts\":\"2026-11-22T12:00:00Z\",\"phone\":15559998888}",
    ] {
        let out = scrub("text/event-stream", &format!("data: {line}\n\n"));
        for run in runs(line).iter().filter(|run| !run.starts_with("202")) {
            assert!(!out.contains(run), "{run} of {line} in {out}");
        }
    }
    let event = "data: {\"source\":\"container\",\"line\":\"\",\"ts\":\"2026-11-22T12:00:00Z\"}\n";
    assert!(scrub("text/event-stream", event).contains("\"ts\": \"2026-11-22T12:00:00Z\""));
}

#[test]
fn numbers_and_dates_below_unknown_fields_are_replaced() {
    let private = json!({
        "count": 4_111_222, "nested": [{"cost": 15_559.875, "createdAt": "1999-12-31"}], "createdAt": "2001-02-03",
        "key": "PORT", "value": 48_151, "status": "RUNNING", "is": true, "no": null, "small": -0.25, "big": 1.5e300,
    });
    for field in ["input", "output", "env", "aFieldOfTomorrow"] {
        let body = json!({"pods": [{"cost": 777, field: [private.clone(), 4711, "2002-03-04"]}]});
        let out = scrub("application/json", &body.to_string());
        for secret in [
            "4111222",
            "15559",
            "875",
            "1999-12-31",
            "2001-02-03",
            "2002-03-04",
            "48151",
            "RUNNING",
            "PORT",
            "4711",
        ] {
            assert!(!out.contains(secret), "{secret} below {field}: {out}");
        }
        let out: Value = serde_json::from_str(&out).unwrap();
        let pod = out["pods"][0].as_object().unwrap();
        assert_eq!(pod["cost"], 777);
        let (_, list) = pod.iter().find(|(name, _)| *name != "cost").unwrap();
        assert_eq!(list[1].to_string().len(), 4);
        let was_known = list[0].as_object().unwrap().contains_key("count");
        assert_eq!(was_known, field == "aFieldOfTomorrow", "{list}");
    }
    // What users choose can be a number.
    for field in ["name", "password", "message", "username", "userId"] {
        assert!(
            !scrub("application/json", &json!({field: 15_559_998}).to_string()).contains("15559998"),
            "{field}"
        );
    }
    assert!(!scrub("application/json", "{\"userId\": -15559998}").contains("15559998"));
    assert!(!scrub("application/json", "[15559998]").contains("15559998"));
}

#[test]
fn headers_are_written_again() {
    let date = "Sun, 22 Nov 2026 12:00:00 GMT";
    let comment = "Sun, 22 Nov 2026 12:00:00 +0000 (jane 4111)";
    for (name, value, expected) in [
        ("date", date, Some(date)),
        ("date", comment, Some(date)),
        ("retry-after", comment, Some(date)),
        ("retry-after", "120", Some("120")),
        ("retry-after", "15559998888", None),
        ("date", "jane", None),
    ] {
        let answer =
            Scrubber::with_salt(b"salt").exchange(&exchange(200, &[(name, value)], ""), false).answer;
        assert_eq!(answer.unwrap().headers.get(name).map(String::as_str), expected, "{value}");
    }
}

#[test]
fn examples_of_the_description_are_data() {
    let example = json!({"acmeCustomer": "jane", "phone": 15_559_998, "properties": {"acmeField": 1}});
    let description = json!({
        "openapi": "3.0.3", "x-acme": example, "paths": {"/v2/wallet": {"get": {
            "parameters": [{"name": "startTime", "in": "query", "example": example, "schema": {"default": example, "enum": [example, "RUNNING"]}}],
            "responses": {"200": {"content": {"application/json": {"examples": {"acmeExample": example}}}}},
        }}},
        "components": {"examples": {"acmeExample": {"value": example}}, "schemas": {"Wallet": {"properties": {
            "example": {"type": "number", "maximum": 7_777, "x-unit": "milliseconds of acme", "const": example},
            "other": {"$ref": "#/components/schemas/Wallet"}, "third": {"$ref": "#/acmeSecret/schemas/Wallet"}}}}},
    });
    let out = described(200, &description);
    for secret in ["acme", "jane", "15559998", "phone"] {
        assert!(!out.contains(secret), "{secret} in {out}");
    }
    for kept in [
        "startTime",
        "/v2/wallet",
        "\"#/components/schemas/Wallet\"",
        "7777",
        "\"x-unit\": \"milliseconds of ",
        "\"200\"",
        "RUNNING",
        "\"example\"",
    ] {
        assert!(out.contains(kept), "{kept} in {out}");
    }
    assert!(!described(404, &json!({"paths": {"/acme": {}}})).contains("acme"), "no description");
}

#[test]
fn damage_costs_neither_the_stack_nor_space() {
    let deep = "[".repeat(100_000);
    assert!(scrub("application/json", &deep).len() <= 100_000);
    assert!(scrub("application/json", &("{\"a\":".repeat(100_000) + "1")).len() <= 700_000);
    let name = format!("jane{}", " -fb".repeat(100_000));
    let out = Scrubber::with_salt(b"salt").value("name", &name);
    assert!(out.ends_with(" -fb") && !out.starts_with("jane"));
    assert!(!scrub("text/plain", "a\u{1b}[31mb").contains('\u{1b}'));
}
