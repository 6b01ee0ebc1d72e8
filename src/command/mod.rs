//! The commands, one file or folder each. The command line is parsed in `cli/`.
//!
//! Commands do not use each other. What several of them need is in a file of its own: `background`, `check_error`, `failure`,
//! `listeners`, `one_account`, `one_scrape`, `progress` and `replay`.

mod background;
mod check;
mod check_error;
mod completions;
mod config_check;
mod config_init;
#[cfg(feature = "simulator")]
mod demo;
mod doctor;
mod failure;
mod healthcheck;
mod listeners;
mod logs;
mod man;
mod metrics;
mod one_account;
mod one_scrape;
mod progress;
mod record;
mod replay;
mod runbook;
mod scrape;
mod serve;
#[cfg(feature = "simulator")]
mod simulate;

use std::process::ExitCode;
use std::sync::Arc;

use clock::{Clock, SystemClock};
use program::resources::check_threads;

pub(crate) use self::failure::Failure;
use crate::cli::{self, Action, Config, ConfigAction};

/// Runs a command to its end.
pub fn run(action: Action) -> Result<ExitCode, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    check_threads(action.runtimes())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(Box::pin(async move {
        match action {
            Action::Serve(flags) => serve::run(*flags, clock).await,
            Action::Scrape(flags) => scrape::run(*flags, clock).await,
            Action::Check(flags) => check::run(*flags, clock).await,
            Action::Logs(flags) => logs::run(&flags, clock).await,
            Action::Record(flags) => record::run(*flags, clock).await,
            Action::Doctor(flags) => doctor::run(*flags, clock).await,
            Action::Runbook(flags) => runbook::run(&flags),
            Action::Metrics(flags) => metrics::run(&flags),
            Action::Config(Config { action: ConfigAction::Init(flags) }) => config_init::run(&flags),
            Action::Completions(flags) => completions::run(&flags),
            Action::Man(flags) => man::run(&flags),
            Action::Healthcheck(flags) => {
                healthcheck::run(&flags.address(), &flags.security(&cli::inputs())?).await
            }
            #[cfg(feature = "simulator")]
            Action::Demo(flags) => demo::run(flags, clock).await,
            #[cfg(feature = "simulator")]
            Action::Simulate(flags) => simulate::run(flags, clock).await,
        }
    }));
    // A thread that is blocked, for example by a file that is a pipe, must not delay the exit.
    runtime.shutdown_background();
    result
}
