//! The endpoints whose jobs are counted: which are admitted, which account owns them, and when they are removed.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::owners::{Owner, Owners};
use super::tally::Tally;
use crate::diagnosis;
use crate::jobs::{Job, Millis, Reason, Rejection, Seen, Via};
use crate::snapshot::AccountSnapshot;

/// How long the counts of a removed endpoint are kept: its last jobs may be reported late, and a query over the hour of its
/// removal should find them.
const GRACE: SignedDuration = SignedDuration::from_hours(1);

/// The maximum number of endpoints that are counted before any list names them: after a start, the first jobs arrive before
/// the first list. It is enough for an account of a thousand endpoints, and limits what invented ids can cost.
const MAX_UNLISTED: usize = 1024;

/// Longer than any id of Runpod, which have 14 characters.
const LONGEST_ID: usize = 64;

/// What is counted, by endpoint.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) owners: Owners,
    endpoints: HashMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    /// When its counts started at 0.
    since: Timestamp,
    /// `None` until a list names the endpoint.
    owner: Option<Owner>,
    /// The time of the first list that no longer named it.
    removed: Option<Timestamp>,
    tally: Tally,
    /// The last jobs, until the diagnosis takes them.
    recent: VecDeque<Millis>,
    seen: Seen,
    /// Whether its list of requests was read at any time.
    is_listed: bool,
}

/// Why a job is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// An account has the endpoint, or its jobs are counted already.
    Known,
    /// The endpoints of some account are not known yet, and it may have this one.
    Unlisted,
}

/// The counts of one endpoint, under its current account and name.
#[derive(Debug, Clone)]
pub struct EndpointJobs {
    pub(crate) account: Arc<str>,
    pub(crate) endpoint_id: String,
    pub(crate) endpoint_name: Arc<str>,
    pub(crate) tally: Tally,
    /// When these counts started at 0.
    pub(crate) since: Timestamp,
}

impl Entry {
    fn new(owner: Option<Owner>, since: Timestamp) -> Self {
        let (tally, recent, seen) = (Tally::default(), VecDeque::new(), Seen::default());
        Self { since, owner, removed: None, tally, recent, seen, is_listed: false }
    }
}

impl Store {
    /// Whether a job of this endpoint would be counted, if `unlisted` other endpoints that no list names were counted first.
    pub(super) fn admit(&self, endpoint: &str, unlisted: usize) -> Result<Admission, Rejection> {
        if self.endpoints.contains_key(endpoint) || self.owners.owner(endpoint).is_some() {
            return Ok(Admission::Known);
        }
        if self.owners.all_listed() || !is_id(endpoint) {
            let message =
                "no account has this endpoint, or a filter excludes it; use the id from the Runpod console";
            return Err(Rejection::new(Reason::UnknownEndpoint, message));
        }
        if self.unlisted() + unlisted >= MAX_UNLISTED {
            let message =
                "the endpoints have not been read yet, and too many unknown ones are waiting; retry later";
            return Err(Rejection::new(Reason::TooManyUnread, message));
        }
        Ok(Admission::Unlisted)
    }

    /// Counts a job of an endpoint that was admitted, unless it was counted before. Returns whether it is new.
    pub(super) fn count(&mut self, endpoint: &str, via: Via, job: &Job, now: Timestamp) -> bool {
        let Some(entry) = self.entry(endpoint, now) else { return false };
        let new = entry.seen.is_new(via, job, now);
        if new {
            entry.tally.count(via, job, now);
            if let Some(millis) = job.times.millis() {
                if entry.recent.len() == diagnosis::JOBS {
                    entry.recent.pop_front();
                }
                entry.recent.push_back(millis);
            }
        }
        new
    }

    pub(super) fn take_recent(&mut self, endpoint: &str) -> Vec<Millis> {
        let entry = self.endpoints.get_mut(endpoint);
        entry.map(|entry| std::mem::take(&mut entry.recent).into()).unwrap_or_default()
    }

