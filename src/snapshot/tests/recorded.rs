//! The recorded answers, and what each of them says: as lines, one for each fact, from the series and from finished jobs.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use lenient_json::{Decoded, List, Notes, from_slice};
use runpod::wire::{self, MAX_OBJECTS};
use runpod::{Ledger, Product};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::catalog::ScrapeResult;
use crate::diagnosis::{DiagnosedAccount, Diagnosis};
use crate::jobs::{Job, Pointers, webhook};
use crate::snapshot::bill::{Billed, Sums};
use crate::snapshot::endpoint::{
    display_name, facts_from_rest, finished, from_graphql, from_health, reported, workers_from_rest,
};
use crate::snapshot::{
    Account, AccountSnapshot, Endpoint, Facts, Load, Market, Offer, Placement, Volume, pod,
};
use crate::testing::exposition;
use crate::testing::metrics::families;

/// What a document says. `None` if it is rejected as a whole.
pub(super) type Read = Option<(BTreeSet<String>, Notes)>;

/// A recorded answer: its name, its document, and how it is read.
pub(super) struct Recorded {
    pub(super) name: &'static str,
    pub(super) document: Value,
    pub(super) read: fn(&[u8]) -> Read,
}

impl Recorded {
    /// Whether it is the payload of a webhook.
    pub(super) fn is_job(&self) -> bool {
        JOBS.contains(&self.name)
    }
}

fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn now() -> Timestamp {
    "2026-06-01T18:00:00Z".parse().unwrap()
}

/// Every recorded answer. Of GraphQL's, the object `myself`, or the data if there is none.
pub(super) fn all() -> Vec<Recorded> {
    let of = |name, document, read| Recorded { name, document, read };
    let myself = |name: &str| fixture(name)["data"]["myself"].clone();
    let mut all: Vec<Recorded> =
        HEALTHS.iter().map(|name| of(name, fixture(name), health as fn(&[u8]) -> Read)).collect();
    all.extend(JOBS.iter().map(|name| of(name, fixture(name), job as fn(&[u8]) -> Read)));
    all.extend([
        of("graphql_myself_endpoints", myself("graphql_myself_endpoints"), graphql_endpoints),
        of("graphql_myself_pods_runtime", running(myself("graphql_myself_pods_runtime")), graphql_pods),
        of(
            "graphql_pod_by_id",
            running(serde_json::json!({"pods": [fixture("graphql_pod_by_id")["data"]["pod"]]})),
            graphql_pods,
        ),
        of("graphql_account", myself("graphql_account"), graphql_account),
        of(
            "graphql_gputypes_lowestprice",
            fixture("graphql_gputypes_lowestprice")["data"].clone(),
            graphql_gpus,
        ),
        of("rest_v2_serverless", fixture("rest_v2_serverless"), rest_endpoints),
        of("rest_v2_serverless_workers", fixture("rest_v2_serverless_workers"), rest_workers),
        of(
            "workers_v2_worker_record",
            serde_json::json!({"workers": [fixture("workers_v2_worker_record")]}),
            rest_workers,
        ),
        of("rest_v2_serverless_releases", fixture("rest_v2_serverless_releases"), rest_releases),
        of("rest_v2_pods", fixture("rest_v2_pods"), rest_pods),
        of("rest_v2_network_volumes", fixture("rest_v2_network_volumes"), rest_volumes),
        of("rest_v2_catalog_gpus", fixture("rest_v2_catalog_gpus"), rest_gpus),
        of("rest_v2_billing", fixture("rest_v2_billing"), |json| bill(json, Ledger::All)),
        of("rest_v2_billing_pods", fixture("rest_v2_billing_pods"), |json| bill(json, Ledger::Pods)),
        of("rest_v2_billing_serverless", fixture("rest_v2_billing_serverless"), |json| {
            bill(json, Ledger::Serverless)
        }),
        of("rest_v2_billing_network_volumes", fixture("rest_v2_billing_network_volumes"), |json| {
            bill(json, Ledger::NetworkVolumes)
        }),
        of("rest_v2_billing_clusters", fixture("rest_v2_billing_clusters"), |json| {
            bill(json, Ledger::Clusters)
        }),
        of("rest_v2_billing_public_endpoints", fixture("rest_v2_billing_public_endpoints"), |json| {
            bill(json, Ledger::PublicEndpoints)
        }),
        of("synthetic_requests_list", fixture("synthetic_requests_list"), requests),
        of("synthetic_request_ts_v1", fixture("synthetic_request_ts_v1"), latency),
    ]);
    all
}

const HEALTHS: [&str; 7] = [
    "health_after_failure",
    "health_idle_flex",
    "health_job_queued_worker_ready",
    "health_queued",
    "health_running",
    "health_throttled",
    "health_warm",
];

