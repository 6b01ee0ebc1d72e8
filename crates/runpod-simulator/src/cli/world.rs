//! The flags about the simulated account and the behavior of its APIs.

use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::heading;
use super::webhooks::WebhookFlags;
use crate::api::Operation;
use crate::faults::Rule;
use crate::options::{Options, Retirement};
use crate::quota::Quota;
use crate::rest::RestOptions;
use crate::scene::{SCENES, Scene};
use crate::shape::Shape;
use crate::webhooks::WebhookUrl;

/// What is simulated.
#[derive(Debug, Args)]
#[command(next_help_heading = heading::ACCOUNT)]
pub struct WorldFlags {
    /// Scene to play in an otherwise healthy account; repeatable
    #[arg(long = "scene", value_name = "NAME", value_parser = scene(), hide_possible_values = true, long_help = scenes())]
    scenes: Vec<&'static Scene>,
    /// Seed; the same seed gives the same account
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of serverless endpoints
    #[arg(long, value_name = "N", default_value_t = 6)]
    endpoints: usize,
    /// Number of pods
    #[arg(long, value_name = "N", default_value_t = 8)]
    pods: usize,
    /// Number of clusters
    #[arg(long, value_name = "N", default_value_t = 0)]
    clusters: usize,
    /// Number of machines rented out
    #[arg(long, value_name = "N", default_value_t = 0)]
    machines: usize,
    /// Simulate a post-paid account, which has no balance
    #[arg(long)]
    postpaid: bool,
    /// GraphQL schema: live or documented
    ///
    /// Live is what api.runpod.io serves, documented what monitoring guides describe.
    #[arg(long, default_value = "live", help_heading = heading::API)]
    shape: Shape,
    /// Delay of every response
    #[arg(long, value_name = "DURATION", default_value = "0ms", value_parser = humantime::parse_duration, help_heading = heading::API)]
    delay: Duration,
    /// Fault, such as graphql=gone or health=delay(2s)*3; repeatable
    ///
    /// docs/simulator.md lists all faults.
    #[arg(long = "fault", value_name = "RULE", help_heading = heading::API)]
    faults: Vec<Rule>,
    /// Time after which GraphQL answers 410 Gone
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = heading::API)]
    graphql_retires_after: Option<Duration>,
    /// REST requests per minute/hour/day, or off
    #[arg(long, value_name = "M/H/D", default_value_t = Quota::default(), help_heading = heading::API)]
    rest_quota: Quota,
    /// REST operations that answer 403, such as billing,balance; repeatable
    #[arg(long, value_name = "OPERATIONS", value_delimiter = ',', help_heading = heading::API)]
    rest_forbid: Vec<Operation>,
    /// How finished jobs are reported.
    #[command(flatten)]
    webhooks: WebhookFlags,
}

impl WorldFlags {
    /// The options of a simulator that accepts this key, and reports finished jobs to this URL.
    pub fn options(self, key: Option<String>, webhook_url: Option<WebhookUrl>) -> Options {
        let Self {
            scenes,
            seed,
            endpoints,
            pods,
            clusters,
            machines,
            postpaid,
            shape,
            delay,
            faults,
            graphql_retires_after,
            rest_quota,
            rest_forbid,
            webhooks,
        } = self;
        let forbidden = rest_forbid.into_iter().collect();
        Options {
            shape,
            seed,
            endpoints,
            pods,
            clusters,
            machines,
            postpaid,
            delay,
            key,
            metrics_key: None,
            faults,
            graphql_retires: graphql_retires_after.map(Retirement::After),
            rest: RestOptions { quota: rest_quota, forbidden, ..RestOptions::default() },
            webhooks: webhook_url.map(|url| webhooks.options(url)),
            scenes,
        }
    }
}

fn scene() -> impl TypedValueParser<Value = &'static Scene> {
    PossibleValuesParser::new(SCENES.iter().map(|scene| scene.name)).try_map(|name| Scene::named(&name))
}

/// The names of the scenes in `--help`. Their stories are in the documentation.
fn scenes() -> String {
    let names: Vec<_> = SCENES.iter().map(|scene| scene.name).collect();
    format!(
        "Scene to play in an otherwise healthy account; repeatable. Without it, the account has typical problems. \
         Scenes, described in docs/simulator.md: {}.",
        names.join(", ")
    )
}
