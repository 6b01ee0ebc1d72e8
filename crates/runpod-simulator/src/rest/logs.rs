//! `/pods/{id}/logs` and `/serverless/{id}/workers/{workerId}/logs`: streams of server-sent events.
//!
//! How a stream continues does not belong here.

use jiff::Timestamp;

use super::options::Resumption;
use super::request::RestRequest;
use crate::log_stream::{LogSource, LogStream, StartAt};
use crate::problem::Problem;

/// Number of existing lines at the start of a stream, by default.
const TAIL: usize = 100;

/// The same at most.
const MAX_TAIL: usize = 5_000;

impl RestRequest<'_> {
    pub(super) fn pod_logs(&self, id: &str) -> Result<LogStream, Problem> {
        let members = self.world.clusters().iter().flat_map(|cluster| &cluster.pods);
        let pod = self.world.pods().iter().chain(members).find(|pod| pod.id == id);
        self.stream(LogSource::Pod(pod.ok_or_else(Problem::not_found)?.clone()))
    }

    pub(super) fn worker_logs(&self, id: &str, worker: &str) -> Result<LogStream, Problem> {
        let endpoint = self.world.endpoint(id).ok_or_else(Problem::not_found)?;
        self.stream(LogSource::Worker(endpoint, worker.to_owned()))
    }

    fn stream(&self, source: LogSource) -> Result<LogStream, Problem> {
        let start = self.start()?;
        let sources = self.query.list("source", &["container", "system"])?;
        let system = sources.first().map(|name| *name == "system");
        let stream = LogStream { world: self.world.clone(), source, start, system, cut: None };
        stream.past(self.world.logged_until()).ok_or_else(Problem::not_found)?;
        Ok(stream)
    }

    /// The first line. `Last-Event-ID` takes precedence over `since`, and that over `tail`.
    fn start(&self) -> Result<StartAt, Problem> {
        if let Some(id) = self.last_event_id {
            // A suffix distinguishes lines with the same timestamp.
            let moment = id.split('/').next().and_then(|moment| moment.parse().ok());
            let moment =
                moment.ok_or_else(|| Problem::bad_query(format!("Last-Event-ID: no timestamp in {id:?}")))?;
            return Ok(self.resume(moment));
        }
        if let Some(since) = self.query.parse("since", "an RFC 3339 timestamp")? {
            return Ok(self.resume(since));
        }
        match self.query.parse::<usize>("tail", "a number from 0 to 5000")? {
            Some(tail) if tail > MAX_TAIL => Err(Problem::bad_query("tail: at most 5000")),
            tail => Ok(StartAt::Tail(tail.unwrap_or(TAIL))),
        }
    }

    fn resume(&self, moment: Timestamp) -> StartAt {
        match self.options.resumption {
            Resumption::At => StartAt::At(moment),
            Resumption::Behind => StartAt::After(moment),
        }
    }
}
