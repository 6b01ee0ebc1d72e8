//! Names and types of fields: they equal those of the recordings and of Runpod's OpenAPI document.

use std::collections::BTreeSet;

use boon::{Compiler, Draft, Schemas};

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/fixtures/", $name, ".json"))
    };
}

/// Recorded answers, by the path of the request. `ID` is an endpoint.
const RECORDED: [(&str, &str); 13] = [
    ("pods", fixture!("rest_v2_pods")),
    ("serverless", fixture!("rest_v2_serverless")),
    ("serverless/ID/workers", fixture!("rest_v2_serverless_workers")),
    ("serverless/ID/releases", fixture!("rest_v2_serverless_releases")),
    ("network-volumes", fixture!("rest_v2_network_volumes")),
    ("catalog/gpus?include=AVAILABILITY&product=POD", fixture!("rest_v2_catalog_gpus")),
    (
        "catalog/datacenters?include=GPU_AVAILABILITY,CPU_AVAILABILITY",
        fixture!("rest_v2_catalog_datacenters"),
    ),
    ("billing", fixture!("rest_v2_billing")),
    ("billing/pods?podId=POD", fixture!("rest_v2_billing_pods")),
    ("billing/serverless?serverlessId=ID", fixture!("rest_v2_billing_serverless")),
    ("billing/network-volumes?networkVolumeId=VOLUME", fixture!("rest_v2_billing_network_volumes")),
    ("billing/endpoints", fixture!("rest_v2_billing_public_endpoints")),
    ("billing/clusters?clusterId=5c2n8m4q", fixture!("rest_v2_billing_clusters")),
];

const DESCRIPTION: &str = include_str!("../../../../../tests/fixtures/openapi/rest-v2.json");

/// The path in the OpenAPI document.
fn described(path: &str) -> String {
    let path = path.split('?').next().unwrap();
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [first @ ("pods" | "serverless"), _id] => format!("/v2/{first}/{{id}}"),
        ["serverless", _id, last] => format!("/v2/serverless/{{id}}/{last}"),
        _ => format!("/v2/{path}"),
    }
}

impl Running {
    /// The path with ids of the simulator.
    fn fill(&self, path: &str) -> String {
        let world = self.simulator.world();
        path.replace("VOLUME", &world.volumes()[0].id)
            .replace("POD", &world.pods()[0].id)
            .replace("ID", &self.first_endpoint())
    }
}

