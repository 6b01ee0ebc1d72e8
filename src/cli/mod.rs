//! The command line: commands, flags and environment variables. Values are validated in `config/`.

mod check;
mod collectors;
mod completions;
mod config;
mod config_file;
#[cfg(feature = "simulator")]
mod demo;
mod doctor;
mod early_exit;
mod environment;
mod heading;
mod healthcheck;
mod help;
mod log;
mod logs;
mod loki;
mod man;
mod metrics;
mod record;
mod replay;
mod runbook;
mod scrape;
mod serve;
#[cfg(feature = "simulator")]
mod simulate;
#[cfg(test)]
mod tests;
mod upstream;
mod value;
mod web;
mod webhook;

use std::ffi::OsString;

use crate::version::RELEASE;
use clap::{Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub(crate) use self::check::{Check, ReadFrom};
pub(crate) use self::completions::Completions;
pub(crate) use self::config::{Config, ConfigAction, ConfigInit};
#[cfg(feature = "simulator")]
pub(crate) use self::demo::Demo;
pub(crate) use self::doctor::Doctor;
pub use self::early_exit::EarlyExit;
pub(crate) use self::environment::inputs;
pub use self::environment::redacted;
pub(crate) use self::healthcheck::Healthcheck;

pub(crate) use self::logs::Logs;
pub(crate) use self::man::{Man, UnknownCommand};
pub(crate) use self::metrics::{CatalogFormat, Metrics};
pub(crate) use self::record::Record;
pub(crate) use self::runbook::Runbook;
pub(crate) use self::scrape::Scrape;
pub(crate) use self::serve::Serve;
#[cfg(feature = "simulator")]
pub(crate) use self::simulate::Simulate;

/// Default address: its port is outside of the range that most exporters use.
const LISTEN: &str = ":10736";

/// The description of the program in `--help`; what follows is that of `serve`.
const ABOUT: &str = "\
Prometheus exporter for Runpod: serverless endpoints, workers, queues, pods and spend.

Without a command, it serves metrics at /metrics, an overview at / and the documentation at /docs/. Each scrape reads \
Runpod and is answered within Prometheus's scrape timeout.

It needs an API key, in RUNPOD_API_KEY or in a file; read-only access is enough. For the flags of a command, see \
`runpod-exporter COMMAND --help`; the flags below are those of `serve`.";

/// Prometheus exporter for Runpod: endpoints, workers, queues, pods and spend
#[derive(Debug, Parser)]
#[command(name = "runpod-exporter", version = RELEASE, args_conflicts_with_subcommands = true, max_term_width = 110)]
#[command(long_about = ABOUT, after_long_help = serve::DETAILS)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Action>,
    #[command(flatten)]
    serve: Serve,
}

/// The command to run.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Serve metrics (default)
    #[command(long_about = serve::ABOUT, after_long_help = serve::DETAILS)]
    Serve(Box<Serve>),
    /// Print one scrape to standard output
    #[command(long_about = scrape::ABOUT, after_long_help = scrape::DETAILS)]
    Scrape(Box<Scrape>),
    /// Diagnose endpoints, pods, clusters and the account
    #[command(long_about = check::ABOUT, after_help = check::CODES, after_long_help = check::DETAILS)]
    Check(Box<Check>),
    /// Show the logs of an endpoint's workers or of a pod
    #[command(long_about = logs::ABOUT, after_long_help = logs::DETAILS)]
    Logs(Box<Logs>),
    /// Record what Runpod answers, without what is private
    #[command(long_about = record::ABOUT, after_long_help = record::DETAILS)]
    Record(Box<Record>),
    /// Explain what the key, the APIs and this machine allow
    #[command(long_about = doctor::ABOUT, after_long_help = doctor::DETAILS)]
    Doctor(Box<Doctor>),
    /// Print a runbook, or the list of them
    #[command(long_about = runbook::ABOUT, after_long_help = runbook::DETAILS)]
    Runbook(Runbook),
    /// Print the reference of all metrics
    #[command(long_about = metrics::ABOUT, after_long_help = metrics::DETAILS)]
    Metrics(Metrics),
    /// Write a configuration file to start from
    #[command(long_about = config::ABOUT, after_long_help = config::DETAILS, arg_required_else_help = false)]
    Config(Config),
    /// Print the completions of a shell
    #[command(long_about = completions::ABOUT, after_long_help = completions::DETAILS)]
    Completions(Completions),
    /// Print a man page
    #[command(long_about = man::ABOUT, after_long_help = man::DETAILS)]
    Man(Man),
    /// Run the exporter on a simulated account: no API key, no network
    #[cfg(feature = "simulator")]
    #[command(long_about = demo::ABOUT, after_long_help = demo::DETAILS)]
    Demo(Demo),
    /// Run only the simulated Runpod API
    #[cfg(feature = "simulator")]
    #[command(long_about = simulate::ABOUT, after_long_help = simulate::details())]
    Simulate(Simulate),
    /// Check whether a running exporter is alive
    #[command(hide = true, long_about = healthcheck::ABOUT, after_long_help = healthcheck::DETAILS)]
    Healthcheck(Healthcheck),
}

impl Action {
    /// The number of runtimes of the command, each with its threads: a server has one for gatherings alone.
    pub const fn runtimes(&self) -> usize {
        match self {
            Self::Serve(_) => 2,
            #[cfg(feature = "simulator")]
            Self::Demo(_) => 2,
            _ => 1,
        }
    }
}

impl Cli {
    /// Parses the command line and the environment.
    pub fn read() -> Result<Action, EarlyExit> {
        Self::from_args(std::env::args_os())
    }

    fn from_args(args: impl IntoIterator<Item = OsString>) -> Result<Action, EarlyExit> {
        let matches = Self::full_command().try_get_matches_from(args)?;
        let Self { command, serve } = Self::from_arg_matches(&matches)?;
        Ok(command.unwrap_or_else(|| Action::Serve(Box::new(serve))))
    }

    /// The command with the final help texts of its flags.
    fn full_command() -> Command {
        environment::without_blank(help::texts(Self::command()))
    }
}
