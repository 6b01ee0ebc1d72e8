//! The log lines of workers and pods. They are derived from what a worker or pod does, so that the same world always has
//! the same lines.
//!
//! A worker logs its starts, why it crashed, and each of its finished jobs that the endpoint still keeps. A pod logs at fixed
//! intervals.
//! How lines are sent does not belong here.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::endpoint::{Configuration, Endpoint};
use super::job::{FinishedJob, JobStatus};
use super::life::{Crash, Event};
use super::pod::{Pod, PodRole};
use super::state::World;

/// A log line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: Timestamp,
    /// Whether the host wrote it, as opposed to the container.
    pub system: bool,
    /// Its text.
    pub text: String,
}

/// From the start of a container to the first line of its process.
const BOOT: Duration = Duration::from_millis(179);

/// How many lines of a pod are kept: more than a client may request at once.
const KEPT: u64 = 6_000;

impl World {
    /// The lines of an endpoint's worker so far, oldest first. `None` if there is no such worker.
    pub fn worker_log(&self, endpoint: &Endpoint, id: &str) -> Option<Vec<LogLine>> {
        self.worker_log_after(endpoint, id, None)
    }

    /// The same after a timestamp.
    pub(crate) fn worker_log_after(
        &self,
        endpoint: &Endpoint,
        id: &str,
        after: Option<Timestamp>,
    ) -> Option<Vec<LogLine>> {
        let configuration = endpoint.configuration();
        let workers = self.workers(endpoint);
        let worker = workers.iter().find(|worker| configuration.worker_id(worker.serial) == id)?;
        let mut lines = Vec::new();
        for (at, event) in worker.life.iter() {
            lines.extend(match event {
                Event::Started { broken } => self.start_lines(at, configuration.image(), broken),
                Event::Crashed(crash) => self.crash_lines(at, crash, configuration),
            });
        }
        let jobs = self.finished_jobs(endpoint);
        // Streams look for new lines all the time: only the jobs that have some get their ids.
        let is_new = |job: &FinishedJob| after.is_none_or(|after| self.moment(job.finished) > after);
        let own = jobs.iter().filter(|job| job.worker == Some(worker.serial) && is_new(job));
        lines.extend(own.flat_map(|job| self.job_lines(job, &configuration.job_id(job.serial))));
        lines.sort_by_key(|line| line.at); // a stable sort keeps the lines of a job together
        let logged_until = self.logged_until();
        lines.retain(|line| after.is_none_or(|after| line.at > after) && line.at <= logged_until);
        Some(lines)
    }

    /// The lines of a pod after a timestamp, oldest first.
    pub fn pod_log(&self, pod: &Pod, after: Option<Timestamp>) -> Vec<LogLine> {
        let interval = interval(pod.role);
        let now = self.since(Duration::ZERO);
        let last = number(now, interval);
        let after = after.and_then(|at| Duration::try_from(at.duration_since(self.epoch())).ok());
        let first = after.map_or(0, |after| number(after, interval)).max(last.saturating_sub(KEPT));
        let logged_until = self.logged_until();
        let lines = (first..=last).flat_map(|tick| {
            let at = interval.saturating_mul(u32::try_from(tick).unwrap_or(u32::MAX));
            let role = pod.timeline.at(at);
            // A stopped pod logs nothing.
            let logs = role.is_running() || tick == 0;
            if logs { pod_lines(pod, role, tick, self.moment(at)) } else { Vec::new() }
        });
        lines.filter(|line| line.at <= logged_until).collect()
    }

    /// Until when all lines are known: load is simulated in steps of a second. A stream that resumes from here misses no
    /// line.
    pub(crate) fn logged_until(&self) -> Timestamp {
        self.now().saturating_sub(SignedDuration::from_secs(1)).unwrap_or(self.now())
    }

    /// The lines of a container that starts. The host's clock has whole seconds.
    fn start_lines(&self, at: Duration, image: &str, broken: bool) -> Vec<LogLine> {
        let begun = self.full_second(at);
        let mut lines = vec![
            system(begun, format!("create container {image}")),
            system(begun, format!("start container for {image}: begin")),
        ];
        if !broken {
            let text = "--- Starting Serverless Worker |  Version 1.11.0 ---".to_owned();
            lines.push(LogLine { at: self.moment(at + BOOT), system: false, text });
        }
        lines
    }

