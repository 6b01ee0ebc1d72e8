//! Reading the responses of Runpod's APIs into wire types, compared with a copy of the same bytes and with `serde_json::Value`. The
//! ratios at the end compare medians of this run and hold on other machines; times do not.

#[path = "support/account.rs"]
mod account;
#[path = "support/medians.rs"]
mod medians;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clock::SystemClock;
use criterion::{Criterion, Throughput};
use lenient_json::{CheckedObject, List, from_slice};
use reqwest::Client;
use runpod::wire::{self, MAX_OBJECTS};
use runpod_exporter::testing::scrape::Scope;
use runpod_simulator::rest::RestOptions;
use runpod_simulator::{Options, Simulator};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::account::{Outcome, account_at, app_by};

const ENDPOINTS: usize = 1_000;
const PODS: usize = 200;

/// Of a response of GraphQL, as the client reads it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Envelope {
    data: CheckedObject<Data>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Data {
    myself: CheckedObject<Lists<wire::Endpoint, wire::Pod>>,
}

/// Of an account in GraphQL, and of a page in REST.
#[derive(Debug, Deserialize)]
struct Lists<Endpoint, Pod> {
    #[serde(default)]
    endpoints: List<Endpoint, MAX_OBJECTS>,
    #[serde(default)]
    pods: List<Pod, MAX_OBJECTS>,
}

type RestLists = Lists<wire::rest::Endpoint, wire::rest::Pod>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Workers {
    workers: List<wire::rest::Worker, MAX_OBJECTS>,
}

/// A response, and how it is read into wire types.
struct Case {
    name: &'static str,
    what: &'static str,
    body: Vec<u8>,
    /// Returns the number of objects, so that the work is used and can be checked.
    read: fn(&[u8]) -> Result<usize, serde_json::Error>,
}

impl Case {
    /// The benchmarks of a case: a copy, wire types, `serde_json::Value`.
    const VARIANTS: [&'static str; 3] = ["memcpy", "wire", "value"];

    /// Runs them.
    fn measure(&self, criterion: &mut Criterion) -> Outcome<()> {
        let Self { name, body, read, .. } = self;
        if read(body)? == 0 {
            return Err(format!("{name}: nothing was read").into());
        }
        let mut group = criterion.benchmark_group(*name);
        group.sample_size(20).measurement_time(Duration::from_secs(3));
        group.throughput(Throughput::Bytes(body.len().try_into()?));
        group.bench_function("memcpy", |bencher| bencher.iter(|| body.clone()));
        group.bench_function("wire", |bencher| bencher.iter(|| read(body)));
        group.bench_function("value", |bencher| bencher.iter(|| serde_json::from_slice::<Value>(body)));
        group.finish();
        Ok(())
    }

    /// A row of the table; `None` if only some benchmarks were run.
    fn row(&self) -> Outcome<Option<String>> {
        let Self { name, what, body, .. } = self;
        let [copy, wire, value] = Self::VARIANTS.map(|variant| medians::median(name, variant));
        let (Some(copy), Some(wire), Some(value)) = (copy?, wire?, value?) else { return Ok(None) };
        let (to_copy, to_value) = (wire / copy, wire / value);
        Ok(Some(format!("| {what} | {} | {to_copy:.1} | {to_value:.2} |", body.len())))
    }
}

/// Reads a document, and counts its objects.
fn read<T: DeserializeOwned>(body: &[u8], count: fn(T) -> usize) -> Result<usize, serde_json::Error> {
    Ok(count(from_slice(body)?.value))
}

fn length<T, const N: usize>(list: List<T, N>) -> usize {
    list.0.map_or(0, |list| list.len())
}

fn viewer(body: &[u8]) -> Result<usize, serde_json::Error> {
    read(body, |envelope: Envelope| {
        let data = envelope.data.0.ok().flatten();
        let lists = data.and_then(|data| data.myself.0.ok().flatten());
        lists.map_or(0, |lists| length(lists.endpoints) + length(lists.pods))
    })
}

fn page(body: &[u8]) -> Result<usize, serde_json::Error> {
    read(body, |lists: RestLists| length(lists.endpoints) + length(lists.pods))
}

fn health_of(body: &[u8]) -> Result<usize, serde_json::Error> {
    read(body, |health: wire::Health| usize::from(health.jobs.is_some()))
}

fn workers_of(body: &[u8]) -> Result<usize, serde_json::Error> {
    read(body, |page: Workers| length(page.workers))
}

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let cases = runtime.block_on(cases())?;
    for case in &cases {
        for variant in Case::VARIANTS {
            medians::forget(case.name, variant)?;
        }
    }
    let mut criterion = Criterion::default().configure_from_args();
    for case in &cases {
        case.measure(&mut criterion)?;
    }
    criterion.final_summary();
    let rows: Vec<_> = cases.iter().map(Case::row).collect::<Outcome<_>>()?;
    let Some(rows) = rows.into_iter().collect::<Option<Vec<_>>>() else { return Ok(()) };
    let mut out = std::io::stdout();
    writeln!(out, "\n| | bytes | time / copy | time / `serde_json::Value` |\n|---|---:|---:|---:|")?;
    Ok(writeln!(out, "{}", rows.join("\n"))?)
}

