//! The `runpod-simulator` command: the simulated Runpod in a process of its own, until a signal.

mod logging;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use clock::SystemClock;
use runpod_simulator::Simulator;
use runpod_simulator::cli::{SimulateFlags, details, usage};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use self::logging::{BadFilter, LogFlags};

/// The description in `--help`.
const ABOUT: &str = "\
Simulate Runpod's APIs and an account behind them, for tests, dashboards and benchmarks.

The variables that point an exporter at it are printed at the start. Scenes and faults can be changed while it runs.";

/// The exit code of an invalid flag.
const USAGE: u8 = 2;

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

/// Why the simulator does not run.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Log(#[from] BadFilter),
    #[error("cannot listen on {address}: {cause}")]
    Listen { address: String, cause: io::Error },
    #[error("input or output failed: {0}")]
    Io(#[from] io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let failure = match run(Cli::parse()).await {
        Ok(()) => return ExitCode::SUCCESS,
        Err(failure) => failure,
    };
    writeln!(io::stderr(), "runpod-simulator: {failure}").unwrap_or_default();
    match failure {
        Failure::Log(_) => ExitCode::from(USAGE),
        Failure::Listen { .. } | Failure::Io(_) => ExitCode::FAILURE,
    }
}

async fn run(Cli { simulate, log }: Cli) -> Result<(), Failure> {
    logging::start(&log)?;
    // Each connection needs a file. Without the higher limit, it serves as many as it can.
    rlimit::increase_nofile_limit(u64::MAX).unwrap_or_default();
    let listener = listen(&simulate.listen).await?;
    let text = usage(listener.local_addr()?);
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {} // nobody reads it
        result => result?,
    }
    let simulator = Simulator::new(&simulate.options(), Arc::new(SystemClock));
    simulator.serve(listener, shutdown()?).await?;
    Ok(())
}

/// Opens a listener on `host:port`, or on every interface for `:port`.
async fn listen(address: &str) -> Result<TcpListener, Failure> {
    let full = if address.starts_with(':') { format!("0.0.0.0{address}") } else { address.to_owned() };
    let listener = TcpListener::bind(&full).await;
    listener.map_err(|cause| Failure::Listen { address: address.to_owned(), cause })
}

/// Resolves at the first SIGTERM or SIGINT from now on.
fn shutdown() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