    /// The last lines of a process, and that of the host about its end, which it notices with its next second.
    fn crash_lines(&self, at: Duration, crash: Crash, configuration: &Configuration) -> Vec<LogLine> {
        let texts = match crash {
            Crash::MissingModule => vec![
                "Traceback (most recent call last):".to_owned(),
                "  File \"/handler.py\", line 7, in <module>".to_owned(),
                "    from worker.pipeline import load_pipeline".to_owned(),
                "ModuleNotFoundError: No module named 'worker.pipeline'".to_owned(),
            ],
            Crash::OutOfMemory => vec![
                "INFO:     loading checkpoint shards: 3 of 9".to_owned(),
                "INFO:     loading checkpoint shards: 4 of 9".to_owned(),
            ],
            Crash::InJob { job } => vec![
                format!(
                    "{{\"requestId\": \"{}\", \"message\": \"Started.\", \"level\": \"INFO\"}}",
                    configuration.job_id(job)
                ),
                "Fatal Python error: Segmentation fault".to_owned(),
                "  File \"/handler.py\", line 52 in handler".to_owned(),
            ],
        };
        let written = self.moment(at);
        let container = |text| LogLine { at: written, system: false, text };
        let mut lines: Vec<_> = texts.into_iter().map(container).collect();
        let killed = if crash == Crash::OutOfMemory { "container killed: out of memory; " } else { "" };
        let end = format!("{killed}worker exited with exit code {}", crash.exit_code());
        lines.push(system(self.full_second(at + Duration::from_secs(1)), end));
        lines
    }

    /// The full second that a time is in.
    fn full_second(&self, at: Duration) -> Timestamp {
        let moment = self.moment(at);
        Timestamp::from_second(moment.as_second()).unwrap_or(moment)
    }

    fn job_lines(&self, job: &FinishedJob, id: &str) -> Vec<LogLine> {
        let container = |at, text| LogLine { at: self.moment(at), system: false, text };
        let sdk = |at, level: &str, message: &str| {
            // With spaces, as Python formats JSON.
            container(
                at,
                format!("{{\"requestId\": \"{id}\", \"message\": \"{message}\", \"level\": \"{level}\"}}"),
            )
        };
        let end = job.finished;
        match job.status {
            JobStatus::Completed => vec![
                container(end, format!("INFO:     finished in {} ms", job.execution.as_millis())),
                sdk(end, "INFO", "Finished."),
            ],
            JobStatus::Failed => vec![
                container(end, "Traceback (most recent call last):".to_owned()),
                container(end, "  File \"/handler.py\", line 41, in handler".to_owned()),
                container(end, "torch.OutOfMemoryError: CUDA out of memory".to_owned()),
                sdk(end, "ERROR", "Captured Handler Exception"),
            ],
            JobStatus::TimedOut => vec![sdk(end, "WARN", "Job was stopped: execution timeout exceeded.")],
            JobStatus::Cancelled => vec![sdk(end, "DEBUG", "Job was cancelled.")],
        }
    }
}

fn system(at: Timestamp, text: String) -> LogLine {
    LogLine { at, system: true, text }
}

/// The interval at which a pod logs.
fn interval(role: PodRole) -> Duration {
    match role {
        PodRole::Training => Duration::from_secs(2),
        PodRole::Serving | PodRole::Pulling => Duration::from_secs(5),
        PodRole::Cpu => Duration::from_secs(10),
        PodRole::Idle => Duration::from_mins(1),
        PodRole::Stopped | PodRole::StoppedStale => Duration::MAX,
    }
}

/// How many intervals fit into a time.
fn number(at: Duration, interval: Duration) -> u64 {
    u64::try_from(at.as_nanos() / interval.as_nanos().max(1)).unwrap_or(u64::MAX)
}

/// The lines of one point in time; there can be several.
fn pod_lines(pod: &Pod, role: PodRole, tick: u64, at: Timestamp) -> Vec<LogLine> {
    let container = |text| LogLine { at, system: false, text };
    let percent = tick % 100;
    match role {
        PodRole::Training => {
            let mut lines = vec![container(format!("step {tick} | loss 1.{percent:02} | lr 3e-4"))];
            if tick.is_multiple_of(7) {
                lines.push(container(format!("INFO     saving checkpoint-{tick}")));
                lines.push(container(format!("INFO     saved checkpoint-{tick}")));
            }
            if tick.is_multiple_of(11) {
                lines.push(container("WARNING  the data loader is slower than the GPUs".to_owned()));
            }
            lines
        }
        PodRole::Serving => {
            let mut lines = vec![container(format!(
                "INFO 11-22 12:00:00 [loggers.py:127] Engine 000: GPU KV cache usage: {percent}.0%"
            ))];
            if tick.is_multiple_of(9) {
                lines.push(container("ERROR 11-22 12:00:00 [serving.py:90] prompt is too long".to_owned()));
            }
            lines
        }
        PodRole::Cpu => {
            vec![container(format!("{{\"level\": \"info\", \"message\": \"batch {tick} done\"}}"))]
        }
        PodRole::Idle => {
            vec![container(format!("[I {tick} ServerApp] Kernel is idle"))]
        }
        PodRole::Pulling => vec![system(at, format!("{} Pulling fs layer {tick}", pod.image))],
        PodRole::Stopped | PodRole::StoppedStale => vec![system(at, "stop container".to_owned())],
    }
}
