//! A snapshot in which everything is known.

use std::sync::Arc;
use std::time::Duration;

use runpod::{Api, Operation, Outcome, Product, QuotaWindow, Reason, RequestError, ServerLimit};
use runpod_exporter::testing::catalog::ScrapeResult;
use runpod_exporter::testing::diagnosis::{
    DiagnosedAccount, Diagnosis, Ended, Finding, Health, Impact, Latency, Name, Recent, Severity, Subject,
};
use runpod_exporter::testing::settings::{Collector, LatencyObjective, Slo, Slos, Thresholds};
use runpod_exporter::testing::snapshot::{
    Account, AccountSnapshot, ApiReport, BatchState, BatchStatus, Batches, Bill, Billed, BillingMode, Bytes,
    Celsius, Cloud, Cluster, ClusterKind, ClusterRole, CollectorReport, Compute, Count, DataCenter, Dollars,
    DollarsPerHour, Endpoint, EndpointKind, Facts, Flashboot, Gpu, Host, JobTotal, Load, Machine,
    MachinePart, Market, Membership, Offer, OrOther, Parts, PerSecond, Place, Placement, Pod, PodKind,
    PodState, PriceCloud, Provenance, Quantile, Ratio, Reported, Rollout, SavingsPlan, Scaler, Seconds,
    SpendComponent, Stock, UnixTime, UptimeWindow, Volume, Watts, Worker, WorkerState, Workers,
};

use super::measured::measured;
use super::noon;

const COUNT: Option<Count> = Some(Count(1.5));
const SECONDS: Option<Seconds> = Some(Seconds(1.5));
const BYTES: Option<Bytes> = Some(Bytes(1.5));
const RATIO: Option<Ratio> = Some(Ratio(1.5));
const DOLLARS: Option<Dollars> = Some(Dollars(1.5));
const PRICE: Option<DollarsPerHour> = Some(DollarsPerHour(1.5));
const TIME: Option<UnixTime> = Some(UnixTime(1.5));
const MONEY: Billed = Billed { day: DOLLARS, month: DOLLARS };

#[expect(clippy::unnecessary_wraps, reason = "the fields are optional")]
fn text(text: &str) -> Option<Arc<str>> {
    Some(text.into())
}

fn offer(id: &str) -> Offer {
    Offer {
        id: id.into(),
        prices: [(PriceCloud::Secure, DollarsPerHour(1.5))].into(),
        stock: [(Product::Pod, Stock::High)].into(),
    }
}

fn full_endpoint() -> Endpoint {
    let reported = Reported {
        execution: [(Quantile::P50, Seconds(1.5))].into(),
        delay: [(Quantile::P70, Seconds(1.5))].into(),
        cold_start: [(Quantile::P90, Seconds(1.5))].into(),
        execution_avg: SECONDS,
        delay_avg: SECONDS,
        cold_start_avg: SECONDS,
        execution_max: SECONDS,
        delay_max: SECONDS,
        cold_start_max: SECONDS,
        cold_starts: COUNT,
        bucket_start: TIME,
        bucket_length: SECONDS,
        requests_per_second: Some(PerSecond(1.5)),
        success_ratio: RATIO,
        error_ratio: RATIO,
    };
    let workers = Workers {
        ready: COUNT,
        running: COUNT,
        idle: COUNT,
        initializing: COUNT,
        throttled: COUNT,
        unhealthy: COUNT,
        pending: COUNT,
    };
    let totals: std::collections::BTreeMap<_, _> = [(JobTotal::Completed, Count(3.0))].into();
    Endpoint {
        id: "e1".into(),
        name: "one".into(),
        up: Some(true),
        error: None,
        facts: Facts {
            listed: true,
            kind: Some(EndpointKind::Queue.into()),
            compute: Some(Compute::Gpu.into()),
            gpu_types: text("AMPERE_80"),
            data_centers: text("EU-RO-1"),
            flashboot: Some(Flashboot::Off.into()),
            scaler: Some(Scaler::QueueDelay.into()),
            template_id: text("t"),
            status: Some(OrOther::Other("degraded".to_owned())),
            workers_min: COUNT,
            workers_max: COUNT,
            workers_standby: COUNT,
            idle_timeout: SECONDS,
            execution_timeout: SECONDS,
            created: TIME,
            reported,
        },
        load: Load { queue_depth: COUNT, in_progress: COUNT, totals: totals.clone(), workers, cost: PRICE },
        load_read: Some(noon()),
        placement: Some(full_placement()),
        batches: Some(Batches {
            by_status: [(OrOther::Known(BatchStatus::Finalized), Count(1.5))].into(),
            requests: [(BatchState::InProgress, Count(1.5))].into(),
        }),
        billed: MONEY,
        requests: totals,
    }
}

