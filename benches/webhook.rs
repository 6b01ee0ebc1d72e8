//! The cost of job webhooks: the number that one core handles per second, response times, and memory with large outputs. Prints
//! a markdown table, and fails if the 99th percentile of the response time exceeds 5 ms for outputs up to 100 kB, or if memory
//! grows with the output.
//!
//! The exporter is the release binary in a separate process, with one worker thread.

#[path = "support/upstream.rs"]
mod upstream;

use std::io::Write as _;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Client;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::upstream::{Outcome, Upstream};

/// Number of concurrent senders when throughput is measured.
const CROWD: usize = 16;

/// Number of concurrent senders when response times are measured. With more senders than cores, they would wait for each
/// other.
const FEW: usize = 1;

/// Maximum 99th percentile of the response time.
const PATIENCE: Duration = Duration::from_millis(5);

/// Maximum growth of memory: less than one of the largest outputs with its input.
const GROWTH: u64 = 32 * 1024;

/// Sizes of the output in bytes, and the number of jobs of each.
const SIZES: [(usize, usize); 4] = [(200, 20_000), (10_000, 20_000), (100_000, 5_000), (20_000_000, 60)];

const HEADER: &str = "\
| output | jobs a second, 16 at once | MB a second | median ms, one at a time | p99 ms | memory kB before | peak kB after |
|---:|---:|---:|---:|---:|---:|---:|";

/// The process of the exporter. Dropping it kills the process.
struct Exporter {
    process: Child,
    url: String,
    client: Client,
    serial: AtomicUsize,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let upstream = Upstream::start(5, Duration::ZERO).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{HEADER}")?;
    let mut late = Vec::new();
    for (size, jobs) in SIZES {
        let exporter = Exporter::start(&upstream).await?; // peak memory is per process
        let text = "x".repeat(size);
        exporter.send(CROWD, jobs.min(200), &text).await?; // opens connections and grows all buffers
        let before = exporter.memory("VmRSS")?;
        let (took, _) = exporter.send(CROWD, jobs, &text).await?;
        let (_, waits) = exporter.send(FEW, jobs / 4, &text).await?;
        let at = |share: usize| waits.get(waits.len() * share / 100).copied().ok_or("no waits");
        let (median, p99) = (at(50)?, at(99)?);
        let peak = exporter.memory("VmHWM")?;
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let (rate, volume) = {
            let rate = jobs as f64 / took.as_secs_f64();
            (rate, rate * size as f64 / 1e6)
        };
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        writeln!(
            out,
            "| {size} | {rate:.0} | {volume:.0} | {:.2} | {:.2} | {before} | {peak} |",
            ms(median),
            ms(p99)
        )?;
        if size <= 100_000 && p99 > PATIENCE {
            late.push(format!("{size} bytes: a sender waited {p99:?}"));
        }
        if peak > before + GROWTH {
            late.push(format!("{size} bytes: memory grew from {before} kB to {peak} kB"));
        }
    }
    if late.is_empty() { Ok(()) } else { Err(late.join("; ").into()) }
}

impl Exporter {
    /// An exporter that has read the simulated account, with one worker thread.
    async fn start(upstream: &Upstream) -> Outcome<Self> {
        // The exporter cannot report a port that the system assigns, so a free port is determined before.
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let process = Command::new(env!("CARGO_BIN_EXE_runpod-exporter"))
            .arg(format!("--web.listen-address={address}"))
            .arg(format!("--runpod.graphql-url=http://{}/graphql", upstream.address))
            .arg(format!("--runpod.jobs-url=http://{}/v2", upstream.address))
            .env("RUNPOD_API_KEY", "rpa_benchmark")
            .env("TOKIO_WORKER_THREADS", "1")
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        // An error means that it was installed before.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder().no_proxy().build()?;
        while client.get(format!("http://{address}/ready")).send().await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
        let page = client.get(format!("http://{address}/metrics")).send().await?.text().await?;
        let id =
            page.split("runpod_queue_depth{").nth(1).and_then(|line| line.split("endpoint_id=\"").nth(1));
        let id = id.and_then(|rest| rest.split('"').next()).ok_or("no endpoint on the page")?;
        let url = format!("http://{address}/webhooks/jobs/{id}");
        Ok(Self { process, url, client, serial: AtomicUsize::new(0) })
    }

    /// Sends `jobs` webhooks, `at_once` of them concurrently. Returns the total duration and the sorted response times.
    async fn send(&self, at_once: usize, jobs: usize, text: &str) -> Outcome<(Duration, Vec<Duration>)> {
        let left = AtomicUsize::new(jobs);
        let one =
            || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        let sender = async || {
            let mut waits = Vec::new();
            while one() {
                let id = self.serial.fetch_add(1, Ordering::Relaxed);
                let job = format!(
                    "{{\"delayTime\":824,\"executionTime\":3391,\"id\":\"{id}\",\"input\":{{\"prompt\":\"hi\"}},\"output\":{{\"text\":\"{text}\",\"usage\":{{\"input\":5,\"output\":7}}}},\"status\":\"COMPLETED\"}}"
                );
                let begun = Instant::now();
                let answer = self.client.post(&self.url).body(job).send().await?.error_for_status()?;
                if answer.text().await? != "counted\n" {
                    return Err("a job was not counted".into());
                }
                waits.push(begun.elapsed());
            }
            Outcome::Ok(waits)
        };
        let begun = Instant::now();
        let waits: Outcome<Vec<_>> = join_all((0..at_once).map(|_| sender())).await.into_iter().collect();
        let took = begun.elapsed();
        let mut waits = waits?.concat();
        waits.sort_unstable();
        Ok((took, waits))
    }

    /// A memory statistic of the process in kilobytes.
    fn memory(&self, what: &str) -> Outcome<u64> {
        let id = self.process.id().ok_or("the exporter is gone")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
        Ok(line.ok_or("no such line")?.trim().trim_end_matches(" kB").parse()?)
    }
}
