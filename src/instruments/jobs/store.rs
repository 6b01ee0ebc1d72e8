//! The endpoints whose jobs are counted: who is let in, who they belong to, and when they are forgotten.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::roster::{Owner, Rosters};
use super::tally::Tally;
use crate::diagnosis;
use crate::jobs::{Job, Millis, Reason, Rejection, Seen, Via};
use crate::snapshot::AccountSnapshot;

/// How long the counts of an endpoint outlive it: its last jobs may be told late, and whoever looks at the hour in which it
/// was removed should find them.
const GRACE: SignedDuration = SignedDuration::from_hours(1);

/// Endpoints that are counted though no list has named them yet: after a start, the first jobs come before the first list.
/// An account of a thousand endpoints finds room; somebody who makes ids up does not find more.
const MAX_UNREAD: usize = 1024;

/// Longer than any id of Runpod, which have 14 characters.
const LONGEST_ID: usize = 64;

/// What is counted, by endpoint.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) rosters: Rosters,
    endpoints: HashMap<String, Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    /// Whose it is. `None` until a list names it.
    owner: Option<Owner>,
    /// Since when the lists do not name it any more.
    gone: Option<Timestamp>,
    tally: Tally,
    /// The last jobs, until somebody takes them to look at.
    told: VecDeque<Millis>,
    seen: Seen,
}

/// On what grounds a job is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// An account has the endpoint, or its jobs are counted already.
    Known,
    /// Some account was not read yet and may have it.
    Stranger,
}

/// An endpoint's counts, with whose they are now.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) endpoint_id: String,
    pub(super) owner: Owner,
    pub(super) tally: Tally,
}

impl Store {
    /// Whether a job of this endpoint would be counted, after so many others whose endpoints nobody knows.
    pub(super) fn admit(&self, endpoint: &str, strangers: usize) -> Result<Admission, Rejection> {
        if self.endpoints.contains_key(endpoint) || self.rosters.owner(endpoint).is_some() {
            return Ok(Admission::Known);
        }
        if self.rosters.all_read() || !is_id(endpoint) {
            let told =
                "no account has this endpoint, or a filter excludes it; use the id from the Runpod console";
            return Err(Rejection::new(Reason::UnknownEndpoint, told));
        }
        if self.unread() + strangers >= MAX_UNREAD {
            let told =
                "the endpoints have not been read yet, and too many unknown ones are waiting; retry later";
            return Err(Rejection::new(Reason::TooManyUnread, told));
        }
        Ok(Admission::Stranger)
    }

    /// Counts a job of an endpoint that was admitted, unless it was told before.
    pub(super) fn count(&mut self, endpoint: &str, via: Via, job: &Job) -> bool {
        let Some(entry) = self.entry(endpoint) else { return false };
        let new = job.id.as_ref().is_none_or(|id| entry.seen.is_new(id));
        if new {
            entry.tally.count(via, job);
            if let Some(millis) = job.times.millis() {
                if entry.told.len() == diagnosis::JOBS {
                    entry.told.pop_front();
                }
                entry.told.push_back(millis);
            }
        }
        new
    }

    pub(super) fn take_told(&mut self, endpoint: &str) -> Vec<Millis> {
        let entry = self.endpoints.get_mut(endpoint);
        entry.map(|entry| std::mem::take(&mut entry.told).into()).unwrap_or_default()
    }

    pub(super) fn tokens(&self, endpoint: &str) -> Option<[u64; 2]> {
        let tokens = self.endpoints.get(endpoint)?.tally.token_totals();
        tokens.iter().any(|count| *count > 0).then_some(tokens)
    }

    /// Takes a job of an endpoint that was admitted for one that was told before.
    pub(super) fn remember(&mut self, endpoint: &str, job: &Job) {
        if let (Some(entry), Some(id)) = (self.entry(endpoint), &job.id) {
            entry.seen.is_new(id);
        }
    }

    /// What is counted of an endpoint, from now on at the latest.
    fn entry(&mut self, endpoint: &str) -> Option<&mut Entry> {
        if !self.endpoints.contains_key(endpoint) {
            let owner = self.rosters.owner(endpoint);
            self.endpoints.insert(endpoint.to_owned(), Entry { owner, ..Entry::default() });
        }
        self.endpoints.get_mut(endpoint)
    }

    /// Knows these accounts from now on. What belonged to others is nobody's, until a list names it again.
    pub(super) fn keep(&mut self, accounts: &[Arc<str>]) {
        self.rosters.keep(accounts);
        for entry in self.endpoints.values_mut() {
            entry.owner.take_if(|owner| !self.rosters.has(&owner.account));
        }
    }

    /// Takes what a scrape says of the endpoints, and forgets those that are gone for long.
    pub(super) fn update(&mut self, accounts: &[AccountSnapshot]) {
        let lists: Vec<_> = accounts.iter().filter_map(|account| self.rosters.update(account)).collect();
        let Self { rosters, endpoints } = self;
        for (id, entry) in endpoints.iter_mut() {
            if let Some(owner) = rosters.owner(id) {
                entry.owner = Some(owner);
                entry.gone = None;
            }
        }
        // A list says the time; without one, nobody is known to be gone.
        let Some(now) = lists.into_iter().max() else { return };
        endpoints.retain(|id, entry| match &entry.owner {
            None => !rosters.all_read(),
            Some(_) if rosters.owner(id).is_some() => true,
            Some(owner) if !rosters.is_read(&owner.account) => true,
            Some(_) => now.duration_since(*entry.gone.get_or_insert(now)) < GRACE,
        });
    }

    /// What is counted of whom. An endpoint that no list has named yet is called by its id, and belongs to the account if
    /// there is only one; where there are several, it waits.
    pub(super) fn lines(&self) -> Vec<Line> {
        let line = |(id, entry): (&String, &Entry)| {
            let unread = || Some(Owner { account: Arc::clone(self.rosters.only()?), name: Arc::from(&**id) });
            let owner = entry.owner.clone().or_else(unread)?;
            Some(Line { endpoint_id: id.clone(), owner, tally: entry.tally })
        };
        self.endpoints.iter().filter_map(line).collect()
    }

    fn unread(&self) -> usize {
        self.endpoints.values().filter(|entry| entry.owner.is_none()).count()
    }
}

/// Whether it could be an id of Runpod. Whatever a list names is one.
fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(plain)
}