fn full_placement() -> Placement {
    let place = Place {
        gpu_type_id: "NVIDIA A40".into(),
        data_center_id: "EU-RO-1".into(),
        state: Some(WorkerState::Running.into()),
    };
    let worker = Worker {
        id: "w1".into(),
        place: place.clone(),
        version: Some(4.0),
        stale: Some(true),
        uptime: SECONDS,
    };
    Placement {
        read: noon(),
        placed: [(place, Count(2.0))].into(),
        stale: Some(Count(1.0)),
        rollout: Some(Rollout { on_latest: Count(1.0), on_older: Count(1.0) }),
        workers: vec![worker.clone(), worker],
    }
}

fn full_pod() -> Pod {
    let gpu = Gpu { id: "GPU-1".into(), utilization: RATIO, memory_utilization: RATIO };
    Pod {
        id: "p1".into(),
        name: "one".into(),
        status: Some(PodState::Running.into()),
        kind: Some(PodKind::Reserved.into()),
        image: text("image"),
        gpu_type_id: text("NVIDIA A40"),
        cloud: Some(Cloud::Secure),
        data_center_id: text("EU-RO-1"),
        cluster: Some(Membership {
            cluster_id: "c1".into(),
            role: Some(ClusterRole::RayHead.into()),
            rank: COUNT,
        }),
        cost: PRICE,
        gpu_count: COUNT,
        vcpu_count: COUNT,
        memory: BYTES,
        container_disk: BYTES,
        volume: BYTES,
        uptime: SECONDS,
        cpu_utilization: RATIO,
        memory_utilization: RATIO,
        // The same GPU twice: an upstream may repeat itself.
        gpus: vec![gpu.clone(), gpu],
        gpu_temperature: Some(Celsius(1.5)),
        gpu_power: Some(Watts(1.5)),
        // Addresses are not labels: no series shows them.
        ports: Vec::new(),
        billed: MONEY,
    }
}

fn full_machine() -> Machine {
    Machine {
        id: "m1".into(),
        name: "one".into(),
        gpu_type_id: text("NVIDIA A40"),
        location: text("Reykjavik"),
        listed: Some(true),
        verified: Some(true),
        maintenance: Some(false),
        gpus: COUNT,
        gpus_rented: COUNT,
        vcpus: COUNT,
        vcpus_rented: COUNT,
        disk: BYTES,
        disk_rented: BYTES,
        gpu_price: PRICE,
        uptime_ratios: [(UptimeWindow::OneWeek, Ratio(0.5))].into(),
        balance: [(MachinePart::Gpu, Dollars(1.5))].into(),
        earned_today: [(MachinePart::Disk, Dollars(1.5))].into(),
    }
}

fn full_account() -> Account {
    let plan =
        SavingsPlan { id: "s1".into(), kind: "monthly".into(), gpu_type_id: "NVIDIA A40".into(), end: TIME };
    Account {
        balance: DOLLARS,
        billing_mode: Some(BillingMode::Prepaid.into()),
        spend: PRICE,
        spend_limit: PRICE,
        spend_components: [(SpendComponent::GpuCompute, DollarsPerHour(1.0))].into(),
        workers_quota: COUNT,
        serverless_discount: RATIO,
        savings_plans: vec![plan.clone(), plan],
    }
}

fn full_recent() -> Recent {
    let ended = Ended { completed: 57.0, failed: 3.0, retried: 1.0, within: Duration::from_mins(10) };
    let latency =
        Latency { jobs: 60, avg: 2.0, p50: 1.5, p95: 4.5, p99: 8.0, min: 0.5, max: 9.0, waited_ratio: 0.25 };
    let queue = vec![(Duration::from_mins(5), 2.0), (Duration::ZERO, 1.5)];
    Recent { queue, ended, latency: Some(latency) }
}

