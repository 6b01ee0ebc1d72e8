//! What series are about, and the labels that identify it. They are declared here once, so no family can forget its account.

use super::ScrapeResult;
use crate::diagnosis::DiagnosedAccount;
use crate::snapshot::{AccountSnapshot, Endpoint, Machine, Pod, Volume};

/// Receives the identity of a subject, as label names and values, and the subject.
pub(crate) type Visit<'f, 'a, S> = &'f mut dyn FnMut(&[(&'static str, &'a str)], &'a S);

/// Something that series are about.
pub trait Subject: std::fmt::Debug + Sized + 'static {
    /// The names of the labels that identify it.
    const IDENTITY: &'static [&'static str];

    /// Visits each one of a scrape, with its identity.
    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>);
}

/// The scrape itself.
impl Subject for ScrapeResult {
    const IDENTITY: &'static [&'static str] = &[];

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        visit(&[], scrape);
    }
}

impl Subject for AccountSnapshot {
    const IDENTITY: &'static [&'static str] = &["account"];

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for account in accounts(scrape) {
            visit(&[("account", &account.name)], account);
        }
    }
}

impl Subject for DiagnosedAccount {
    const IDENTITY: &'static [&'static str] = AccountSnapshot::IDENTITY;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for account in &scrape.accounts {
            visit(&[("account", &account.snapshot.name)], account);
        }
    }
}

impl Subject for Endpoint {
    const IDENTITY: &'static [&'static str] = &["account", "endpoint_id", "endpoint_name"];

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

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for account in accounts(scrape) {
            for pod in &account.pods {
                visit(&[("account", &*account.name), ("pod_id", &*pod.id), ("pod_name", &*pod.name)], pod);
            }
        }
    }
}

impl Subject for Volume {
    const IDENTITY: &'static [&'static str] = &["account", "volume_id", "volume_name", "data_center_id"];

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
