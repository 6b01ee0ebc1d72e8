//! The `runpod-simulator` command: the simulated Runpod in a process of its own, until a signal.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser};
use clock::SystemClock;
use program::exit::USAGE;
use program::listen::{ListenError, listen};
use program::log::{self, Format, InvalidFilter};
use program::output::OutputError;
use program::resources::Scarce;
use program::{output, panics, signal};
use runpod_simulator::Simulator;
use runpod_simulator::cli::{SimulateFlags, details, usage};

/// The description in `--help`.
const ABOUT: &str = "\
Simulate Runpod's APIs and an account behind them, for tests, dashboards and benchmarks.

The variables that point an exporter at it are printed at the start. Scenes and faults can be changed while it runs.";

/// Simulate Runpod's APIs and an account behind them
#[derive(Debug, Parser)]
#[command(name = "runpod-simulator", version, max_term_width = 110)]
#[command(long_about = ABOUT, after_long_help = details("runpod-simulator"))]
struct Cli {
    #[command(flatten)]
    simulate: SimulateFlags,
    #[command(flatten)]
    log: LogFlags,
}

/// How to log.
#[derive(Debug, Args)]
#[command(next_help_heading = "Logging")]
struct LogFlags {
    /// Minimum level: error, warn, info, debug or trace
    ///
    /// Or levels by module, for example `info,runpod_simulator=debug`.
    #[arg(long = "log.level", env = "RUST_LOG", value_name = "LEVEL", default_value = "info")]
    level: String,
    /// Log format: logfmt or json
    #[arg(long = "log.format", value_name = "FORMAT", default_value = "logfmt")]
    format: Format,
}

/// Why the simulator does not run.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Log(#[from] InvalidFilter),
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error("cannot start: {}", Scarce(_0))]
    Io(#[from] io::Error),
    #[error(transparent)]
    Output(#[from] OutputError),
}

#[tokio::main]
async fn main() -> ExitCode {
    panics::install();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let printed = error.print();
            return match error.use_stderr() {
                true => ExitCode::from(USAGE),
                false if printed.is_err() => ExitCode::FAILURE,
                false => ExitCode::SUCCESS,
            };
        }
    };
    let failure = match run(cli).await {
        Ok(()) => return ExitCode::SUCCESS,
        Err(failure) => failure,
    };
    writeln!(io::stderr(), "runpod-simulator: {failure}").unwrap_or_default();
    match failure {
        Failure::Log(_) => ExitCode::from(USAGE),
        Failure::Listen(_) | Failure::Io(_) | Failure::Output(_) => ExitCode::FAILURE,
    }
}

async fn run(Cli { simulate, log }: Cli) -> Result<(), Failure> {
    // A variable that is set but blank is not set.
    let level = Some(log.level.trim()).filter(|level| !level.is_empty()).unwrap_or("info");
    log::start(level, log.format)?;
    output::raise_open_files();
    let listener = listen(simulate.listen()).await?;
    output::print(usage(listener.local_addr()?).as_bytes())?;
    let simulator = Simulator::new(&simulate.options(), Arc::new(SystemClock));
    simulator.serve(listener, signal::shutdown()?).await?;
    Ok(())
}
