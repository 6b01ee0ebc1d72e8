//! A proxy that plants secrets in every answer, and a search for them in the recording.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Response, Uri, header};
use reqwest::Client;
use runpod_simulator::Options;
use serde_json::{Map, Value, json};
use tempfile::tempdir;

use crate::command::{Ended, end, reading};
use crate::support::{KEY, Upstream, client, stub};

/// What is added to strings. It can be a part of an id, so that the exporter requests what it names.
const SUFFIX: &str = "-Planted7Secret";

/// What further fields have as values and as names.
const SECRETS: [&str; 8] = [
    KEY,
    "jane.doe@planted.example",
    "10.66.77.88",
    "{\"password\": \"hunter-planted\", \"level\": \"ERROR\"}",
    "PLANTED_STATE",
    "https://planted.example:8443/a?b=planted#c",
    "registry.planted.example/planted/image:planted-1.2",
    "2026-11-22T12:00:00Z planted",
];

/// What must not be in a recording, in lower case.
const SEARCHED: [&str; 5] = ["planted", "jane", "10.66.77.88", "hunter", "0key0that0nobody"];

/// Names that an API has, which get a secret as value where they are missing.
const FIELDS: [&str; 17] = [
    "id",
    "name",
    "status",
    "desiredStatus",
    "type",
    "message",
    "error",
    "level",
    "createdAt",
    "gpuTypeId",
    "dataCenterId",
    "costPerHr",
    "cudaVersion",
    "image",
    "line",
    "title",
    "detail",
];

/// What is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Planting {
    /// More members in every object, and more log lines: the exporter reads everything.
    Members,
    /// Also something at the end of every string.
    Strings,
}

struct Shared {
    upstream: SocketAddr,
    client: Client,
    planting: Planting,
    planted: AtomicUsize,
}

fn planted(value: Value, planting: Planting) -> Value {
    match value {
        Value::String(text) if planting == Planting::Strings => (text + SUFFIX).into(),
        Value::Array(elements) => elements.into_iter().map(|element| planted(element, planting)).collect(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, planted(value, planting)));
            let mut members: Map<_, _> = members.collect();
            members.extend(SECRETS.map(|secret| (secret.to_owned(), json!(1))));
            members.insert("aFieldThatIsPlanted".to_owned(), json!(SECRETS));
            members.insert(
                "env".to_owned(),
                json!({"PLANTED_VARIABLE": SECRETS, "list": [{"key": SECRETS[0], "value": SECRETS[1]}]}),
            );
            for (at, field) in FIELDS.iter().enumerate() {
                members.entry(*field).or_insert_with(|| SECRETS[at % SECRETS.len()].into());
            }
            members.into()
        }
        other => other,
    }
}

/// A description with secrets in its texts. Its names are public.
fn described(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let text = |(name, value): (String, Value)| match value {
                Value::String(text) if ["description", "title", "summary", "url"].contains(&&*name) => {
                    (name, format!("{text} {}", SECRETS.join(" ")).into())
                }
                value => (name, described(value)),
            };
            let mut members: Map<_, _> = members.into_iter().map(text).collect();
            members.insert("example".to_owned(), json!(SECRETS));
            members.into()
        }
        Value::Array(elements) => elements.into_iter().map(described).collect(),
        other => other,
    }
}

fn streamed(text: &str, planting: Planting) -> String {
    let lines =
        text.lines().map(|line| match line.strip_prefix("data: ").map(serde_json::from_str::<Value>) {
            Some(Ok(mut event)) => {
                let line = event["line"].as_str().unwrap_or_default().to_owned();
                event = planted(event, planting);
                event["line"] = format!("{line} {}", SECRETS.join(" ")).into();
                format!("data: {event}")
            }
            _ => line.to_owned(),
        });
    let more = SECRETS.map(|secret| format!("event: {secret}\nid: {secret}\n: {secret}\ndata: {secret}\n\n"));
    lines.collect::<Vec<_>>().join("\n") + "\n\n" + &more.concat()
}