const JOBS: [&str; 4] =
    ["webhook_completed_shape", "status_completed", "status_failed_after_retry", "runsync_completed"];

/// The pods of the documentation as running ones: without a state, most of their series are absent.
fn running(mut list: Value) -> Value {
    for pod in list["pods"].as_array_mut().unwrap() {
        pod["desiredStatus"] = "RUNNING".into();
        pod["costPerHr"] = 0.74.into();
    }
    list
}

fn read<T: DeserializeOwned>(json: &[u8], facts: impl FnOnce(T) -> AccountSnapshot) -> Read {
    let Decoded { value, notes } = from_slice(json).ok()?;
    Some((lines(facts(value)), notes))
}

fn empty() -> AccountSnapshot {
    AccountSnapshot::empty("default".into(), now())
}

/// The series of a snapshot.
fn lines(snapshot: AccountSnapshot) -> BTreeSet<String> {
    // Ports are not exported.
    let ports =
        snapshot.pods.iter().flat_map(|pod| pod.ports.iter().map(|port| format!("port {} {port:?}", pod.id)));
    let ports: Vec<String> = ports.collect();
    let account = DiagnosedAccount { snapshot, diagnosis: Diagnosis::default() };
    let scrape = ScrapeResult { accounts: vec![Arc::new(account)], ..ScrapeResult::default() };
    let text = exposition::text(families(), &scrape);
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).chain(ports).collect()
}

/// The recorded runtime of the REST API has no HTTP port, although one is configured.
#[test]
fn the_ports_of_the_recorded_pods_are_read() {
    let ports = |name: &str| {
        let recorded = all().into_iter().find(|recorded| recorded.name == name).unwrap();
        let (lines, _) = (recorded.read)(recorded.document.to_string().as_bytes()).unwrap();
        lines.into_iter().filter(|line| line.starts_with("port ")).collect::<Vec<_>>()
    };
    assert_eq!(
        ports("graphql_myself_pods_runtime"),
        ["port ldl1dxirsim64n Port { number: 8888, kind: Http, public: None }"]
    );
    assert_eq!(
        ports("rest_v2_pods"),
        [
            "port 7h9k2m4n6p Port { number: 22, kind: Tcp, public: Some(195.26.233.3:34446) }",
            "port 7h9k2m4n6p Port { number: 8888, kind: Http, public: None }",
        ]
    );
}

fn endpoint(load: Load, facts: Facts) -> AccountSnapshot {
    let endpoint = Endpoint { id: "e".into(), name: "e".into(), facts, load, ..Endpoint::default() };
    AccountSnapshot { endpoints: vec![endpoint], ..empty() }
}

