//! The simulator: it composes world, faults, scenes and APIs, and serves them.
//!
//! How an API answers and how the world develops does not belong here.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use clock::Clock;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::answer::{Answer, Gateway, GatewayOptions, Key};
use crate::api::Api;
use crate::connection::{ConnectionCutter, Connections};
use crate::control::{self, Control};
use crate::faults::FaultBoard;
use crate::job_record::OUTPUT;
use crate::options::Options;
use crate::scene::{ActiveScenes, Scene};
use crate::traffic::Traffic;
use crate::webhooks::{Delivered, WebhookSender};
use crate::world::{Population, Size, World};
use crate::{graphql, jobs, logs, pod_proxy, rest};

/// The simulated Runpod. Clones share the same one.
#[derive(Debug, Clone)]
pub struct Simulator {
    world: World,
    faults: FaultBoard,
    scenes: ActiveScenes,
    traffic: Traffic,
    webhooks: Arc<WebhookSender>,
    router: Router,
}

impl Simulator {
    /// A simulator that starts now, by the given clock.
    pub fn new(options: &Options, clock: Arc<dyn Clock>) -> Self {
        let now = clock.now();
        let population = if options.scenes.is_empty() { Population::Usual } else { Population::Healthy };
        let needed = options.scenes.iter().map(|scene| scene.clusters).max().unwrap_or_default();
        let clusters = options.clusters.max(needed);
        let size = Size { endpoints: options.endpoints, pods: options.pods, clusters };
        let world = World::new(population, options.seed, size, clock);
        world.set_machines(options.machines);
        world.set_postpaid(options.postpaid);
        if options.webhooks.is_some() {
            world.keep_finished();
        }
        let webhooks = Arc::new(WebhookSender::new(options.webhooks.clone(), options.seed));
        let output = options.webhooks.as_ref().map_or(OUTPUT, |webhooks| webhooks.output);
        let (scenes, traffic) = (ActiveScenes::default(), Traffic::default());
        if !options.scenes.is_empty() {
            scenes.play(&world, options.scenes.clone());
        }
        let faults = FaultBoard::new(options.faults.clone());
        let gateway = Gateway::new(GatewayOptions {
            world: world.clone(),
            traffic: traffic.clone(),
            faults: faults.clone(),
            scenes: scenes.clone(),
            meter: options.rest.meter(),
            delay: options.delay,
            key: options.key.clone().map(Key::new),
            metrics_key: options.metrics_key.clone().map(Key::new),
            graphql_retires: options.graphql_retires.map(|retirement| retirement.moment(now)),
        });
        let control = Control {
            world: world.clone(),
            faults: faults.clone(),
            scenes: scenes.clone(),
            traffic: traffic.clone(),
        };
        let router = Router::new()
            .merge(graphql::router(&gateway, options.shape))
            .merge(jobs::router(&gateway, output))
            .merge(logs::router(&gateway, options.shape))
            .merge(rest::router(&gateway, options.rest.clone()))
            .merge(pod_proxy::router(world.clone()))
            .merge(control::router(control))
            .fallback(not_found)
            .method_not_allowed_fallback(method_not_allowed);
        Self { world, faults, scenes, traffic, webhooks, router }
    }

    /// Serves `listener` until `shutdown`. Unanswered requests are dropped then.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let token = CancellationToken::new();
        let _cut_on_return = token.clone().drop_guard();
        let connections = Connections { listener, shutdown: token };
        let service = self.router.clone().into_make_service_with_connect_info::<ConnectionCutter>();
        tokio::select! {
            result = async { axum::serve(connections, service).await } => result,
            () = self.webhooks.run(&self.world) => Ok(()), // it never returns
            () = shutdown => Ok(()),
        }
    }

    /// Sends webhooks for the jobs that finished since the last call. Returns once each has succeeded or failed.
    pub async fn deliver(&self) -> Delivered {
        self.webhooks.deliver(&self.world).await
    }

    /// The proxy in front of the pods alone, for a server that is not the simulator's.
    pub fn pod_proxy(&self) -> Router {
        pod_proxy::router(self.world.clone())
    }

    /// The simulated account.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The fault rules in force.
    pub fn faults(&self) -> &FaultBoard {
        &self.faults
    }

    /// Starts these scenes and ends all others.
    pub fn play(&self, scenes: Vec<&'static Scene>) {
        self.scenes.play(&self.world, scenes);
    }

    /// The record of requests.
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }
}

/// A path that no API has.
async fn not_found() -> impl IntoResponse {
    Answer::error(Api::Jobs, StatusCode::NOT_FOUND, "not found")
}

async fn method_not_allowed() -> impl IntoResponse {
    Answer::error(Api::Jobs, StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
}
