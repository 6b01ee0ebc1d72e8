//! The simulator: it puts the world, the APIs, the faults and the scenes together and serves them.
//!
//! How an API answers and what happens in the world does not belong here.

use std::fmt::{self, Debug, Formatter};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get, post};
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use clock::Clock;

use crate::connection::{Connections, Scissors};
use crate::control;
use crate::faults::{FaultBoard, Rule};
use crate::graphql::{self, Engine, Shape};
use crate::jobs;
use crate::logs;
use crate::rest::{self, Meter, RestOptions};
use crate::scene::{Scene, Stage};
use crate::traffic::Traffic;
use crate::webhooks::{Postman, WebhookOptions};
use crate::world::{Cast, World};

/// When an API is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retirement {
    /// At a moment.
    At(Timestamp),
    /// So long after the simulator was made.
    After(Duration),
}

/// What kind of Runpod.
#[derive(Clone)]
pub struct Options {
    /// Which GraphQL schema it has.
    pub shape: Shape,
    /// The same seed gives the same world.
    pub seed: u64,
    /// How many endpoints there are.
    pub endpoints: usize,
    /// How many pods there are.
    pub pods: usize,
    /// How many machines others rent from the account.
    pub machines: usize,
    /// How long each answer of the APIs takes.
    pub delay: Duration,
    /// The key that is accepted; any, if none is given.
    pub key: Option<String>,
    /// The key that may read Runpod's own metrics; any that is accepted, if none is given.
    pub metrics_key: Option<String>,
    /// What goes wrong from the start.
    pub faults: Vec<Rule>,
    /// From when on GraphQL answers 410, if ever.
    pub graphql_retires: Option<Retirement>,
    /// What kind of REST API.
    pub rest: RestOptions,
    /// Whom to tell of finished jobs, if anybody.
    pub webhooks: Option<WebhookOptions>,
    /// What happens. Scenes play in a world in which all else is well; without any, the world has its usual troubles.
    pub scenes: Vec<&'static Scene>,
}

/// The simulated Runpod. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Simulator(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) world: World,
    pub(crate) faults: FaultBoard,
    pub(crate) stage: Stage,
    pub(crate) traffic: Traffic,
    pub(crate) engine: Engine,
    pub(crate) shape: Shape,
    pub(crate) delay: Duration,
    pub(crate) key: Option<Key>,
    pub(crate) graphql_retires: Option<Timestamp>,
    pub(crate) rest: RestOptions,
    pub(crate) meter: Meter,
    pub(crate) patience: jobs::Patience,
    pub(crate) metrics_key: Option<Key>,
    pub(crate) postman: Option<Postman>,
}

/// A key that does not show in a log. It is made up, unless someone starts the simulator with a real one.
pub(crate) struct Key(String);

// === impl Options ===

impl Default for Options {
    fn default() -> Self {
        Self {
            shape: Shape::Live,
            seed: 1,
            endpoints: 6, // one of each character
            pods: 8,      // one of each errand
            machines: 0,  // most accounts only rent
            delay: Duration::ZERO,
            key: None,
            metrics_key: None,
            faults: Vec::new(),
            graphql_retires: None,
            rest: RestOptions::default(),
            webhooks: None,
            scenes: Vec::new(),
        }
    }
}

impl Debug for Options {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self {
            shape,
            seed,
            endpoints,
            pods,
            machines,
            delay,
            key,
            metrics_key,
            faults,
            graphql_retires,
            rest,
            webhooks,
            scenes,
        } = self;
        f.debug_struct("Options")
            .field("shape", shape)
            .field("seed", seed)
            .field("endpoints", endpoints)
            .field("pods", pods)
            .field("machines", machines)
            .field("delay", delay)
            .field("key", &key.as_ref().map(|key| Key(key.clone())))
            .field("metrics_key", &metrics_key.as_ref().map(|key| Key(key.clone())))
            .field("faults", faults)
            .field("graphql_retires", graphql_retires)
            .field("rest", rest)
            .field("webhooks", webhooks)
            .field("scenes", scenes)
            .finish()
    }
}

