//! What workers and pods write: lines that follow from what they do, so that the same world always has the same ones.
//!
//! A worker writes when it starts and about each job that it has ended; of those, as many as its endpoint remembers are
//! still there. A pod writes at a steady beat. How lines are sent does not belong here.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Endpoint, Errand, FinishedJob, JobStatus, Pod, World};

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// When it was written.
    pub at: Timestamp,
    /// Whether the host wrote it, and not the container.
    pub system: bool,
    /// What it says.
    pub text: String,
}

/// From the start of a container to the first line of its program.
const BOOT: Duration = Duration::from_millis(179);

/// Lines of a pod that are kept: more than a client may ask for at once.
const KEPT: u64 = 6_000;

impl World {
    /// What an endpoint's worker has written so far, oldest first. Nothing if there is no such worker.
    pub fn worker_log(&self, endpoint: &Endpoint, id: &str) -> Option<Vec<LogLine>> {
        let configuration = endpoint.configuration();
        let workers = self.workers(endpoint);
        let worker = workers.iter().find(|worker| configuration.worker_id(worker.serial) == id)?;
        let image = configuration.image();
        let begun = self.full_second(worker.begun);
        let started = "--- Starting Serverless Worker |  Version 1.11.0 ---".to_owned();
        let mut lines = vec![
            LogLine { at: self.moment(worker.begun + BOOT), system: false, text: started },
            system(begun, format!("create container {image}")),
            system(begun, format!("start container for {image}: begin")),
        ];
        let jobs = self.finished_jobs(endpoint);
        let own = jobs.iter().filter(|job| job.worker == Some(worker.serial));
        lines.extend(own.flat_map(|job| self.job_lines(job, &configuration.job_id(job.serial))));
        lines.sort_by_key(|line| line.at); // stable: a job's lines stay together
        let settled = self.settled();
        lines.retain(|line| line.at <= settled);
        Some(lines)
    }

    /// What a pod has written after a moment, oldest first.
    pub fn pod_log(&self, pod: &Pod, after: Option<Timestamp>) -> Vec<LogLine> {
        let beat = beat(pod.errand);
        let now = self.since(Duration::ZERO);
        let last = number(now, beat);
        let after = after.and_then(|at| Duration::try_from(at.duration_since(self.genesis())).ok());
        let first = after.map_or(0, |after| number(after, beat)).max(last.saturating_sub(KEPT));
        let settled = self.settled();
        let lines = (first..=last).flat_map(|tick| {
            let at = beat.saturating_mul(u32::try_from(tick).unwrap_or(u32::MAX));
            let errand = pod.script.at(at);
            // A pod that stops goes silent.
            let writes = errand.is_running() || tick == 0;
            if writes { pod_lines(pod, errand, tick, self.moment(at)) } else { Vec::new() }
        });
        lines.filter(|line| line.at <= settled).collect()
    }

    /// Until when all lines are known: the load of an endpoint is played second by second. Whoever goes on from here
    /// misses none.
    pub fn settled(&self) -> Timestamp {
        self.now().saturating_sub(SignedDuration::from_secs(1)).unwrap_or(self.now())
    }

    /// The host's clock has whole seconds.
    fn full_second(&self, at: Duration) -> Timestamp {
        let moment = self.moment(at + Duration::from_millis(999));
        Timestamp::from_second(moment.as_second()).unwrap_or(moment)
    }

    fn job_lines(&self, job: &FinishedJob, id: &str) -> Vec<LogLine> {
        let container = |at, text| LogLine { at: self.moment(at), system: false, text };
        let sdk = |at, level: &str, message: &str| {
            // As Python writes it, with spaces.
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

/// How often a pod writes.
fn beat(errand: Errand) -> Duration {
    match errand {
        Errand::Training => Duration::from_secs(2),
        Errand::Serving | Errand::Pulling => Duration::from_secs(5),
        Errand::Cpu => Duration::from_secs(10),
        Errand::Forgotten => Duration::from_mins(1),
        Errand::Stopped | Errand::StoppedStale => Duration::MAX,
    }
}

fn number(at: Duration, beat: Duration) -> u64 {
    u64::try_from(at.as_nanos() / beat.as_nanos().max(1)).unwrap_or(u64::MAX)
}

/// Some moments have several lines.
fn pod_lines(pod: &Pod, errand: Errand, tick: u64, at: Timestamp) -> Vec<LogLine> {
    let container = |text| LogLine { at, system: false, text };
    let percent = tick % 100;
    match errand {
        Errand::Training => {
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
        Errand::Serving => {
            let mut lines = vec![container(format!(
                "INFO 11-22 12:00:00 [loggers.py:127] Engine 000: GPU KV cache usage: {percent}.0%"
            ))];
            if tick.is_multiple_of(9) {
                lines.push(container("ERROR 11-22 12:00:00 [serving.py:90] prompt is too long".to_owned()));
            }
            lines
        }
        Errand::Cpu => {
            vec![container(format!("{{\"level\": \"info\", \"message\": \"batch {tick} done\"}}"))]
        }
        Errand::Forgotten => {
            vec![container(format!("[I {tick} ServerApp] Kernel is idle"))]
        }
        Errand::Pulling => vec![system(at, format!("{} Pulling fs layer {tick}", pod.image))],
        Errand::Stopped | Errand::StoppedStale => vec![system(at, "stop container".to_owned())],
    }
}