/// One about each kind of subject, a symptom, and two about pods that share a series.
fn full_findings() -> Vec<Finding> {
    let endpoint = Subject::Endpoint { id: "e1".into(), name: "one".into() };
    let pod = |id: &str| Subject::Pod { id: id.into(), name: "one".into() };
    let cluster = Subject::Cluster { id: "c1".into(), name: "one".into() };
    let finding = |name, severity, subject| Finding {
        name,
        severity,
        subject,
        since: noon(),
        explained_by: None,
        message: "message".to_owned(),
        recommendations: vec!["recommendation".to_owned()],
        metric: "runpod_up",
        runbook: "runbook".to_owned(),
        runbook_url: None,
        impact: Impact::None,
    };
    let latency = finding(Name::LatencyHigh, Severity::Warning, endpoint.clone());
    vec![
        finding(Name::QueueDeep, Severity::Critical, endpoint),
        Finding { explained_by: Some(Name::QueueDeep), ..latency },
        finding(Name::KeyRejected, Severity::Critical, Subject::Account),
        finding(Name::PodIdle, Severity::Warning, pod("p1")),
        finding(Name::PodIdle, Severity::Warning, pod("p2")),
        finding(Name::ClusterIncomplete, Severity::Warning, cluster),
    ]
}

/// With objectives.
fn full_thresholds() -> Thresholds {
    let latency = Some(LatencyObjective { target: 0.95, seconds: 8.0 });
    let slos = Slos::new(Slo { success: Some(0.99), latency }, Vec::new()).unwrap();
    Thresholds::default().with_slos(slos)
}

/// A snapshot in which everything is known.
pub(crate) fn full() -> ScrapeResult {
    let error = RequestError {
        api: Api::Jobs,
        operation: Operation::Health,
        peer: Arc::from("api.runpod.ai"),
        reason: Reason::Retired,
    };
    let report = |collector, error: Option<RequestError>| CollectorReport {
        collector,
        parts: Parts::from_iter([error.as_ref().map_or(Outcome::Ok, RequestError::outcome)]),
        error,
        answered: true,
        duration: Duration::from_millis(120),
        last_success: Some(noon()),
        source: Some(Provenance { api: Api::Rest, read: noon() }),
    };
    let snapshot = AccountSnapshot {
        name: Arc::from("default"),
        taken: noon(),
        thresholds: Arc::new(full_thresholds()),
        collectors: vec![report(Collector::Endpoints, None), report(Collector::Health, Some(error))],
        apis: vec![ApiReport {
            api: Api::Graphql,
            retired: Some(false),
            key_rejected: Some(false),
            metrics_key_rejected: None,
            unsupported_fields: Some(7),
        }],
        account: Some(full_account()),
        endpoints: vec![full_endpoint()],
        pods: vec![full_pod()],
        quota: vec![QuotaWindow { name: "minute".to_owned(), limit: Some(1.5), remaining: Some(1.5) }],
        servers: vec![ServerLimit { server: "api.runpod.io".into(), in_flight: 7 }],
        bill: Bill { resources: [("pod_gpu".into(), MONEY)].into(), clusters: [("c1".into(), MONEY)].into() },
        clusters: vec![Cluster {
            id: "c1".into(),
            name: "one".into(),
            kind: Some(ClusterKind::Ray.into()),
            gpu_type_id: text("NVIDIA A40"),
            data_center_id: text("EU-RO-1"),
            size: COUNT,
            gpus: COUNT,
            pods: Some([(PodState::Running.into(), Count(1.5))].into()),
            cost: PRICE,
            created: TIME,
        }],
        volumes: vec![Volume {
            id: "v1".into(),
            name: "one".into(),
            data_center_id: "EU-RO-1".into(),
            size: BYTES,
            billed: MONEY,
        }],
        market: Market {
            gpus: vec![offer("NVIDIA A40")],
            cpus: vec![offer("cpu3c")],
            data_centers: vec![DataCenter {
                id: "EU-RO-1".into(),
                gpus: [("NVIDIA A40".into(), Stock::High)].into(),
                cpus: [("cpu3c".into(), Stock::Low)].into(),
            }],
        },
        host: Some(Host { balance: DOLLARS, machines: vec![full_machine()] }),
        finished: Vec::new(),
        unknown: Vec::new(),
    };
    let diagnosis = Diagnosis {
        findings: full_findings(),
        health: [("e1".into(), Health::Degraded)].into(),
        causes: [("e1".into(), Name::QueueDeep)].into(),
        recent: [("e1".into(), full_recent())].into(),
    };
    let account = DiagnosedAccount { snapshot, diagnosis };
    ScrapeResult {
        accounts: vec![Arc::new(account)],
        duration: Duration::from_millis(130),
        truncated: false,
        measurements: measured(),
    }
}
