//! Which account has an endpoint, and what it is called: what the last lists said.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::settings::Collector;
use crate::snapshot::AccountSnapshot;

/// The accounts, in the order of the configuration, and their endpoints.
#[derive(Debug, Default)]
pub(super) struct Rosters(Vec<Roster>);

#[derive(Debug)]
struct Roster {
    account: Arc<str>,
    /// Whether a list came through whole. Until then, any endpoint may be one of this account.
    read: bool,
    /// Names by id.
    endpoints: HashMap<String, Arc<str>>,
}

/// Whose an endpoint is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) account: Arc<str>,
    pub(super) name: Arc<str>,
}

impl Rosters {
    /// Knows these accounts from now on.
    pub(super) fn keep(&mut self, accounts: &[Arc<str>]) {
        let mut old = std::mem::take(&mut self.0);
        let roster = |account: &Arc<str>| match old.iter().position(|roster| roster.account == *account) {
            Some(place) => old.swap_remove(place),
            None => Roster { account: Arc::clone(account), read: false, endpoints: HashMap::new() },
        };
        self.0 = accounts.iter().map(roster).collect();
    }

    /// Takes what a scrape said of an account's endpoints. Gives when the list came through whole, if it did: only then it
    /// says who is gone.
    pub(super) fn update(&mut self, snapshot: &AccountSnapshot) -> Option<Timestamp> {
        let mut reports = snapshot.collectors.iter();
        let report = reports.find(|report| report.collector == Collector::Endpoints)?;
        let roster = self.0.iter_mut().find(|roster| roster.account == snapshot.name)?;
        let whole = report.error.is_none();
        if whole {
            roster.endpoints.clear();
            roster.read = true;
        }
        let named = |endpoint: &crate::snapshot::Endpoint| (endpoint.id.clone(), Arc::from(&*endpoint.name));
        roster.endpoints.extend(snapshot.endpoints.iter().map(named));
        report.last_success.filter(|_| whole)
    }

    /// Whose the endpoint is: ids are unique, and where two accounts show the same one, the first counts.
    pub(super) fn owner(&self, endpoint: &str) -> Option<Owner> {
        self.0.iter().find_map(|roster| {
            let name = Arc::clone(roster.endpoints.get(endpoint)?);
            Some(Owner { account: Arc::clone(&roster.account), name })
        })
    }

    /// The account, if there is only one.
    pub(super) fn only(&self) -> Option<&Arc<str>> {
        match &*self.0 {
            [roster] => Some(&roster.account),
            _ => None,
        }
    }

    pub(super) fn has(&self, account: &str) -> bool {
        self.0.iter().any(|roster| *roster.account == *account)
    }

    /// Whether the endpoints of every account are known.
    pub(super) fn all_read(&self) -> bool {
        self.0.iter().all(|roster| roster.read)
    }

    /// Whether the endpoints of this account are known.
    pub(super) fn is_read(&self, account: &str) -> bool {
        self.0.iter().any(|roster| roster.read && *roster.account == *account)
    }
}
