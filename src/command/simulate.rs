//! `simulate`: the simulated Runpod alone, until a signal.

use std::process::ExitCode;
use std::sync::Arc;

use clock::Clock;
use runpod_simulator::Simulator;
use runpod_simulator::cli::usage;

use super::failure::Failure;
use crate::cli;
use program::listen::listen;
use program::log;
use program::output::{print, raise_open_files};
use program::signal;

pub(super) async fn run(flags: cli::Simulate, clock: Arc<dyn Clock>) -> Result<ExitCode, Failure> {
    log::start(&flags.log.level, flags.log.format)?;
    raise_open_files();
    let listener = listen(flags.simulator.listen()).await?;
    print(usage(listener.local_addr()?).as_bytes())?;
    let simulator = Simulator::new(&flags.simulator.options(), clock);
    simulator.serve(listener, signal::shutdown()?).await?;
    Ok(ExitCode::SUCCESS)
}
