//! Answers have the form of recorded answers of the real service.

use serde_json::{Value, json};

use super::*;

const HEALTH: [&str; 7] = [
    include_str!("../../../../tests/fixtures/health_after_failure.json"),
    include_str!("../../../../tests/fixtures/health_idle_flex.json"),
    include_str!("../../../../tests/fixtures/health_job_queued_worker_ready.json"),
    include_str!("../../../../tests/fixtures/health_queued.json"),
    include_str!("../../../../tests/fixtures/health_running.json"),
    include_str!("../../../../tests/fixtures/health_throttled.json"),
    include_str!("../../../../tests/fixtures/health_warm.json"),
];

const GRAPHQL: [&str; 5] = [
    include_str!("../../../../tests/fixtures/graphql_account.json"),
    include_str!("../../../../tests/fixtures/graphql_gputypes_lowestprice.json"),
    include_str!("../../../../tests/fixtures/graphql_myself_endpoints.json"),
    include_str!("../../../../tests/fixtures/graphql_myself_pods_runtime.json"),
    include_str!("../../../../tests/fixtures/graphql_pod_by_id.json"),
];

#[tokio::test]
async fn health_has_the_recorded_keys_and_integers() {
    let running = Running::start(&Options::default()).await;
    for endpoint in running.simulator.world().endpoints() {
        let ours = running.health(&endpoint.configuration().id).await.json();
        for recorded in HEALTH {
            let recorded: Value = serde_json::from_str(recorded).unwrap();
            assert_eq!(shape(&ours), shape(&recorded));
        }
        assert_eq!(ours["workers"]["ready"], ours["workers"]["idle"]);
        assert!(ours["jobs"].as_object().unwrap().values().all(Value::is_u64));
    }
}

#[tokio::test]
async fn the_live_schema_answers_recorded_queries_in_their_form() {
    let running = Running::start(&Options::default()).await;
    for recorded in GRAPHQL {
        let recorded: Value = serde_json::from_str(recorded).unwrap();
        let pod = running.simulator.world().pods()[0].id.clone();
        let document = format!("query Recorded {}", selection(&recorded["data"], &pod));
        let ours = running.data(&document).await;
        assert_fits(&ours, &recorded["data"], "data");
    }
}

#[tokio::test]
async fn without_a_key_the_account_is_null_and_prices_are_not() {
    let running = Running::start(&Options::default()).await;
    let send = async |query: &str| {
        let headers = "User-Agent: test\r\nContent-Type: application/json\r\n";
        running.send("POST /graphql", headers, &json!({ "query": query }).to_string()).await.unwrap()
    };
    let reply = send("{ myself { id } }").await;
    let recorded: Value =
        serde_json::from_str(include_str!("../../../../tests/fixtures/graphql_anonymous_myself_null.json"))
            .unwrap();
    assert_eq!((reply.status, reply.json()), (200, recorded));
    let prices =
        send("{ gpuTypes { id securePrice lowestPrice(input: {gpuCount: 1}) { stockStatus } } }").await;
    assert!(prices.json()["data"]["gpuTypes"].as_array().unwrap().len() > 5);
}

/// The keys and types of a value. Like JSON, it does not distinguish integers from floats.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "string".into(),
        Value::Bool(_) => "boolean".into(),
        Value::Null => Value::Null,
    }
}

/// The selection set of a recorded answer.
fn selection(recorded: &Value, pod: &str) -> String {
    match recorded {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let arguments = match name.as_str() {
                    "pod" => format!("(input: {{podId: \"{pod}\"}})"),
                    "lowestPrice" => "(input: {gpuCount: 1})".to_owned(),
                    _ => String::new(),
                };
                // For an empty recording, any field will do.
                let below = match (name.as_str(), value) {
                    ("pods", Value::Array(items)) if items.is_empty() => "{ id }".to_owned(),
                    ("serverlessDiscount", Value::Null) => "{ discountFactor }".to_owned(),
                    _ => selection(value, pod),
                };
                format!("{name}{arguments} {below}")
            });
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(" "))
        }
        Value::Array(items) => items.first().map(|item| selection(item, pod)).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Ours has every recorded field with a value of the same type; null matches any type.
fn assert_fits(ours: &Value, recorded: &Value, path: &str) {
    match (ours, recorded) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(ours), Value::Object(recorded)) => {
            for (name, value) in recorded {
                let ours = ours.get(name).unwrap_or_else(|| panic!("{path}.{name} is missing"));
                assert_fits(ours, value, &format!("{path}.{name}"));
            }
        }
        (Value::Array(ours), Value::Array(recorded)) => {
            // A pod without a GPU has an empty list of them.
            assert!(!ours.is_empty() || path.ends_with("gpus"), "{path} is empty");
            if let Some(recorded) = recorded.first() {
                for item in ours {
                    assert_fits(item, recorded, path);
                }
            }
        }
        _ => assert_eq!(shape(ours), shape(recorded), "{path}"),
    }
}
