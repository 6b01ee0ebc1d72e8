//! Which account has an endpoint, and the name of the endpoint, as the last lists of endpoints have it.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::settings::Collector;
use crate::snapshot::{AccountSnapshot, Endpoint};

/// The accounts, in the order of the configuration, and their endpoints.
#[derive(Debug, Default)]
pub(super) struct Owners(Vec<Account>);

#[derive(Debug)]
struct Account {
    name: Arc<str>,
    /// Whether its list of endpoints was read completely. Until then, it may have any endpoint.
    listed: bool,
    /// Names by id.
    endpoints: HashMap<Arc<str>, Arc<str>>,
}

/// The account of an endpoint, and the name of the endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) account: Arc<str>,
    pub(super) name: Arc<str>,
}

impl Owners {
    /// Replaces the accounts, and keeps the endpoints of those that stay.
    pub(super) fn keep(&mut self, accounts: &[Arc<str>]) {
        let mut old = std::mem::take(&mut self.0);
        let account = |name: &Arc<str>| match old.iter().position(|account| account.name == *name) {
            Some(place) => old.swap_remove(place),
            None => Account { name: Arc::clone(name), listed: false, endpoints: HashMap::new() },
        };
        self.0 = accounts.iter().map(account).collect();
    }

    /// Updates an account from its snapshot. Returns when its list of endpoints was read, if it was read completely: only
    /// such a list shows which endpoints were removed.
    pub(super) fn update(&mut self, snapshot: &AccountSnapshot) -> Option<Timestamp> {
        let mut reports = snapshot.collectors.iter();
        let report = reports.find(|report| report.collector == Collector::Endpoints)?;
        let account = self.0.iter_mut().find(|account| account.name == snapshot.name)?;
        let complete = report.error.is_none();
        if complete {
            account.endpoints.clear();
            account.listed = true;
        }
        let named = |endpoint: &Endpoint| (Arc::clone(&endpoint.id), Arc::clone(&endpoint.name));
        account.endpoints.extend(snapshot.endpoints.iter().map(named));
        report.last_success.filter(|_| complete)
    }

    /// The owner of an endpoint. Ids are unique; if two accounts list the same one, the first account owns it.
    pub(super) fn owner(&self, endpoint: &str) -> Option<Owner> {
        self.0.iter().find_map(|account| {
            let name = Arc::clone(account.endpoints.get(endpoint)?);
            Some(Owner { account: Arc::clone(&account.name), name })
        })
    }

    /// The account, if there is only one.
    pub(super) fn only(&self) -> Option<&Arc<str>> {
        match &*self.0 {
            [account] => Some(&account.name),
            _ => None,
        }
    }

    pub(super) fn has(&self, account: &str) -> bool {
        self.0.iter().any(|known| *known.name == *account)
    }

    /// Whether the endpoints of every account are known.
    pub(super) fn all_listed(&self) -> bool {
        self.0.iter().all(|account| account.listed)
    }

    /// Whether the endpoints of this account are known.
    pub(super) fn is_listed(&self, account: &str) -> bool {
        self.0.iter().any(|known| known.listed && *known.name == *account)
    }
}
