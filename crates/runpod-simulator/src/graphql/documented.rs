//! The schema that monitoring guides describe. A mock or a gateway that follows them answers in this shape.
//!
//! The lists under `myself` have fewer fields than the single endpoint and the single pod, as in the guides.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ComplexObject, Context, InputObject, Object, Result, SimpleObject};
use jiff::Timestamp;

use super::gpu::{GpuType, GpuTypeFilter, types};
use crate::answer::Identity;
use crate::world::{self, Scaling, Totals, World};

/// The root of the schema.
pub(super) struct Query;

/// Which pod.
#[derive(Debug, InputObject)]
struct PodFilter {
    pod_id: String,
}

struct User(World);

#[derive(Debug, SimpleObject)]
struct SavingsPlan {
    plan_type: &'static str,
    start_time: String,
    end_time: String,
}

#[derive(SimpleObject)]
#[graphql(complex)]
struct EndpointSummary {
    #[graphql(skip)]
    world: World,
    #[graphql(skip)]
    endpoint: Arc<world::Endpoint>,
    id: String,
    name: String,
    workers_min: u32,
    workers_max: u32,
}

#[derive(Debug, SimpleObject)]
struct WorkersSummary {
    ready: u32,
    running: u32,
}

#[derive(Debug, SimpleObject)]
struct QueueSummary {
    in_queue: u64,
    in_progress: u64,
}

#[derive(Debug, SimpleObject)]
struct Endpoint {
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

#[derive(Debug, SimpleObject)]
struct Workers {
    ready: u32,
    running: u32,
    pending: u64,
    initializing: u32,
    throttled: u32,
}

#[derive(Debug, SimpleObject)]
struct Queue {
    in_queue: u64,
    in_progress: u64,
    completed: u64,
    failed: u64,
    cancelled: u64,
    retried: u64,
}

/// Over the last minutes; null where no job ended in them. The rates are shares of 1.
#[derive(Debug, SimpleObject)]
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

#[derive(Debug, SimpleObject)]
struct PodSummary {
    id: String,
    name: String,
    desired_status: &'static str,
    gpu_type: Option<&'static str>,
    gpu_count: u32,
    uptime_seconds: u64,
    cost_per_hr: f64,
}

#[derive(Debug, SimpleObject)]
struct Pod {
    id: String,
    name: String,
    image_name: &'static str,
    gpu_type: Option<&'static str>,
    gpu_count: u32,
    desired_status: &'static str,
    machine_id: String,
    cost_per_hr: f64,
    uptime_seconds: u64,
    /// Seconds, as a number.
    runtime: Option<u64>,
    memory_in_gb: u32,
    vcpu_count: u32,
}

/// How long the savings plan of the account runs, and how much of it lies behind when the world begins.
const PLAN: Duration = Duration::from_hours(30 * 24);
const PLAN_USED: Duration = Duration::from_hours(11 * 24);

#[Object]
impl Query {
    /// Null without a key.
    async fn myself(&self, context: &Context<'_>) -> Result<Option<User>> {
        Ok(world_of_owner(context)?.map(|world| User(world.clone())))
    }

    async fn endpoint(&self, context: &Context<'_>, id: String) -> Result<Option<Endpoint>> {
        let Some(world) = world_of_owner(context)? else { return Ok(None) };
        Ok(world.endpoint(&id).map(|endpoint| Endpoint::new(world, &endpoint)))
    }

    async fn pod(&self, context: &Context<'_>, input: PodFilter) -> Result<Option<Pod>> {
        let Some(world) = world_of_owner(context)? else { return Ok(None) };
        Ok(world.pods().iter().find(|pod| pod.id == input.pod_id).map(|pod| Pod::new(world, pod)))
    }

    async fn gpu_types(&self, input: Option<GpuTypeFilter>) -> Vec<GpuType> {
        types(input.as_ref())
    }
}

/// The world, if the request comes from its owner.
fn world_of_owner<'a>(context: &Context<'a>) -> Result<Option<&'a World>> {
    let world = context.data::<World>()?;
    Ok((*context.data::<Identity>()? == Identity::Owner).then_some(world))
}

