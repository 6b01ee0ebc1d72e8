//! The flags of `demo` and `simulate`.

use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::web::OverviewFlags;
use super::{LISTEN_DEMO, Log};
use crate::config::{ConfigError, Web};
use runpod_simulator::Shape;
use runpod_simulator::faults::Rule;
use runpod_simulator::{Operation, Quota};
use runpod_simulator::scene::{SCENES, Scene};
use runpod_simulator::webhooks::WebhookUrl;

/// Flags of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Addresses to listen on, host:port; repeatable.
    #[arg(long = "web.listen-address", value_name = "ADDRESS", default_value = LISTEN_DEMO)]
    listen: Vec<String>,
    #[command(flatten)]
    overview: OverviewFlags,
    /// What is simulated.
    #[command(flatten)]
    pub world: World,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

impl Demo {
    /// How scrapes are served, where so much is taken off Prometheus's scrape timeout.
    pub fn web(&self, timeout_offset: Duration) -> Result<Web, ConfigError> {
        Ok(Web { listen: self.listen.clone(), timeout_offset, grafana: self.overview.grafana()? })
    }
}

/// Flags of `simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// Address to listen on.
    #[arg(long = "listen-address", value_name = "ADDRESS", default_value = "127.0.0.1:10737")]
    pub listen: String,
    /// The key that is accepted; without it, any.
    #[arg(long, env = "RUNPOD_SIMULATED_KEY", hide_env_values = true)]
    pub key: Option<String>,
    /// Where finished jobs are told, such as `http://127.0.0.1:10736/webhooks/jobs/{endpoint_id}`; nowhere without it.
    #[arg(long, value_name = "URL")]
    pub webhook_url: Option<WebhookUrl>,
    /// What is simulated.
    #[command(flatten)]
    pub world: World,
    /// How to log.
    #[command(flatten)]
    pub log: Log,
}

/// What is simulated.
#[derive(Debug, Args)]
pub struct World {
    /// The GraphQL shape: live, as api.runpod.io answers, or documented, as monitoring guides have it.
    #[arg(long, default_value = "live")]
    pub shape: Shape,
    /// The same seed gives the same world.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Serverless endpoints.
    #[arg(long, default_value_t = 6)]
    pub endpoints: usize,
    /// Pods.
    #[arg(long, default_value_t = 8)]
    pub pods: usize,
    /// Machines that others rent from the account.
    #[arg(long, default_value_t = 0)]
    pub machines: usize,
    /// How long every answer takes.
    #[arg(long, default_value = "0ms", value_parser = humantime::parse_duration)]
    pub delay: Duration,
    /// When GraphQL is retired and answers 410: so long after the start.
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    pub graphql_retires_after: Option<Duration>,
    /// Requests to the REST API in a minute, an hour and a day, or off.
    #[arg(long, value_name = "M/H/D", default_value_t = Quota::default())]
    pub rest_quota: Quota,
    /// What of the REST API the key may not read, such as billing,balance; repeatable.
    #[arg(long, value_name = "OPERATIONS", value_delimiter = ',')]
    pub rest_forbid: Vec<Operation>,
    /// What happens, in a world in which all else is well; repeatable. Without it, the world has its usual troubles.
    #[arg(long = "scene", value_name = "NAME", value_parser = scene())]
    pub scenes: Vec<&'static Scene>,
    /// A fault, such as graphql=gone or health=delay(2s)*3; repeatable.
    #[arg(long = "fault", value_name = "RULE")]
    pub faults: Vec<Rule>,
    /// How finished jobs are told.
    #[command(flatten)]
    pub webhooks: SimulatedWebhooks,
}

/// How the simulated Runpod tells of finished jobs.
#[derive(Debug, Args)]
pub struct SimulatedWebhooks {
    /// The share of finished jobs that are told twice, 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub webhook_duplicates: f64,
    /// The share of finished jobs that are told late, 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub webhook_disorder: f64,
    /// Characters of text in the output of each finished job.
    #[arg(long, value_name = "BYTES", default_value_t = 200)]
    pub webhook_output: usize,
}

fn share(text: &str) -> Result<f64, &'static str> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or("not a share; give a number from 0 to 1, such as 0.05")
}

/// The names of the scenes. What happens in them is in the documentation: all of it would make the help a book.
fn scene() -> impl TypedValueParser<Value = &'static Scene> {
    PossibleValuesParser::new(SCENES.iter().map(|scene| scene.name)).try_map(|name| Scene::named(&name))
}
