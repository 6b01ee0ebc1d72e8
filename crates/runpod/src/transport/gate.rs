//! The requests in flight to one server: those above its limit wait for their turn.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::SemaphorePermit;
use tokio::time::Instant;
use url::Url;

use super::adaptive::{Adaptive, Signal};
use super::call::peer;
use super::places::Places;
use crate::limits::ServerLimit;
use crate::operation::Api;
use crate::urls::Urls;
use clock::Clock;

/// A server, and the limit of requests in flight to it.
#[derive(Debug)]
pub(super) struct Gate {
    /// Host and port.
    server: Arc<str>,
    adaptive: Mutex<Adaptive>,
    places: Places,
    clock: Arc<dyn Clock>,
}

/// A request that may be sent.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    gate: &'a Gate,
    place: SemaphorePermit<'a>,
    generation: u64,
}

/// The gates of an account, by API. APIs on the same server share one.
#[derive(Debug)]
pub(super) struct Gates {
    graphql: Arc<Gate>,
    jobs: Arc<Gate>,
    rest: Arc<Gate>,
}

impl Gates {
    /// The gates of these URLs, each with this maximum.
    pub(super) fn new(urls: &Urls, max: usize, clock: &Arc<dyn Clock>) -> Self {
        let gate = |url: &Url| Arc::new(Gate::new(peer(url), max, Arc::clone(clock)));
        let shared = |url: &Url, known: &[(&Url, &Arc<Gate>)]| {
            let same = known.iter().find(|(other, _)| other.origin() == url.origin());
            same.map_or_else(|| gate(url), |(_, known)| Arc::clone(known))
        };
        let graphql = gate(&urls.graphql);
        let jobs = shared(&urls.jobs, &[(&urls.graphql, &graphql)]);
        let rest = shared(&urls.rest, &[(&urls.graphql, &graphql), (&urls.jobs, &jobs)]);
        Self { graphql, jobs, rest }
    }

    /// The gate of an API.
    pub(super) fn of(&self, api: Api) -> &Gate {
        match api {
            Api::Graphql => &self.graphql,
            Api::Jobs => &self.jobs,
            Api::Rest => &self.rest,
        }
    }

    /// Each server with its limit, once.
    pub(super) fn limits(&self) -> Vec<ServerLimit> {
        let mut limits: Vec<ServerLimit> = Vec::new();
        for gate in Api::ALL.iter().map(|api| self.of(*api)) {
            if limits.iter().all(|known| known.server != gate.server) {
                limits.push(ServerLimit { server: Arc::clone(&gate.server), in_flight: gate.limit() });
            }
        }
        limits
    }

    /// Changes the maximum.
    pub(super) fn set_max(&self, max: usize) {
        for api in Api::ALL {
            self.of(*api).set_max(max);
        }
    }
}

impl Gate {
    pub(super) fn new(server: Arc<str>, max: usize, clock: Arc<dyn Clock>) -> Self {
        Self { server, adaptive: Mutex::new(Adaptive::new(max)), places: Places::new(max), clock }
    }

    /// Host and port of the server.
    pub(super) fn server(&self) -> &Arc<str> {
        &self.server
    }

    /// The number of requests that may be in flight.
    pub(super) fn limit(&self) -> usize {
        self.adaptive.lock().limit()
    }

    /// Waits for a place until the deadline.
    pub(super) async fn enter(&self, deadline: Instant) -> Option<Pass<'_>> {
        let place = self.places.take(deadline).await?;
        let generation = self.adaptive.lock().sent(self.places.taken());
        Some(Pass { gate: self, place, generation })
    }

    fn set_max(&self, max: usize) {
        let mut adaptive = self.adaptive.lock();
        adaptive.set_max(max);
        self.places.resize(adaptive.limit());
    }
}

impl Pass<'_> {
    /// Ends the request. Returns how many were in flight with it.
    pub(super) fn end(self, signal: Signal) -> usize {
        let Self { gate, place, generation, .. } = self;
        let in_flight = gate.places.taken();
        let mut adaptive = gate.adaptive.lock();
        let before = adaptive.limit();
        adaptive.ended(generation, signal, in_flight, gate.clock.elapsed());
        let limit = adaptive.limit();
        if limit != before {
            gate.places.resize(limit);
        }
        drop(adaptive);
        if limit < before {
            tracing::debug!(server = &*gate.server, limit, ?signal, "fewer requests at a time");
        }
        gate.places.release(place);
        in_flight
    }
}
