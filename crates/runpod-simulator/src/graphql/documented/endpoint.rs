//! Endpoints with their workers, queue and metrics.

use std::sync::Arc;
use std::time::Duration;

use apollo_compiler::response::JsonMap;
use serde::Serialize;

use crate::graphql::engine::{Arguments, Node, Object, members};
use crate::timestamp::iso;
use crate::world::{self, Scaling, Totals, World};

/// An endpoint in the list, whose workers and queue are read when they are selected.
pub(super) struct EndpointSummary<'a> {
    world: &'a World,
    endpoint: Arc<world::Endpoint>,
    configuration: JsonMap,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'a> {
    id: &'a str,
    name: &'a str,
    workers_min: u32,
    workers_max: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkersSummary {
    ready: u32,
    running: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct QueueSummary {
    in_queue: u64,
    in_progress: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Endpoint {
    id: String,
    name: String,
    status: &'static str,
    template_id: String,
    gpu_type: &'static str,
    workers_min: u32,
    workers_max: u32,
    idle_timeout: u64,
    created_at: String,
    updated_at: String,
    workers: Workers,
    queue: Queue,
    metrics: Metrics,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Workers {
    ready: u32,
    running: u32,
    pending: u64,
    initializing: u32,
    throttled: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Queue {
    in_queue: u64,
    in_progress: u64,
    completed: u64,
    failed: u64,
    cancelled: u64,
    retried: u64,
}

/// Metrics over the last minutes; null where no job finished. The rates are ratios.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Metrics {
    requests_per_minute: f64,
    requests_total: u64,
    avg_execution_time_ms: Option<f64>,
    p50_execution_time_ms: Option<f64>,
    p95_execution_time_ms: Option<f64>,
    p99_execution_time_ms: Option<f64>,
    avg_cold_start_time_ms: Option<f64>,
    success_rate: Option<f64>,
    error_rate: Option<f64>,
}

// === impl EndpointSummary ===

impl<'a> EndpointSummary<'a> {
    pub(super) fn new(world: &'a World, endpoint: Arc<world::Endpoint>) -> Self {
        let configuration = endpoint.configuration();
        let Scaling { workers_min, workers_max, .. } = world.scaling(configuration);
        let (id, name) = (&configuration.id, &configuration.name);
        let configuration = members(&Summary { id, name, workers_min, workers_max });
        Self { world, endpoint, configuration }
    }

    fn queue(&self) -> QueueSummary {
        let counts = self.world.counts(&self.endpoint);
        if self.endpoint.configuration().load_balanced {
            return QueueSummary { in_queue: 0, in_progress: 0 };
        }
        QueueSummary { in_queue: counts.queued, in_progress: counts.in_progress }
    }
}

impl Object for EndpointSummary<'_> {
    fn field(&self, name: &str, arguments: &Arguments) -> Option<Node<'_>> {
        let counts = || self.world.counts(&self.endpoint);
        Some(match name {
            "status" => Node::plain(status(&counts())),
            "workers" => {
                let workers = counts().workers;
                Node::plain(WorkersSummary { ready: workers.idle, running: workers.running })
            }
            "queue" => Node::plain(self.queue()),
            _ => return self.configuration.field(name, arguments),
        })
    }
}

// === impl Endpoint ===

impl Endpoint {
    pub(super) fn new(world: &World, endpoint: &world::Endpoint) -> Self {
        let configuration = endpoint.configuration();
        let counts = world.counts(endpoint);
        let scaling = world.scaling(configuration);
        let created = world.before_start(configuration.age);
        Self {
            id: configuration.id.clone(),
            name: configuration.name.clone(),
            status: status(&counts),
            template_id: configuration.id.chars().rev().take(10).collect(),
            gpu_type: configuration.gpu.id,
            workers_min: scaling.workers_min,
            workers_max: scaling.workers_max,
            idle_timeout: scaling.idle_timeout.as_secs(),
            created_at: iso(created),
            updated_at: iso(created + configuration.age / 2),
            workers: Workers::new(scaling, &counts),
            queue: Queue::new(configuration, &counts),
            metrics: Metrics::new(&world.latency(endpoint), &counts.totals),
        }
    }
}

/// The status of the whole endpoint.
fn status(counts: &world::Counts) -> &'static str {
    let workers = counts.workers;
    if workers.idle + workers.running > 0 {
        "READY"
    } else if workers.initializing > 0 {
        "INITIALIZING"
    } else if workers.throttled > 0 {
        "THROTTLED"
    } else if workers.unhealthy > 0 {
        "UNHEALTHY"
    } else {
        "READY" // scaled to zero; the next job starts a worker
    }
}

// === impl parts ===

impl Workers {
    fn new(scaling: Scaling, counts: &world::Counts) -> Self {
        let workers = counts.workers;
        // The workers that the scaler is still going to add: one per queued job, within the limit.
        let room = scaling.workers_max.saturating_sub(workers.placed() + workers.throttled);
        Self {
            ready: workers.idle,
            running: workers.running,
            pending: counts.queued.min(u64::from(room)),
            initializing: workers.initializing,
            throttled: workers.throttled,
        }
    }
}

impl Queue {
    fn new(configuration: &world::Configuration, counts: &world::Counts) -> Self {
        let (queued, in_progress, totals) = if configuration.load_balanced {
            (0, 0, Totals::default())
        } else {
            (counts.queued, counts.in_progress, counts.totals)
        };
        Self {
            in_queue: queued,
            in_progress,
            completed: totals.completed,
            failed: totals.failed + totals.timed_out,
            cancelled: totals.cancelled,
            retried: totals.retried,
        }
    }
}

impl Metrics {
    fn new(latency: &world::Latency, totals: &Totals) -> Self {
        let milliseconds = |time: Option<Duration>| time.map(|time| (time.as_secs_f64() * 1_000.0).round());
        Self {
            requests_per_minute: f64::from(latency.finished_last_minute),
            requests_total: totals.arrived,
            avg_execution_time_ms: milliseconds(latency.mean),
            p50_execution_time_ms: milliseconds(latency.p50),
            p95_execution_time_ms: milliseconds(latency.p95),
            p99_execution_time_ms: milliseconds(latency.p99),
            avg_cold_start_time_ms: milliseconds(latency.cold_start),
            success_rate: latency.success,
            error_rate: latency.success.map(|share| 1.0 - share),
        }
    }
}
