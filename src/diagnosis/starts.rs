//! When the states behind the findings began.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::checks::{Finding, Name};
use super::streak::GAP;
use super::subject::{Subject, SubjectKind};

/// The start of each state, by its subject and the name of the finding.
#[derive(Debug, Default)]
pub(super) struct Starts {
    starts: HashMap<Key, Start>,
    /// When the last diagnosis was made.
    last: Duration,
}

type Key = (SubjectKind, Arc<str>, Name);

#[derive(Debug)]
struct Start {
    since: Timestamp,
    /// When it was last found.
    found: Duration,
}

/// The name of a subject may change, its id does not.
fn key(subject: &Subject, name: Name) -> Key {
    let id = match subject {
        Subject::Account => Arc::default(),
        Subject::Endpoint { id, .. } | Subject::Pod { id, .. } | Subject::Cluster { id, .. } => {
            Arc::clone(id)
        }
    };
    (subject.into(), id, name)
}

impl Starts {
    pub(super) fn of(&self, subject: &Subject, name: Name) -> Option<Timestamp> {
        self.starts.get(&key(subject, name)).map(|start| start.since)
    }

    /// A state that is interrupted for less than the gap of a streak goes on, and so does one of an endpoint that cannot be
    /// read at the moment.
    pub(super) fn remember(&mut self, findings: &[Finding], now: Duration) {
        for finding in findings {
            let start = self.starts.entry(key(&finding.subject, finding.name));
            start.or_insert(Start { since: finding.since, found: now }).found = now;
        }
        for unread in findings.iter().filter(|finding| finding.name == Name::EndpointUnreadable) {
            let (kind, id, _) = key(&unread.subject, unread.name);
            let of_it = self.starts.iter_mut().filter(|((of, about, _), _)| *of == kind && *about == id);
            of_it.for_each(|(_, start)| start.found = now);
        }
        let last = self.last;
        self.starts.retain(|_, start| start.found >= last || now.saturating_sub(start.found) <= GAP);
        self.last = now;
    }
}