/// The type at each path of a value. All items of a list share one path.
fn places(value: &Value, path: &str, found: &mut BTreeSet<(String, &'static str)>) {
    let kind = match value {
        Value::Null => return,
        Value::Object(fields) => {
            for (name, value) in fields {
                // The user chooses the names of variables.
                let name = if path.rsplit('.').next() == Some("env") { "*" } else { name };
                places(value, &format!("{path}.{name}"), found);
            }
            "object"
        }
        Value::Array(items) => {
            for item in items {
                places(item, &format!("{path}[]"), found);
            }
            "array"
        }
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
    };
    found.insert((path.to_owned(), kind));
}

#[tokio::test]
async fn every_recorded_field_exists() {
    let running = Running::start(&Options::default()).await;
    for (path, recorded) in RECORDED {
        let request = if path.contains("product=") { path.to_owned() } else { running.fill(path) };
        let recorded: Value = serde_json::from_str(recorded).unwrap();
        let (mut theirs, mut ours) = (BTreeSet::new(), BTreeSet::new());
        places(&recorded, "", &mut theirs);
        places(&running.json(&request).await, "", &mut ours);
        if path.starts_with("billing/clusters") {
            theirs.retain(|(place, _)| !place.starts_with(".records[]")); // the account has none
        }
        let missing: Vec<_> = theirs.difference(&ours).collect();
        assert!(missing.is_empty(), "{path}: {missing:?}");
    }
}

#[tokio::test]
async fn a_worker_has_the_recorded_fields() {
    let running = Running::start(&Options::default()).await;
    let recorded: Value = serde_json::from_str(fixture!("workers_v2_worker_record")).unwrap();
    let workers = running.json(&running.fill("serverless/ID/workers")).await;
    let running_one = array(&workers, "workers").iter().find(|worker| worker["startedAt"].is_string());
    let ours = running_one.unwrap_or_else(|| panic!("{workers}"));
    for (name, value) in recorded.as_object().unwrap() {
        assert_eq!(std::mem::discriminant(&ours[name]), std::mem::discriminant(value), "{name}: {ours}");
    }
    let milliseconds = |time: &Value| time.as_str().unwrap().len();
    assert_eq!(milliseconds(&ours["startedAt"]), milliseconds(&recorded["startedAt"]));
}

#[tokio::test]
async fn problems_equal_the_recorded_ones() {
    let running = Running::start(&Options { key: Some("key".to_owned()), ..Options::default() }).await;
    let recorded = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    let table = [
        ("", 401, recorded(fixture!("rest_v2_error_401"))),
        ("Authorization: key\r\n", 401, recorded(fixture!("rest_v2_error_401"))),
        (
            "Authorization: Bearer wrong\r\n",
            401,
            json!({ "title": "Unauthorized", "status": 401, "detail": "invalid bearer token" }),
        ),
        ("Authorization: Bearer key\r\n", 404, recorded(fixture!("rest_v2_error_404"))),
    ];
    for (key, status, body) in table {
        for path in
            ["pods/none", "serverless/none/workers", "network-volumes/none", "serverless/", "clusters/none"]
        {
            let head = format!("User-Agent: test\r\n{key}");
            let reply = running.send(&format!("GET /rest/v2/{path}"), &head, "").await.unwrap();
            assert_eq!((reply.status, reply.json()), (status, body.clone()), "{path}");
            assert!(reply.head.contains("content-type: application/problem+json"), "{}", reply.head);
            assert_eq!(reply.head.contains("\r\nratelimit: "), status != 401, "{}", reply.head);
        }
    }

    let rest = RestOptions { forbidden: [Operation::Pods].into(), ..RestOptions::default() };
    let running = Running::with_rest(RestOptions { quota: "1/9/9".parse().unwrap(), ..rest }).await;
    let reply = running.rest("pods").await;
    assert_eq!((reply.status, reply.json()), (403, recorded(fixture!("rest_v2_error_403"))));
    let reply = running.rest("serverless").await;
    assert_eq!((reply.status, reply.json()), (429, recorded(fixture!("rest_v2_error_429"))));
}

/// An OpenAPI document, and the validators of what its schemas describe.
pub(super) struct Description {
    pub(super) document: Value,
    compiler: Compiler,
    schemas: Schemas,
}

const PLACE: &str = "https://localhost/openapi.json";

impl Description {
    pub(super) fn new(document: Value) -> Self {
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.add_resource(PLACE, document.clone()).unwrap();
        Self { document, compiler, schemas: Schemas::new() }
    }

    pub(super) fn read() -> Self {
        Self::new(serde_json::from_str(DESCRIPTION).unwrap())
    }

    /// What is wrong with a value, by the schema at this place of the document; empty if it is valid.
    pub(super) fn errors(&mut self, schema: &str, value: &Value) -> String {
        let schema = self.compiler.compile(&format!("{PLACE}#{schema}"), &mut self.schemas).unwrap();
        self.schemas.validate(value, schema).map_or_else(|error| format!("{error:#}"), |()| String::new())
    }

    /// What is wrong with an answer; `None` if its path is not described.
    pub(super) fn errors_of_answer(&mut self, path: &str, answer: &Value) -> Option<String> {
        self.document["paths"].get(path)?;
        let path = path.replace('/', "~1");
        let schema = format!("/paths/{path}/get/responses/200/content/application~1json/schema");
        Some(self.errors(&schema, answer))
    }
}

#[tokio::test]
async fn every_answer_is_valid() {
    let mut description = Description::read();
    let running = Running::start(&Options { pods: 16, ..Options::default() }).await;
    for _ in 0..8 {
        let mut paths: Vec<String> = PATHS.map(str::to_owned).to_vec();
        for endpoint in running.simulator.world().endpoints() {
            let id = &endpoint.configuration().id;
            paths.extend(["", "/workers", "/releases"].map(|rest| format!("serverless/{id}{rest}")));
        }
        paths.extend(running.simulator.world().pods().iter().map(|pod| format!("pods/{}", pod.id)));
        paths.push(running.fill("billing/pods?podId=POD&bucketSize=hour&lastN=3"));
        let mut validated = 0;
        for path in paths {
            let answer = running.json(&path).await;
            if let Some(errors) = description.errors_of_answer(&described(&path), &answer) {
                assert_eq!(errors, "", "{path}");
                validated += 1;
            }
        }
        assert!(validated > 40, "only {validated} were described");
        running.advance_minutes(7);
    }
}

#[tokio::test]
async fn every_recording_is_valid() {
    let mut description = Description::read();
    for (path, recorded) in RECORDED {
        let recorded: Value = serde_json::from_str(recorded).unwrap();
        assert_eq!(description.errors_of_answer(&described(path), &recorded).unwrap(), "", "{path}");
    }
    let wrong = json!({ "pods": [{ "id": 5 }] });
    assert_ne!(
        description.errors_of_answer("/v2/pods", &wrong).unwrap(),
        "",
        "the validator accepts anything"
    );
}

#[tokio::test]
async fn problems_are_valid() {
    let mut description = Description::read();
    let mut errors = |problem: &Value| description.errors("/components/schemas/ErrorResponse", problem);
    let running = Running::start(&Options::default()).await;
    let table = [
        ("pods?limit=0", 400),
        ("pods?limit=few", 400),
        ("pods?limit=1001", 400),
        ("serverless?limit=5000", 400),
        ("serverless?cursor=nonsense", 400),
        ("pods?includeClusterPods=perhaps", 400),
        ("billing?bucketSize=minute", 400),
        ("billing?lastN=0", 400),
        ("billing/pods?lastN=2&endTime=2026-11-01T00:00:00Z", 400),
        ("catalog/gpus?include=AVAILABILITY", 400),
        ("catalog/gpus?product=POD", 400),
        ("catalog/gpus?include=PRICES&product=POD", 400),
        ("catalog/gpus?include=AVAILABILITY&product=TOASTER", 400),
        ("catalog/datacenters?include=AVAILABILITY", 400),
        ("pods/none", 404),
        ("nothing", 404),
    ];
    for (path, status) in table {
        let reply = running.rest(path).await;
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(errors(&reply.json()), "", "{path}");
        assert_eq!(reply.json()["status"], json!(status));
        assert_eq!(reply.json().get("errors").is_some(), status == 400, "{path}");
        assert!(reply.head.contains("\r\nratelimit-policy: "), "{path}: {}", reply.head);
    }
    let head = "User-Agent: test\r\nAuthorization: Bearer key\r\n";
    let reply = running.send("POST /rest/v2/pods", head, "{}").await.unwrap();
    assert_eq!(reply.status, 405);
    assert!(reply.head.contains("\r\nallow: get"), "{}", reply.head);
    assert_eq!(errors(&reply.json()), "");
}

/// Our answers match our own OpenAPI document, which a client may rely on alone.
#[tokio::test]
async fn the_openapi_document_describes_the_answers() {
    let key = Some("key".to_owned());
    let running = Running::start(&Options { key, clusters: 1, ..Options::default() }).await;
    let reply = running.send("GET /rest/v2/openapi.json", "User-Agent: test\r\n", "").await.unwrap();
    assert_eq!(reply.status, 200, "without a key");
    assert!(!reply.head.contains("ratelimit"), "outside of any quota: {}", reply.head);
    let mut description = Description::new(reply.json());
    let server = format!("http://{}/rest", "simulator");
    assert_eq!(description.document["servers"][0]["url"], json!(server));
    let paths = description.document["paths"].as_object().unwrap().clone();
    for path in paths.keys().filter(|path| !path.ends_with("openapi.json")) {
        let relative = path.strip_prefix("/v2/").unwrap();
        let id = running.id_for(relative);
        let answer = running.json(&relative.replace("{id}", &id)).await;
        assert_eq!(description.errors_of_answer(path, &answer).unwrap(), "", "{path}");
    }
    let described: BTreeSet<String> = PATHS.map(described).into();
    assert!(described.iter().all(|path| paths.contains_key(path)), "{described:?}");
}

/// As a client finds them that knows the fields of the balance and not its path.
#[tokio::test]
async fn the_balance_and_the_limits_are_found_by_their_fields() {
    let running = Running::start(&Options::default()).await;
    let description = Description::new(running.json("openapi.json").await);
    let find = |fields: [&str; 2]| {
        let paths = description.document["paths"].as_object().unwrap().iter();
        let mut found = paths.filter(|(_, operations)| {
            let schema = &operations["get"]["responses"]["200"]["content"]["application/json"]["schema"];
            let name = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next());
            let properties =
                name.map(|name| &description.document["components"]["schemas"][name]["properties"]);
            properties.is_some_and(|properties| fields.iter().all(|field| properties.get(field).is_some()))
        });
        let path = found.next().unwrap().0.strip_prefix("/v2/").unwrap().to_owned();
        assert!(found.next().is_none());
        path
    };
    let account = running.simulator.world().account();
    let balance = running.json(&find(["balanceAmount", "billingMode"])).await;
    assert_eq!(balance, json!({ "balanceAmount": account.balance, "billingMode": "PREPAID" }));
    let limits = running.json(&find(["spendRate", "serverlessWorkers"])).await;
    assert_eq!(limits["spendRate"]["limit"], json!(80.0));
    assert_eq!(limits["serverlessWorkers"]["limit"], json!(running.simulator.world().workers_quota()));
}
