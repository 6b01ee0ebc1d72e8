//! Logs: every line is shown once and in order, despite failures.

mod collector;
mod command;
mod follow;
mod job_api;
mod loki;
mod poison;

use std::sync::Arc;
use std::time::Duration;

use clock::Clock;
use runpod::{KeyRing, LogWindow, Runpod};
use runpod_exporter::testing::app::client;
use runpod_exporter::testing::instruments::Instruments;
use runpod_exporter::testing::logs::{Line, LinesRead, LogReader, LogReaderError, Target};
use runpod_exporter::testing::settings::Mode;
use runpod_simulator::world::{WorkerView, World};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::support::{Upstream, account, fast_follow};

/// Timeout that even a slow machine does not reach.
const LONG: Duration = Duration::from_mins(1);

fn runpod(upstream: &Upstream) -> Arc<Runpod> {
    let observer = Arc::new(Instruments::new(Mode::Serve));
    Arc::new(
        client(&account(upstream.address), KeyRing::default(), observer, Arc::new(upstream.clock.clone()))
            .unwrap(),
    )
}

fn tail(tail: u32) -> LogWindow {
    LogWindow { tail: Some(tail), ..LogWindow::default() }
}

async fn target(runpod: &Runpod, text: &str) -> Target {
    Target::find(runpod, &Arc::from("default"), text, Instant::now() + LONG).await.unwrap()
}

/// A target that is followed. Dropping it stops the follower.
struct Shown {
    lines: UnboundedReceiver<Line>,
    _task: JoinSet<Result<LinesRead, LogReaderError>>,
}

impl Shown {
    async fn live(upstream: &Upstream, text: &str, window: LogWindow) -> Self {
        let runpod = runpod(upstream);
        let target = target(&runpod, text).await;
        let clock: Arc<dyn Clock> = Arc::new(upstream.clock.clone());
        let reader = LogReader { runpod, clock, window, level: None, live: true, options: fast_follow() };
        let (to, lines) = mpsc::unbounded_channel();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let write = |line: &Line| to.send(line.clone()).map_err(std::io::Error::other);
            reader.run(&target, write).await
        });
        Self { lines, _task: task }
    }

    /// The next `count` lines.
    async fn next(&mut self, count: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        while lines.len() < count {
            let line = timeout(LONG, self.lines.recv()).await;
            lines.push(line.unwrap_or_else(|_| panic!("{} of {count} lines received", lines.len())).unwrap());
        }
        lines
    }

    /// Whether no more lines are received within a short time.
    async fn is_quiet(&mut self) -> bool {
        timeout(Duration::from_millis(400), self.lines.recv()).await.is_err()
    }
}

/// The existing lines of a target.
async fn shown(upstream: &Upstream, text: &str, window: LogWindow) -> Result<Vec<Line>, LogReaderError> {
    let runpod = runpod(upstream);
    let target = target(&runpod, text).await;
    let clock: Arc<dyn Clock> = Arc::new(upstream.clock.clone());
    let mut lines = Vec::new();
    let reader = LogReader { runpod, clock, window, level: None, live: false, options: fast_follow() };
    let write = |line: &Line| {
        lines.push(line.clone());
        Ok(())
    };
    timeout(LONG, reader.run(&target, write)).await.unwrap()?;
    Ok(lines)
}

fn texts(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| &*line.text).collect()
}

/// The texts of a pod's log in the simulated world.
fn pod_log(world: &World, pod: usize) -> Vec<String> {
    world.pod_log(&world.pods()[pod], None).into_iter().map(|line| line.text).collect()
}
