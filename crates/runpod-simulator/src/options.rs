//! The options of a simulator.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::answer::Key;
use crate::faults::Rule;
use crate::rest::RestOptions;
use crate::scene::Scene;
use crate::shape::Shape;
use crate::webhooks::WebhookOptions;

/// The options of a simulator.
#[derive(Clone)]
pub struct Options {
    /// The GraphQL schema.
    pub shape: Shape,
    /// The seed of the world: the same seed gives the same world.
    pub seed: u64,
    /// Number of endpoints.
    pub endpoints: usize,
    /// Number of pods.
    pub pods: usize,
    /// Number of clusters.
    pub clusters: usize,
    /// Number of machines that the account rents out.
    pub machines: usize,
    /// Whether the account is billed afterwards instead of from a balance.
    pub postpaid: bool,
    /// Time before each answer of the APIs.
    pub delay: Duration,
    /// The accepted key; any, if `None`.
    pub key: Option<String>,
    /// The key that may read request metrics; any accepted key, if `None`.
    pub metrics_key: Option<String>,
    /// Fault rules from the start.
    pub faults: Vec<Rule>,
    /// When GraphQL is switched off, and answers 410.
    pub graphql_retires: Option<Retirement>,
    /// The REST API.
    pub rest: RestOptions,
    /// Webhooks about finished jobs.
    pub webhooks: Option<WebhookOptions>,
    /// Scenes from the start. They play in an account without problems; without scenes, the account has its usual ones.
    pub scenes: Vec<&'static Scene>,
}

/// When an API is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retirement {
    /// At a timestamp.
    At(Timestamp),
    /// After this time.
    After(Duration),
}

// === impl Options ===

impl Default for Options {
    fn default() -> Self {
        Self {
            shape: Shape::Live,
            seed: 1,
            endpoints: 6, // one of each kind
            pods: 8,      // one of each kind
            clusters: 0,  // most accounts have none
            machines: 0,  // most accounts rent out none
            postpaid: false,
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
            clusters,
            machines,
            postpaid,
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
            .field("clusters", clusters)
            .field("machines", machines)
            .field("postpaid", postpaid)
            .field("delay", delay)
            .field("key", &key.clone().map(Key::new))
            .field("metrics_key", &metrics_key.clone().map(Key::new))
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
    /// The timestamp, for a simulator that is created now.
    pub(crate) fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(moment) => moment,
            Self::After(time) => {
                let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
                now.checked_add(time).unwrap_or(Timestamp::MAX)
            }
        }
    }
}
