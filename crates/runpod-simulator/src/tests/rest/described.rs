//! Every read that Runpod's OpenAPI document describes, with arbitrary parameters: the answer has the described form.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::schema::Description;
use super::*;

/// Number of requests to each path.
const CASES: u32 = 12;

/// A described path with the query parameters that it can have.
#[derive(Debug, Clone)]
struct Read {
    path: String,
    parameters: Vec<Value>,
    streams: bool,
}

impl Description {
    /// The object that a reference points to.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
        pointer.map_or(value, |pointer| self.resolve(self.document.pointer(pointer).unwrap()))
    }

    fn reads(&self) -> Vec<Read> {
        let paths = self.document["paths"].as_object().unwrap().iter();
        let reads = paths.filter_map(|(path, operations)| {
            let get = operations.get("get")?;
            let parameters = get["parameters"].as_array().into_iter().flatten();
            let parameters = parameters.map(|parameter| self.resolve(parameter).clone());
            let parameters =
                parameters.filter(|parameter| parameter["in"] == "query").map(|mut parameter| {
                    let mut schema = self.resolve(&parameter["schema"]).clone();
                    if schema.get("items").is_some() {
                        schema["items"] = self.resolve(&schema["items"]).clone();
                    }
                    parameter["schema"] = schema;
                    parameter
                });
            let content = &get["responses"]["200"]["content"];
            Some(Read {
                path: path.clone(),
                parameters: parameters.collect(),
                streams: content.get("text/event-stream").is_some(),
            })
        });
        reads.collect()
    }
}

/// Values of a parameter: valid ones, and ones that no schema allows.
fn value(parameter: &Value) -> BoxedStrategy<String> {
    let schema = &parameter["schema"];
    let texts = |values: &Value| -> Vec<String> {
        values.as_array().into_iter().flatten().map(|value| value.as_str().unwrap().to_owned()).collect()
    };
    let one = |schema: &Value| match schema["type"].as_str() {
        _ if schema.get("enum").is_some() => prop::sample::select(texts(&schema["enum"])).boxed(),
        Some("integer") => (-1..6_000_i64).prop_map(|number| number.to_string()).boxed(),
        Some("boolean") => any::<bool>().prop_map(|value| value.to_string()).boxed(),
        _ if schema["format"] == "date-time" => (1_790_000_000..1_796_000_000_i64)
            .prop_map(|second| Timestamp::from_second(second).unwrap().to_string())
            .boxed(),
        _ => prop_oneof!["12\\.[0-9]", "[A-Z]{2}", Just("unknown".to_owned())].boxed(),
    };
    let valid = match schema.get("items") {
        Some(items) => prop::collection::vec(one(items), 1..4).prop_map(|values| values.join(",")).boxed(),
        None => one(schema),
    };
    prop_oneof![8 => valid, 1 => Just(String::new()), 1 => "[ -~]{1,12}"].boxed()
}

/// The query of a request: each parameter in half of them.
fn query(parameters: &[Value]) -> BoxedStrategy<Vec<(String, String)>> {
    let pairs: Vec<_> = parameters
        .iter()
        .map(|parameter| {
            let name = parameter["name"].as_str().unwrap().to_owned();
            prop::option::of(value(parameter)).prop_map(move |value| value.map(|value| (name.clone(), value)))
        })
        .collect();
    pairs.prop_map(|pairs| pairs.into_iter().flatten().collect()).boxed()
}

impl Running {
    /// The id of an object that exists, for a path.
    pub(super) fn id_for(&self, path: &str) -> String {
        let world = self.simulator.world();
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["pods", ..] => world.pods()[0].id.clone(),
            ["clusters", ..] => world.clusters()[0].id.clone(),
            ["network-volumes", ..] => world.volumes()[0].id.clone(),
            ["templates", ..] => world.templates()[0].id.clone(),
            ["registries", ..] => "6q1w9z3kfd".to_owned(),
            ["catalog", "gpus", ..] => "NVIDIA%20GeForce%20RTX%204090".to_owned(),
            ["catalog", "cpus", ..] => "cpu3c-2-4".to_owned(),
            ["catalog", "datacenters", ..] => "US-KS-2".to_owned(),
            _ => self.first_endpoint(),
        }
    }

    /// The path with ids of objects that exist.
    fn with_ids(&self, path: &str) -> String {
        let endpoint = &self.simulator.world().endpoints()[0];
        let worker = self.simulator.world().workers(endpoint)[0].serial;
        path.replace("{id}", &self.id_for(path))
            .replace("{workerId}", &endpoint.configuration().worker_id(worker))
    }

    /// The status line and the headers of a stream, which has no end.
    async fn head(&self, path: &str) -> String {
        let head = "User-Agent: test\r\nAuthorization: Bearer key\r\n";
        let mut stream = self.open(&format!("GET {path}"), head, "").await.unwrap();
        let mut bytes = Vec::new();
        while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
            assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0, "no end of the headers");
        }
        String::from_utf8_lossy(&bytes).to_lowercase()
    }
}

async fn check(
    running: &Running,
    description: &mut Description,
    read: &Read,
    query: &[(String, String)],
) -> u16 {
    let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    let path = format!("{}?{text}", running.with_ids(read.path.strip_prefix("/v2/").unwrap()));
    if read.streams {
        let head = running.head(&format!("/rest/v2/{path}")).await;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let kind = if status == 200 { "text/event-stream" } else { "application/problem+json" };
        assert!(head.contains(&format!("content-type: {kind}")), "{path}: {head}");
        return status;
    }
    let reply = running.rest(&path).await;
    let errors = match reply.status {
        200 => description.errors_of_answer(&read.path, &reply.json()).unwrap(),
        _ => description.errors("/components/schemas/ErrorResponse", &reply.json()),
    };
    assert_eq!(errors, "", "{path}: {}", reply.text());
    reply.status
}

#[tokio::test]
async fn every_described_read_is_served() {
    let mut description = Description::read();
    let rest = RestOptions { quota: "off".parse().unwrap(), ..RestOptions::default() };
    let running = Running::start(&Options { clusters: 3, pods: 16, rest, ..Options::default() }).await;
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRunner::deterministic().new_rng());
    let reads = description.reads();
    assert_eq!(reads.len(), 32);
    let mut refused = 0;
    for read in &reads {
        assert_eq!(check(&running, &mut description, read, &[]).await, 200, "{}", read.path);
        let query = query(&read.parameters);
        for _ in 0..if read.parameters.is_empty() { 0 } else { CASES } {
            let query = query.new_tree(&mut runner).unwrap().current();
            let status = check(&running, &mut description, read, &query).await;
            assert!(matches!(status, 200 | 400 | 422), "{} {query:?}: {status}", read.path);
            refused += u32::from(status != 200);
            running.clock.advance(jiff::SignedDuration::from_secs(97));
        }
    }
    assert!(refused > 20, "only {refused} wrong queries");
}

#[tokio::test]
async fn unknown_objects_are_not_found() {
    let mut description = Description::read();
    let running = Running::start(&Options::default()).await;
    for read in description.reads().iter().filter(|read| read.path.contains("{id}")) {
        let path = read.path.replace("{id}", "none").replace("{workerId}", "none");
        let reply = running.rest(path.strip_prefix("/v2/").unwrap()).await;
        assert_eq!(reply.status, 404, "{path}");
        assert_eq!(description.errors("/components/schemas/ErrorResponse", &reply.json()), "", "{path}");
    }
}
