//! The simulated Runpod of the week, in a process of its own, so that what it uses is not counted as the exporter's. Its clock
//! is advanced, and its endpoints are replaced, by lines on standard input.

use std::io::{Write as _, stdin};
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;

use clock::ManualClock;
use jiff::{SignedDuration, Timestamp};
use runpod_simulator::rest::RestOptions;
use runpod_simulator::{Options, Simulator};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::{JoinSet, spawn_blocking};

use crate::account::Outcome;

/// The argument with which this program is the upstream.
pub(crate) const ARGUMENT: &str = "upstream";

/// The number of endpoints, and of pods.
pub(crate) const ENDPOINTS: usize = 20;

/// The number of endpoints that are replaced at a time: a tenth.
const REPLACED: usize = ENDPOINTS / 10;

/// When the week begins.
pub(crate) fn start() -> Outcome<Timestamp> {
    Ok("2026-11-02T00:00:00Z".parse()?)
}

/// The process. Dropping it ends it.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Upstream {
    pub(crate) async fn start() -> Outcome<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = process.stdin.take().ok_or("no standard input")?;
        let mut output = BufReader::new(process.stdout.take().ok_or("no standard output")?).lines();
        let address = output.next_line().await?.ok_or("the upstream does not start")?.parse()?;
        Ok(Self { address, input, output, _process: process })
    }

    /// Replaces a tenth of the endpoints after this number of seconds.
    pub(crate) async fn advance(&mut self, seconds: u64) -> Outcome<()> {
        self.input.write_all(format!("{seconds}\n").as_bytes()).await?;
        self.output.next_line().await?.ok_or("the upstream has ended")?;
        Ok(())
    }
}

/// Serves until standard input ends.
pub(crate) async fn run() -> Outcome<()> {
    let clock = ManualClock::new(start()?);
    let rest = RestOptions { quota: "off".parse()?, ..RestOptions::default() };
    let options = Options { endpoints: ENDPOINTS, pods: ENDPOINTS, rest, ..Options::default() };
    let simulator = Simulator::new(&options, Arc::new(clock.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", listener.local_addr()?)?;
    let serving = simulator.clone();
    let mut server = JoinSet::new();
    server.spawn(async move { serving.serve(listener, std::future::pending()).await });
    let mut added = 0_u64;
    while let Some(line) = spawn_blocking(|| stdin().lines().next()).await? {
        clock.advance(SignedDuration::from_secs(line?.parse()?));
        let world = simulator.world();
        for endpoint in world.endpoints().iter().take(REPLACED) {
            world.remove_endpoint(&endpoint.configuration().id);
            world.add_endpoint(&format!("endpoint-{added}"));
            added += 1;
        }
        writeln!(out, "advanced")?;
    }
    Ok(())
}