/// The responses of a simulated account. Those of GraphQL answer the documents that the exporter sends.
async fn cases() -> Outcome<Vec<Case>> {
    let rest = RestOptions { quota: "off".parse()?, ..RestOptions::default() };
    let options = Options { endpoints: ENDPOINTS, pods: PODS, rest, ..Options::default() };
    let simulator = Simulator::new(&options, Arc::new(SystemClock));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut server = JoinSet::new();
    let serving = simulator.clone();
    server.spawn(async move { serving.serve(listener, std::future::pending()).await });
    rlimit::increase_nofile_limit(u64::MAX)?; // each connection needs a file
    let app = app_by(vec![account_at(address, "default")?], Arc::new(SystemClock))?;
    for _ in 0..2 {
        // The second scrape sends the documents that every later one sends.
        app.scraper().scrape(Scope::default(), Instant::now() + Duration::from_mins(1)).await?;
    }
    let documents: BTreeMap<_, _> = simulator
        .traffic()
        .report()
        .documents
        .into_iter()
        .map(|document| (document.operation, document.text))
        .collect();
    let document =
        |name: &str| documents.get(name).ok_or(format!("no document {name} in {:?}", documents.keys()));
    let api = Api { client: Client::builder().no_proxy().build()?, address };
    let endpoints = api.graphql(document("Endpoints")?).await?;
    let first: Value = serde_json::from_slice(&endpoints)?;
    let id = first.pointer("/data/myself/endpoints/0/id").and_then(Value::as_str).ok_or("no endpoint")?;
    let health = api.get(&format!("v2/{id}/health")).await?;
    let workers = api.get(&format!("rest/v2/serverless/{id}/workers")).await?;
    let case = |name, what, body, read| Case { name, what, body, read };
    Ok(vec![
        case("decode_health", "job API: the health of an endpoint", health, health_of),
        case("decode_graphql_endpoints", "GraphQL: 1,000 endpoints", endpoints, viewer),
        case("decode_graphql_pods", "GraphQL: 200 pods", api.graphql(document("Pods")?).await?, viewer),
        case(
            "decode_rest_endpoints",
            "REST: a page of endpoints",
            api.get("rest/v2/serverless").await?,
            page,
        ),
        case("decode_rest_pods", "REST: a page of pods", api.get("rest/v2/pods").await?, page),
        case("decode_rest_workers", "REST: the workers of an endpoint", workers, workers_of),
    ])
}

/// A client of the simulated account.
struct Api {
    client: Client,
    address: SocketAddr,
}

impl Api {
    async fn get(&self, path: &str) -> Outcome<Vec<u8>> {
        let request = self.client.get(format!("http://{}/{path}", self.address));
        self.body(request).await
    }

    async fn graphql(&self, document: &str) -> Outcome<Vec<u8>> {
        let request = self.client.post(format!("http://{}/graphql", self.address));
        let request = request.header("content-type", "application/json");
        self.body(request.body(json!({ "query": document }).to_string())).await
    }

    async fn body(&self, request: reqwest::RequestBuilder) -> Outcome<Vec<u8>> {
        let request = request.bearer_auth("rpa_benchmark").header("user-agent", "benchmark/1.0");
        Ok(request.send().await?.error_for_status()?.bytes().await?.to_vec())
    }
}