    pub(super) fn tokens(&self, endpoint: &str) -> Option<[u64; 2]> {
        let tokens = self.endpoints.get(endpoint)?.tally.tokens().map(|(_, total)| total.get());
        tokens.iter().any(|count| *count > 0).then_some(tokens)
    }

    /// Notes a job of an endpoint that was admitted as counted, without counting it.
    pub(super) fn remember(&mut self, endpoint: &str, job: &Job, now: Timestamp) {
        if let Some(entry) = self.entry(endpoint, now) {
            entry.seen.is_new(Via::Requests, job, now);
        }
    }

    /// Called at the end of a scrape that read the lists of requests of these endpoints. Endpoints whose list could not be
    /// read forget nothing: after the outage, the list may have jobs that were counted before it.
    pub(super) fn end_scrape(&mut self, listed: &HashSet<&str>, now: Timestamp) {
        for (id, entry) in &mut self.endpoints {
            entry.is_listed |= listed.contains(&**id);
            if !entry.is_listed || listed.contains(&**id) {
                entry.seen.forget_old(now);
            }
        }
    }

    fn entry(&mut self, endpoint: &str, now: Timestamp) -> Option<&mut Entry> {
        if !self.endpoints.contains_key(endpoint) {
            let owner = self.owners.owner(endpoint);
            self.endpoints.insert(endpoint.to_owned(), Entry::new(owner, now));
        }
        self.endpoints.get_mut(endpoint)
    }

    /// Replaces the accounts. Endpoints of other accounts have no owner until a list names them again.
    pub(super) fn keep(&mut self, accounts: &[Arc<str>]) {
        self.owners.keep(accounts);
        for entry in self.endpoints.values_mut() {
            entry.owner.take_if(|owner| !self.owners.has(&owner.account));
        }
    }

    /// Updates owners and names from a scrape, and drops endpoints that were removed more than [`GRACE`] ago.
    pub(super) fn update(&mut self, accounts: &[AccountSnapshot]) {
        let lists: Vec<_> = accounts.iter().filter_map(|account| self.owners.update(account)).collect();
        let Self { owners, endpoints } = self;
        for (id, entry) in endpoints.iter_mut() {
            if let Some(owner) = owners.owner(id) {
                entry.owner = Some(owner);
                entry.removed = None;
            }
        }
        // The time is that of a list; without a complete list, no endpoint is known to be removed.
        let Some(now) = lists.into_iter().max() else { return };
        endpoints.retain(|id, entry| match &entry.owner {
            None => !owners.all_listed(),
            Some(_) if owners.owner(id).is_some() => true,
            Some(owner) if !owners.is_listed(&owner.account) => true,
            Some(_) => now.duration_since(*entry.removed.get_or_insert(now)) < GRACE,
        });
    }

    /// The counts of each endpoint, or of those of one account. An endpoint that no list has named yet has its id as its
    /// name, and belongs to the only account; with several accounts it is left out until a list names it.
    pub(super) fn measure(&self, account: Option<&str>) -> Vec<EndpointJobs> {
        let measure = |(id, entry): (&String, &Entry)| {
            let (owner, name) = match &entry.owner {
                Some(Owner { account, name }) => (account, Arc::clone(name)),
                None => (self.owners.only()?, Arc::from(&**id)),
            };
            account.is_none_or(|account| **owner == *account).then(|| EndpointJobs {
                account: Arc::clone(owner),
                endpoint_id: id.clone(),
                endpoint_name: name,
                tally: entry.tally.clone(),
                since: entry.since,
            })
        };
        self.endpoints.iter().filter_map(measure).collect()
    }

    fn unlisted(&self) -> usize {
        self.endpoints.values().filter(|entry| entry.owner.is_none()).count()
    }
}

/// Whether this could be an id of Runpod. Every id in a list is accepted.
fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(plain)
}
