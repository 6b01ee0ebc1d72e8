//! What is known about the pods of each account, for the discovery of what runs on them: the last list that could be read. It
//! outlasts scrapes that fail, as Prometheus keeps the targets of a discovery that fails.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use runpod::RequestError;

use crate::diagnosis::DiagnosedAccount;
use crate::settings::Collector;

/// What is known about the pods of one account.
#[derive(Debug, Clone)]
pub(crate) struct KnownPods {
    /// The end of the last scrape.
    pub(crate) scraped: Timestamp,
    /// Whether its pods are read at all.
    pub(crate) enabled: bool,
    /// Why the pods could not be read in the last scrape.
    pub(crate) error: Option<RequestError>,
    /// The last scrape in which they could be read.
    pub(crate) last: Option<Arc<DiagnosedAccount>>,
}

/// The same of all accounts, by name.
#[derive(Debug, Default)]
pub(super) struct PodsByAccount(Mutex<BTreeMap<Arc<str>, KnownPods>>);

impl PodsByAccount {
    /// Records a scrape. One that had only other collectors says nothing about pods.
    pub(super) fn record(&self, account: &Arc<DiagnosedAccount>, all_collectors: bool) {
        let snapshot = &account.snapshot;
        let report = snapshot.collectors.iter().find(|report| report.collector == Collector::Pods);
        if report.is_none() && !all_collectors {
            return;
        }
        let mut accounts = self.0.lock();
        let before = accounts.remove(&snapshot.name).and_then(|known| known.last);
        let has_data = report.is_some_and(|report| report.source.is_some());
        let known = KnownPods {
            scraped: snapshot.taken,
            enabled: report.is_some(),
            error: report.and_then(|report| report.error.clone()),
            last: if has_data { Some(Arc::clone(account)) } else { before },
        };
        accounts.insert(Arc::clone(&snapshot.name), known);
    }

    /// Forgets the other accounts.
    pub(super) fn keep(&self, names: &BTreeSet<Arc<str>>) {
        self.0.lock().retain(|name, _| names.contains(name));
    }

    /// `None` before the first scrape.
    pub(super) fn of(&self, account: &str) -> Option<KnownPods> {
        self.0.lock().get(account).cloned()
    }
}