async fn pass(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    sent: Bytes,
) -> Response<Body> {
    let without = |text: &str| text.replace(SUFFIX, "");
    let url = format!("http://{}{}", shared.upstream, without(&uri.to_string()));
    let sent = without(&String::from_utf8_lossy(&sent));
    let mut request = shared.client.request(method, url).body(sent);
    for name in ["authorization", "content-type", "user-agent", "accept"] {
        if let Some(value) = headers.get(name) {
            request = request.header(name, value);
        }
    }
    let mut response = request.send().await.unwrap();
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = response.status();
    for name in ["content-type", "ratelimit", "ratelimit-policy", "retry-after"] {
        if let Some(value) = response.headers().get(name) {
            answer.headers_mut().insert(header::HeaderName::from_static(name), value.clone());
        }
    }
    for secret in SECRETS {
        answer.headers_mut().append("x-echo", HeaderValue::from_str(secret).unwrap());
        let window = format!("\"{}\";r=5;planted=\"{secret}\"", secret.replace('"', ""));
        answer.headers_mut().append("ratelimit-policy", HeaderValue::from_str(&window).unwrap());
    }
    let is_stream = response
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    shared.planted.fetch_add(1, Ordering::Relaxed);
    let body = if is_stream {
        let part = response.chunk().await.unwrap().unwrap_or_default(); // a stream does not end
        streamed(&String::from_utf8_lossy(&part), shared.planting)
    } else {
        let text = response.text().await.unwrap();
        match serde_json::from_str(&text) {
            Ok(value) if uri.path().ends_with("openapi.json") => described(value).to_string(),
            Ok(value) => planted(value, shared.planting).to_string(),
            Err(_) => text + &SECRETS.join(" "),
        }
    };
    *answer.body_mut() = Body::from(body);
    answer
}

/// The content of all files below a folder, and their names, in lower case.
fn content(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let text = |path: std::path::PathBuf| {
        let name = path.display().to_string();
        let text = if path.is_dir() {
            content(&path)
        } else {
            String::from_utf8(std::fs::read(&path).unwrap()).unwrap()
        };
        (name + "\n" + &text).to_lowercase()
    };
    entries.map(text).collect()
}

async fn record_planted(planting: Planting) -> usize {
    let options = Options { machines: 2, clusters: 1, ..Options::default() };
    let mut upstream = Upstream::start(options).await;
    let planted = AtomicUsize::new(0);
    let shared = Arc::new(Shared { upstream: upstream.address, client: client(), planting, planted });
    let (address, _server) = stub(Router::new().fallback(pass).with_state(Arc::clone(&shared))).await;
    let endpoints = upstream.simulator.world().endpoints();
    let private = endpoints.iter().flat_map(|endpoint| {
        let endpoint = endpoint.configuration();
        [endpoint.id.clone(), endpoint.name.clone()]
    });
    let private: Vec<_> = private.map(|text| text.to_lowercase()).collect();
    let folder = tempdir().unwrap();
    upstream.address = address;
    let folder = folder.path().join("new");
    let Ended { code, stdout, stderr } = end(reading(&["record", folder.to_str().unwrap()], &upstream)).await;
    assert_eq!(code, 0, "{stdout}{stderr}");
    let found = content(&folder);
    for searched in SEARCHED.iter().map(|text| (*text).to_owned()).chain(private) {
        let context = found
            .find(&searched)
            .map(|at| &found[found.floor_char_boundary(at.saturating_sub(300))..at + searched.len()]);
        assert_eq!(context, None, "{searched} is in the recording");
        assert!(
            !stdout.to_lowercase().contains(&searched) && !stderr.to_lowercase().contains(&searched),
            "{stdout}{stderr}"
        );
    }
    shared.planted.load(Ordering::Relaxed)
}

#[tokio::test]
async fn nothing_that_is_planted_in_members_and_log_lines_is_recorded() {
    assert!(record_planted(Planting::Members).await >= 40);
}

#[tokio::test]
async fn nothing_that_is_planted_in_strings_is_recorded() {
    assert!(record_planted(Planting::Strings).await >= 30);
}