// === impl Retirement ===

impl Retirement {
    /// The moment, for a simulator that is made now.
    fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(moment) => moment,
            Self::After(time) => {
                let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
                now.checked_add(time).unwrap_or(Timestamp::MAX)
            }
        }
    }
}

// === impl Simulator ===

impl Simulator {
    /// A Runpod that begins now, by the given clock.
    pub fn new(options: &Options, clock: Arc<dyn Clock>) -> Self {
        let now = clock.now();
        let cast = if options.scenes.is_empty() { Cast::Usual } else { Cast::Well };
        let world = World::new(cast, options.seed, options.endpoints, options.pods, clock);
        world.rent_out(options.machines);
        let postman = options.webhooks.clone().and_then(|webhooks| Postman::new(webhooks, options.seed));
        if postman.is_some() {
            world.keep_finished();
        }
        let stage = Stage::default();
        if !options.scenes.is_empty() {
            stage.play(&world, options.scenes.clone());
        }
        Self(Arc::new(Inner {
            engine: Engine::new(options.shape, world.clone()),
            shape: options.shape,
            world,
            faults: FaultBoard::new(options.faults.clone()),
            stage,
            traffic: Traffic::default(),
            delay: options.delay,
            key: options.key.clone().map(Key),
            graphql_retires: options.graphql_retires.map(|retirement| retirement.moment(now)),
            rest: options.rest.clone(),
            meter: Meter::default(),
            patience: jobs::Patience::default(),
            metrics_key: options.metrics_key.clone().map(Key),
            postman,
        }))
    }

    /// Answers on `listener` until `shutdown`. Requests without an answer are dropped then.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let token = CancellationToken::new();
        let _cut_all_at_the_end = token.clone().drop_guard();
        let connections = Connections { listener, shutdown: token };
        let service = self.router().into_make_service_with_connect_info::<Scissors>();
        tokio::select! {
            result = async { axum::serve(connections, service).await } => result,
            () = self.tell_of_jobs() => Ok(()), // it never ends
            () = shutdown => Ok(()),
        }
    }

    /// The account that is simulated.
    pub fn world(&self) -> &World {
        &self.0.world
    }

    /// What goes wrong.
    pub fn faults(&self) -> &FaultBoard {
        &self.0.faults
    }

    /// Plays these scenes from now on, and no others.
    pub fn play(&self, scenes: Vec<&'static Scene>) {
        self.0.stage.play(&self.0.world, scenes);
    }

    /// What is played.
    pub fn scenes(&self) -> Vec<&'static Scene> {
        self.0.stage.scenes()
    }

    /// What was asked.
    pub fn traffic(&self) -> &Traffic {
        &self.0.traffic
    }

    pub(crate) fn shape(&self) -> Shape {
        self.0.shape
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/graphql", post(graphql::post))
            .route("/v2/{id}/health", get(jobs::health))
            .route("/v2/{id}/requests", get(jobs::requests))
            .route("/v2/{id}/metrics/request_ts_v1", get(jobs::request_metrics))
            .route("/v2/{id}/logs", get(logs::jobs::snapshot))
            .route("/v2/{id}/logs/stream", any(logs::jobs::socket))
            .route("/rest/v2/{*path}", any(rest::any))
            .route(
                "/simulator/faults",
                get(control::faults).put(control::replace_faults).delete(control::clear_faults),
            )
            .route("/simulator/scene", get(control::scenes).put(control::play).delete(control::end_scenes))
            .route("/simulator/traffic", get(control::traffic).delete(control::reset_traffic))
            .with_state(self.clone())
    }
}

// === impl Key ===

impl Key {
    pub(crate) fn is(&self, given: &str) -> bool {
        self.0 == given
    }
}

impl Debug for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}
