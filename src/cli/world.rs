//! The flags of what is simulated, for `demo` and `simulate`.

use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::heading;
use runpod_simulator::Shape;
use runpod_simulator::faults::Rule;
use runpod_simulator::rest::{Operation, Quota};
use runpod_simulator::scene::{SCENES, Scene};

/// What is simulated.
#[derive(Debug, Args)]
#[command(next_help_heading = heading::SIMULATED_ACCOUNT)]
pub struct World {
    /// Scene to play in an otherwise healthy account; repeatable
    #[arg(long = "scene", value_name = "NAME", value_parser = scene(), hide_possible_values = true, long_help = scenes())]
    pub scenes: Vec<&'static Scene>,
    /// Seed; the same seed gives the same account
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Number of serverless endpoints
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub endpoints: usize,
    /// Number of pods
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub pods: usize,
    /// Number of machines rented out
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub machines: usize,
    /// GraphQL schema: live or documented
    ///
    /// Live is what api.runpod.io serves, documented what monitoring guides describe.
    #[arg(long, default_value = "live", help_heading = heading::SIMULATED_API)]
    pub shape: Shape,
    /// Delay of every response
    #[arg(long, value_name = "DURATION", default_value = "0ms", value_parser = humantime::parse_duration, help_heading = heading::SIMULATED_API)]
    pub delay: Duration,
    /// Fault, such as graphql=gone or health=delay(2s)*3; repeatable
    ///
    /// docs/simulator.md lists all faults.
    #[arg(long = "fault", value_name = "RULE", help_heading = heading::SIMULATED_API)]
    pub faults: Vec<Rule>,
    /// Time after which GraphQL answers 410 Gone
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, help_heading = heading::SIMULATED_API)]
    pub graphql_retires_after: Option<Duration>,
    /// REST requests per minute/hour/day, or off
    #[arg(long, value_name = "M/H/D", default_value_t = Quota::default(), help_heading = heading::SIMULATED_API)]
    pub rest_quota: Quota,
    /// REST operations that answer 403, such as billing,balance; repeatable
    #[arg(long, value_name = "OPERATIONS", value_delimiter = ',', help_heading = heading::SIMULATED_API)]
    pub rest_forbid: Vec<Operation>,
    /// How finished jobs are reported.
    #[command(flatten)]
    pub webhooks: SimulatedWebhooks,
}

/// How the simulated Runpod reports finished jobs.
#[derive(Debug, Args)]
#[command(next_help_heading = heading::WEBHOOKS)]
pub struct SimulatedWebhooks {
    /// Share of webhooks sent twice, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub webhook_duplicates: f64,
    /// Share of webhooks sent late, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub webhook_disorder: f64,
    /// Characters of text in the output of each job
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub webhook_output: usize,
}

fn share(text: &str) -> Result<f64, &'static str> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or("not a share; give a number from 0 to 1, such as 0.05")
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