fn health(json: &[u8]) -> Read {
    read(json, |health: wire::Health| endpoint(from_health(health, &mut Vec::new()), Facts::default()))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Lists {
    endpoints: List<wire::Endpoint, MAX_OBJECTS>,
    pods: List<wire::Pod, MAX_OBJECTS>,
    gpu_types: List<wire::GpuType, MAX_OBJECTS>,
}

fn graphql_endpoints(json: &[u8]) -> Read {
    read(json, |lists: Lists| {
        let endpoint = |wire: wire::Endpoint| {
            let id = wire.id.0.clone()?;
            let name = display_name(&id, wire.name.0.as_ref());
            let (facts, load) = from_graphql(wire, &mut Vec::new());
            Some(Endpoint { id, name, facts: Facts { listed: true, ..facts }, load, ..Endpoint::default() })
        };
        let endpoints = lists.endpoints.0.unwrap_or_default().into_iter().filter_map(endpoint).collect();
        AccountSnapshot { endpoints, ..empty() }
    })
}

fn graphql_pods(json: &[u8]) -> Read {
    read(json, |lists: Lists| {
        let pod = |wire| pod::from_graphql(wire, None, &mut Vec::new());
        let pods = lists.pods.0.unwrap_or_default().into_iter().filter_map(pod).collect();
        AccountSnapshot { pods, ..empty() }
    })
}

fn graphql_account(json: &[u8]) -> Read {
    read(json, |account| AccountSnapshot { account: Some(Account::from_wire(account)), ..empty() })
}

fn graphql_gpus(json: &[u8]) -> Read {
    read(json, |lists: Lists| {
        let gpu = |wire| Offer::of_gpu(wire, &mut Vec::new());
        let gpus = lists.gpu_types.0.unwrap_or_default().into_iter().filter_map(gpu).collect();
        AccountSnapshot { market: Market { gpus, ..Market::default() }, ..empty() }
    })
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RestLists {
    endpoints: List<wire::rest::Endpoint, MAX_OBJECTS>,
    pods: List<wire::rest::Pod, MAX_OBJECTS>,
    network_volumes: List<wire::rest::Volume, MAX_OBJECTS>,
    gpus: List<wire::rest::GpuType, MAX_OBJECTS>,
}

fn rest_endpoints(json: &[u8]) -> Read {
    read(json, |lists: RestLists| {
        let endpoint = |wire: wire::rest::Endpoint| {
            let id = wire.id.0.clone()?;
            let name = display_name(&id, wire.name.0.as_ref());
            let facts = facts_from_rest(wire, &mut Vec::new());
            Some(Endpoint { id, name, facts, ..Endpoint::default() })
        };
        let endpoints = lists.endpoints.0.unwrap_or_default().into_iter().filter_map(endpoint).collect();
        AccountSnapshot { endpoints, ..empty() }
    })
}

fn placed(workers: wire::rest::Workers, releases: Option<wire::rest::Releases>) -> AccountSnapshot {
    let load = Load { workers: workers_from_rest(&workers), ..Load::default() };
    let mut snapshot = endpoint(load, Facts::default());
    snapshot.endpoints[0].placement = Some(Placement::new(workers, releases, now(), &mut Vec::new()));
    snapshot
}

fn rest_workers(json: &[u8]) -> Read {
    read(json, |workers| placed(workers, None))
}

fn rest_releases(json: &[u8]) -> Read {
    read(json, |releases| placed(wire::rest::Workers::default(), Some(releases)))
}

fn rest_pods(json: &[u8]) -> Read {
    read(json, |lists: RestLists| {
        let pod = |wire| pod::from_rest(wire, &mut Vec::new());
        let pods = lists.pods.0.unwrap_or_default().into_iter().filter_map(pod).collect();
        AccountSnapshot { pods, ..empty() }
    })
}

fn rest_volumes(json: &[u8]) -> Read {
    read(json, |lists: RestLists| {
        let list = lists.network_volumes.0.unwrap_or_default();
        AccountSnapshot { volumes: list.into_iter().filter_map(Volume::from_rest).collect(), ..empty() }
    })
}

fn rest_gpus(json: &[u8]) -> Read {
    read(json, |lists: RestLists| {
        let gpu = |wire| Offer::of_rest_gpu(wire, Product::Pod, &mut Vec::new());
        let gpus = lists.gpus.0.unwrap_or_default().into_iter().filter_map(gpu).collect();
        AccountSnapshot { market: Market { gpus, ..Market::default() }, ..empty() }
    })
}

/// As the client does, a bill is rejected if not all of its records can be read.
fn bill(json: &[u8], ledger: Ledger) -> Read {
    let Decoded { value: bill, notes } = from_slice::<wire::rest::Bill>(json).ok()?;
    if bill.records.0.is_some() && !bill.records.is_complete() {
        return None;
    }
    let sums = Sums::of(ledger, bill, now());
    let line = |kind: &str, name: &str, money: &Billed| {
        let sum = |span: &str, dollars: Option<crate::snapshot::Dollars>| {
            dollars.map(|dollars| format!("{kind} {name} {span} {dollars}"))
        };
        [sum("day", money.day), sum("month", money.month)]
    };
    let resources = sums.resources.iter().flat_map(|(name, money)| line("resource", name, money));
    let ids = sums.ids.iter().flat_map(|(name, money)| line("id", name, money));
    Some((resources.chain(ids).flatten().collect(), notes))
}

fn requests(json: &[u8]) -> Read {
    let Decoded { value, notes } = from_slice(json).ok()?;
    Some((finished(value, &mut Vec::new()).0.iter().flat_map(about).collect(), notes))
}

fn latency(json: &[u8]) -> Read {
    let now = "2025-02-18T12:30:00Z".parse().unwrap();
    read(json, |metrics| {
        endpoint(Load::default(), Facts { reported: reported(metrics, now), ..Facts::default() })
    })
}

fn job(json: &[u8]) -> Read {
    let pointers = |paths: [&str; 2]| paths.map(|path| path.parse().unwrap()).to_vec();
    let pointers = Pointers::new(
        pointers(["/usage/input", "/input_tokens"]),
        pointers(["/usage/output", "/output_tokens"]),
    );
    let job = webhook::from_slice(json, &pointers).ok()?;
    Some((about(&job).into_iter().collect(), Notes::default()))
}

/// What is known of a job.
fn about(job: &Job) -> Vec<String> {
    let Job { id, status, times, tokens, trace: _ } = job;
    let id = id.as_deref().unwrap_or_default();
    let times = [("latency", times.latency), ("delay", times.delay), ("execution", times.execution)];
    let times = times.into_iter().filter_map(|(name, time)| Some(format!("{id} {name} {:?}", time?)));
    let tokens = [("in", tokens.input), ("out", tokens.output)];
    let tokens = tokens.into_iter().filter_map(|(name, count)| Some(format!("{id} {name} {}", count?)));
    std::iter::once(format!("{id} {}", status.as_str())).chain(times).chain(tokens).collect()
}
