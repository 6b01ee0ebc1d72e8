//! What is known about the pods of each account, for the discovery of what runs on them: the last list that could be read. It
//! outlasts scrapes that fail, as Prometheus keeps the targets of a discovery that fails.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::Mutex;
use runpod::RequestError;

use crate::diagnosis::DiagnosedAccount;
use crate::settings::Collector;
use crate::snapshot::Pod;

/// What is known about the pods of one account.
#[derive(Debug, Clone)]
pub(crate) struct KnownPods {
    /// The end of the last scrape.
    pub(crate) scraped: Timestamp,
    /// Whether its pods are read at all.
    pub(crate) enabled: bool,
    /// Why the pods could not be read in the last scrape.
    pub(crate) error: Option<RequestError>,
    /// The last list that could be read.
    pub(crate) last: Option<PodList>,
}

/// A list of pods, and those of earlier lists that it lost.
#[derive(Debug, Clone)]
pub(crate) struct PodList {
    account: Arc<DiagnosedAccount>,
    /// Pods that may still run. An incomplete list does not have them, or not their ports.
    lost: Arc<[Pod]>,
}

/// Which pods a list has all of: those outside of clusters, and those of clusters, which are read separately.
#[derive(Debug, Clone, Copy)]
struct Complete {
    pods: bool,
    members: bool,
}

impl PodList {
    /// The name of the account.
    pub(crate) fn account(&self) -> &str {
        &self.account.snapshot.name
    }

    /// The pods, each once.
    pub(crate) fn pods(&self) -> impl Iterator<Item = &Pod> {
        let lost: HashSet<&str> = self.lost.iter().map(|pod| &*pod.id).collect();
        let read = self.account.snapshot.pods.iter().filter(move |pod| !lost.contains(&*pod.id));
        read.chain(self.lost.iter())
    }

    /// A new list. Where it is incomplete, pods of the list before remain that it does not have, or has without ports.
    fn after(before: Option<Self>, account: &Arc<DiagnosedAccount>, is_complete: Complete) -> Self {
        let Complete { pods, members } = is_complete;
        let mut lost = Vec::new();
        if let Some(before) = before.filter(|_| !(pods && members)) {
            let read: HashMap<&str, &Pod> = account.snapshot.pods.iter().map(|pod| (&*pod.id, pod)).collect();
            let is_lost = |pod: &&Pod| {
                let is_complete = if pod.cluster.is_some() { members } else { pods };
                let now = read.get(&*pod.id);
                !is_complete && now.is_none_or(|now| now.is_running() != Some(false) && now.ports.is_empty())
            };
            lost.extend(before.pods().filter(is_lost).filter(|pod| !pod.ports.is_empty()).cloned());
        }
        Self { account: Arc::clone(account), lost: lost.into() }
    }
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
        let last = if report.is_some_and(|report| report.source.is_some()) {
            let is_complete = |collector| {
                let report = snapshot.collectors.iter().find(|report| report.collector == collector);
                // Without a report, the collector is disabled, or this scrape did not have it.
                report.map_or(all_collectors, |report| report.source.is_some() && report.error.is_none())
            };
            let is_complete =
                Complete { pods: is_complete(Collector::Pods), members: is_complete(Collector::Clusters) };
            Some(PodList::after(before, account, is_complete))
        } else {
            before
        };
        let known = KnownPods {
            scraped: snapshot.taken,
            enabled: report.is_some(),
            error: report.and_then(|report| report.error.clone()),
            last,
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
