//! `/pods/{id}/logs` and `/serverless/{id}/workers/{workerId}/logs`: streams of server-sent events.
//!
//! How a stream runs is in [`crate::logs`].

use jiff::Timestamp;

use super::{Ask, Problem, Resumption, Route};
use crate::logs::{Begin, Feed, TAIL, Writer};

/// The most lines that may be asked for.
const MOST: usize = 5_000;

impl Ask<'_> {
    pub(super) fn logs(&self, route: Option<Route<'_>>) -> Result<Feed, Problem> {
        let route = route.ok_or_else(Problem::not_found)?;
        self.allowed(route)?;
        let writer = match route {
            Route::PodLogs(id) => {
                let pod = self.world.pods().iter().find(|pod| pod.id == id);
                Writer::Pod(pod.ok_or_else(Problem::not_found)?.clone())
            }
            Route::WorkerLogs(id, worker) => {
                let endpoint = self.world.endpoint(id).ok_or_else(Problem::not_found)?;
                Writer::Worker(endpoint, worker.to_owned())
            }
            _ => return Err(Problem::not_found()),
        };
        let feed = Feed {
            world: self.world.clone(),
            writer,
            from: self.begin()?,
            system: self
                .query
                .list("source", &["container", "system"])?
                .first()
                .map(|name| *name == "system"),
            cut: None,
        };
        // A writer that is not there has no lines, not even none.
        feed.past(self.world.settled()).ok_or_else(Problem::not_found)?;
        Ok(feed)
    }

    fn from(&self, moment: Timestamp) -> Begin {
        match self.options.resumption {
            Resumption::At => Begin::At(moment),
            Resumption::Behind => Begin::After(moment),
        }
    }

    /// The cursor counts before `since`, and that before `tail`.
    fn begin(&self) -> Result<Begin, Problem> {
        if let Some(id) = self.last_event_id {
            // What stands behind the moment tells lines of one moment apart.
            let moment = id.split('/').next().and_then(|moment| moment.parse().ok());
            let moment =
                moment.ok_or_else(|| Problem::bad_query(format!("Last-Event-ID: no timestamp in {id:?}")))?;
            return Ok(self.from(moment));
        }
        if let Some(since) = self.query.parse("since", "an RFC 3339 timestamp")? {
            return Ok(self.from(since));
        }
        match self.query.parse::<usize>("tail", "a number from 0 to 5000")? {
            Some(tail) if tail > MOST => Err(Problem::bad_query("tail: at most 5000")),
            tail => Ok(Begin::Tail(tail.unwrap_or(TAIL))),
        }
    }
}
