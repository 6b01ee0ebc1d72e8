//! `simulate`: the simulated Runpod alone, until a signal.

use std::process::ExitCode;
use std::sync::Arc;

use clock::Clock;
use runpod_simulator::Simulator;
use runpod_simulator::cli::usage;

use super::failure::Failure;
use super::listen::listen;
use super::output::{print, raise_open_files};
use super::signal;
use crate::cli;
use crate::telemetry;

pub(super) async fn run(flags: cli::Simulate, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    telemetry::start(&flags.log.level, flags.log.format)?;
    raise_open_files();
    let listener = listen(&flags.simulator.listen).await?;
    print(usage(listener.local_addr()?).as_bytes())?;
    let simulator = Simulator::new(&flags.simulator.options(), clock);
    simulator.serve(listener, signal::shutdown()?).await?;
    Ok(ExitCode::SUCCESS)
}
