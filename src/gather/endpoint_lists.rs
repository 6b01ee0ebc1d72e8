//! The lists of endpoints of both APIs. Every other read of an endpoint starts from them.

use std::pin::pin;
use std::sync::Arc;

use clock::after;
use futures_util::future::Either;
use hashbrown::HashSet;
use runpod::{Api, Operation, wire};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::cache::Lookup;
use super::gatherer::Gatherer;
use super::memory::KnownEndpoint;
use super::prefer::Preferred;
use super::reads::Reads;
use super::run::Gathering;
use crate::settings::Collector;
use crate::snapshot::endpoint::display_name;

/// The part of a scrape's time that the first list may take before REST is queried as well. The health of the endpoints has
/// to be read after it, in the rest of the time.
const PATIENCE: u32 = 4;

type RestList = Lookup<Vec<wire::rest::Endpoint>>;

pub(super) type Lists = Preferred<Vec<wire::Endpoint>, Vec<wire::rest::Endpoint>>;

impl Gatherer {
    /// The list of GraphQL, or of REST where GraphQL does not have it.
    pub(super) async fn lists(&self, deadline: Instant) -> Lists {
        let graphql = async {
            let request = self.runpod.endpoints(deadline);
            let result = self.guarded(Collector::Endpoints.row().primary, request).await;
            self.record(|memory| &mut memory.endpoint_list, Api::Graphql, result)
        };
        Box::pin(self.prefer(Collector::Endpoints, graphql, self.rest_list(deadline))).await
    }

    /// The same while no endpoint is known. Later, a list that fails leaves the endpoints of the last one; now it would hide
    /// every queue. So REST is queried as well if GraphQL fails for any reason, or takes long.
    pub(super) async fn first_lists(&self, reads: &mut Reads, gathering: Gathering<'_>) -> Lists {
        let deadline = gathering.deadline;
        let patience = deadline.saturating_duration_since(Instant::now()) / PATIENCE;
        let needed = Notify::new();
        let mut lists = Box::pin(self.lists(deadline));
        let mut rest = Box::pin(async {
            drop(timeout_at(after(Instant::now(), patience), needed.notified()).await);
            self.rest_list(deadline).await
        });
        match self.first_of(&mut lists, &mut rest, reads, gathering).await {
            Either::Left(lists) if lists.primary.is_some() || lists.fallback.is_some() => lists,
            Either::Left(lists) => {
                needed.notify_one();
                with_rest(lists, rest.await)
            }
            Either::Right(early) => {
                if let Some(entry) = &early.entry {
                    reads.start(self, &self.admitted(listed(None, Some(&entry.value))), gathering);
                }
                let lists = reads.while_waiting_for(lists).await;
                with_rest(lists, early)
            }
        }
    }

    /// The lists, or the list of REST if it arrives before them. The other requests end with this function: one that nothing polls
    /// may have the place among the requests in flight for which the next one waits.
    async fn first_of(
        &self,
        lists: &mut (impl Future<Output = Lists> + Unpin),
        rest: &mut (impl Future<Output = RestList> + Unpin),
        reads: &mut Reads,
        gathering: Gathering<'_>,
    ) -> Either<Lists, RestList> {
        let deadline = gathering.deadline;
        let mut ids = Box::pin(self.first_ids(deadline));
        let known = tokio::select! {
            biased;
            lists = &mut *lists => return Either::Left(lists),
            Some(list) = &mut ids => self.admitted(listed(Some(&list), None)),
            early = &mut *rest => return Either::Right(early),
        };
        reads.start(self, &known, gathering);
        let mut details = pin!(self.runpod.endpoint_detail_known(deadline));
        let mut has_details = false;
        loop {
            tokio::select! {
                lists = reads.while_waiting_for(&mut *lists) => return Either::Left(lists),
                () = &mut details, if !has_details => {
                    has_details = true;
                    reads.start(self, &known, gathering);
                }
                early = &mut *rest => return Either::Right(early),
            }
        }
    }

    /// The ids of the endpoints, while the fields of the list are negotiated. Each round of that is a round trip.
    async fn first_ids(&self, deadline: Instant) -> Option<Vec<wire::Endpoint>> {
        let request = async { self.runpod.endpoint_ids(deadline).await.transpose() };
        // The list reports the same error.
        let reply = self.guarded(Collector::Endpoints.row().primary, request).await.ok().flatten()?;
        Some(reply.value)
    }

    /// The endpoints that the filter of the account admits.
    fn admitted(&self, mut endpoints: Vec<KnownEndpoint>) -> Vec<KnownEndpoint> {
        endpoints.retain(|known| self.reading.endpoints.admits(&known.name, &known.id));
        endpoints
    }

    async fn rest_list(&self, deadline: Instant) -> RestList {
        let query = self.query(Collector::Endpoints, (Api::Rest, Operation::Endpoints));
        let list = self.runpod.rest().endpoints(deadline);
        self.refreshed(|memory| &mut memory.rest_endpoints, query, list).await
    }
}

/// Adds the list of REST, unless GraphQL has a complete one. The error stays that of GraphQL.
fn with_rest(lists: Lists, rest: RestList) -> Lists {
    if lists.error.is_none() {
        return lists;
    }
    let answered = lists.answered || rest.answered;
    Preferred { fallback: lists.fallback.or(rest.entry), answered, ..lists }
}

/// The endpoints of the GraphQL list, or of the REST list without it.
pub(super) fn listed(
    list: Option<&[wire::Endpoint]>,
    rest: Option<&[wire::rest::Endpoint]>,
) -> Vec<KnownEndpoint> {
    let known = |id: &wire::OwnId, name: &wire::Name| {
        let id = id.0.as_ref()?;
        Some(KnownEndpoint { id: Arc::clone(id), name: display_name(id, name.0.as_ref()) })
    };
    match list {
        Some(list) => list.iter().filter_map(|wire| known(&wire.id, &wire.name)).collect(),
        None => rest.unwrap_or_default().iter().filter_map(|wire| known(&wire.id, &wire.name)).collect(),
    }
}

/// The endpoints that exist: those of the list. If it failed or came with errors, it may lack some, and those of the previous
/// list are added.
pub(super) fn present(
    previous: &[KnownEndpoint],
    mut endpoints: Vec<KnownEndpoint>,
    is_complete: bool,
) -> Vec<KnownEndpoint> {
    if !is_complete {
        let listed: HashSet<Arc<str>> = endpoints.iter().map(|known| Arc::clone(&known.id)).collect();
        let missing = previous.iter().filter(|known| !listed.contains(&known.id)).cloned();
        // A list that is incomplete for good, with other ids each time, must not add up.
        endpoints.extend(missing.take(wire::MAX_OBJECTS.saturating_sub(listed.len())));
    }
    endpoints
}
