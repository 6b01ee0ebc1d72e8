//! What series are about, and the labels that identify it. They are declared here once, so no family can forget its account.

use super::ScrapeResult;
use crate::diagnosis::DiagnosedAccount;
use crate::snapshot::{AccountSnapshot, Cluster, Endpoint, Machine, Pod, UnixTime, Volume};

/// Receives the identity of a subject, as label names and values, and the subject.
pub(crate) type Visit<'f, 'a, S> = &'f mut dyn FnMut(&[(&'static str, &'a str)], <S as Subject>::Of<'a>);

/// Something that series are about.
pub trait Subject: std::fmt::Debug + Sized + 'static {
    /// The names of the labels that identify it.
    const IDENTITY: &'static [&'static str];

    /// What a family reads of one: a reference to it, or to its parts.
    type Of<'a>: Copy + std::fmt::Debug;

    /// Visits each one of a scrape, with its identity.
    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>);

    /// When the counters and histograms of one started at 0; `None` if that is unknown.
    fn since(scrape: &ScrapeResult, subject: Self::Of<'_>) -> Option<UnixTime> {
        let (_scrape, _subject) = (scrape, subject);
        None
    }
}

/// The scrape itself.
impl Subject for ScrapeResult {
    const IDENTITY: &'static [&'static str] = &[];
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        visit(&[], scrape);
    }
}

impl Subject for AccountSnapshot {
    const IDENTITY: &'static [&'static str] = &["account"];
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for account in accounts(scrape) {
            visit(&[("account", &account.name)], account);
        }
    }
}

impl Subject for DiagnosedAccount {
    const IDENTITY: &'static [&'static str] = AccountSnapshot::IDENTITY;
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for account in &scrape.accounts {
            visit(&[("account", &account.snapshot.name)], account);
        }
    }
}

/// An endpoint with the diagnosis of its account. The last one of each account stands for the account as a whole: its id and its
/// name are empty.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DiagnosedEndpoint<'a> {
    pub(crate) account: &'a DiagnosedAccount,
    pub(crate) endpoint: Option<&'a Endpoint>,
}

impl Subject for DiagnosedEndpoint<'static> {
    const IDENTITY: &'static [&'static str] = Endpoint::IDENTITY;
    type Of<'a> = DiagnosedEndpoint<'a>;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for account in &scrape.accounts {
            let endpoints = account.snapshot.endpoints.iter().map(Some);
            for endpoint in endpoints.chain([None]) {
                let (id, name) = endpoint.map_or(("", ""), |endpoint| (&*endpoint.id, &*endpoint.name));
                let name_of_account = &*account.snapshot.name;
                let identity = [("account", name_of_account), ("endpoint_id", id), ("endpoint_name", name)];
                visit(&identity, DiagnosedEndpoint { account, endpoint });
            }
        }
    }
}

impl Subject for Endpoint {
    const IDENTITY: &'static [&'static str] = &["account", "endpoint_id", "endpoint_name"];
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for account in accounts(scrape) {
            for endpoint in &account.endpoints {
                let identity = [
                    ("account", &*account.name),
                    ("endpoint_id", &*endpoint.id),
                    ("endpoint_name", &*endpoint.name),
                ];
                visit(&identity, endpoint);
            }
        }
    }
}

impl Subject for Pod {
    const IDENTITY: &'static [&'static str] = &["account", "pod_id", "pod_name"];
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for account in accounts(scrape) {
            for pod in &account.pods {
                visit(&[("account", &*account.name), ("pod_id", &*pod.id), ("pod_name", &*pod.name)], pod);
            }
        }
    }
}

impl Subject for Cluster {
    const IDENTITY: &'static [&'static str] = &["account", "cluster_id", "cluster_name"];
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for account in accounts(scrape) {
            for cluster in &account.clusters {
                let identity = [
                    ("account", &*account.name),
                    ("cluster_id", &*cluster.id),
                    ("cluster_name", &*cluster.name),
                ];
                visit(&identity, cluster);
            }
        }
    }
}

impl Subject for Volume {
    const IDENTITY: &'static [&'static str] = &["account", "volume_id", "volume_name", "data_center_id"];
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for account in accounts(scrape) {
            for volume in &account.volumes {
                let identity = [
                    ("account", &*account.name),
                    ("volume_id", &*volume.id),
                    ("volume_name", &*volume.name),
                    ("data_center_id", &*volume.data_center_id),
                ];
                visit(&identity, volume);
            }
        }
    }
}

impl Subject for Machine {
    const IDENTITY: &'static [&'static str] = &["account", "machine_id", "machine_name"];
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for account in accounts(scrape) {
            for machine in account.host.iter().flat_map(|host| &host.machines) {
                let identity = [
                    ("account", &*account.name),
                    ("machine_id", &*machine.id),
                    ("machine_name", &*machine.name),
                ];
                visit(&identity, machine);
            }
        }
    }
}

fn accounts(scrape: &ScrapeResult) -> impl Iterator<Item = &AccountSnapshot> {
    scrape.accounts.iter().map(|account| &account.snapshot)
}