#[Object]
impl User {
    async fn id(&self) -> String {
        self.0.account_id()
    }

    async fn email(&self) -> &'static str {
        "someone@example.com"
    }

    async fn current_spend_per_hr(&self) -> f64 {
        self.0.account().spend.total()
    }

    async fn client_balance(&self) -> f64 {
        self.0.account().balance
    }

    async fn serverless_discount(&self) -> Option<f64> {
        Some(0.15)
    }

    async fn savings_plans(&self) -> Vec<SavingsPlan> {
        let start = self.0.before_birth(PLAN_USED);
        vec![SavingsPlan { plan_type: "ONE_MONTH", start_time: iso(start), end_time: iso(start + PLAN) }]
    }

    async fn endpoints(&self) -> Vec<EndpointSummary> {
        self.0.endpoints().into_iter().map(|endpoint| EndpointSummary::new(&self.0, endpoint)).collect()
    }

    async fn pods(&self) -> Vec<PodSummary> {
        self.0.pods().iter().map(|pod| PodSummary::new(&self.0, pod)).collect()
    }
}

// === impl EndpointSummary ===

impl EndpointSummary {
    fn new(world: &World, endpoint: Arc<world::Endpoint>) -> Self {
        let configuration = endpoint.configuration();
        let Scaling { workers_min, workers_max, .. } = world.scaling(configuration);
        Self {
            id: configuration.id.clone(),
            name: configuration.name.clone(),
            workers_min,
            workers_max,
            world: world.clone(),
            endpoint,
        }
    }
}

#[ComplexObject]
impl EndpointSummary {
    async fn status(&self) -> &'static str {
        status(&self.world.counts(&self.endpoint))
    }

    async fn workers(&self) -> WorkersSummary {
        let workers = self.world.counts(&self.endpoint).workers;
        WorkersSummary { ready: workers.idle, running: workers.running }
    }

    async fn queue(&self) -> QueueSummary {
        let counts = self.world.counts(&self.endpoint);
        if self.endpoint.configuration().load_balanced {
            return QueueSummary { in_queue: 0, in_progress: 0 };
        }
        QueueSummary { in_queue: counts.queued, in_progress: counts.in_progress }
    }
}

// === impl Endpoint ===

impl Endpoint {
    fn new(world: &World, endpoint: &world::Endpoint) -> Self {
        let configuration = endpoint.configuration();
        let counts = world.counts(endpoint);
        let scaling = world.scaling(configuration);
        let created = world.before_birth(configuration.age);
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

/// One word for the whole endpoint: what a person would say first.
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
        // What the scaler would still add: one worker per waiting job, within the limit.
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

impl PodSummary {
    fn new(world: &World, pod: &world::Pod) -> Self {
        Self {
            id: pod.id.clone(),
            name: pod.name.clone(),
            desired_status: desired_status(world, pod),
            gpu_type: pod.gpu.map(|gpu| gpu.id),
            gpu_count: pod.gpu_count,
            uptime_seconds: uptime(world, pod).unwrap_or_default(),
            cost_per_hr: pod.price,
        }
    }
}

impl Pod {
    fn new(world: &World, pod: &world::Pod) -> Self {
        Self {
            id: pod.id.clone(),
            name: pod.name.clone(),
            image_name: pod.image,
            gpu_type: pod.gpu.map(|gpu| gpu.id),
            gpu_count: pod.gpu_count,
            desired_status: desired_status(world, pod),
            machine_id: pod.machine_id.clone(),
            cost_per_hr: pod.price,
            uptime_seconds: uptime(world, pod).unwrap_or_default(),
            runtime: uptime(world, pod),
            memory_in_gb: pod.memory_gb,
            vcpu_count: pod.vcpu_count,
        }
    }
}

fn desired_status(world: &World, pod: &world::Pod) -> &'static str {
    if world.errand(pod).is_running() { "RUNNING" } else { "EXITED" }
}

/// Seconds since the container started; nothing while it has not.
fn uptime(world: &World, pod: &world::Pod) -> Option<u64> {
    let errand = world.errand(pod);
    (errand.is_running() && errand.has_runtime()).then(|| world.settled_for(pod).as_secs())
}

fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
