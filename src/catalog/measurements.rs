//! What the series of instruments are about: the process, an account, an endpoint.

use super::{ScrapeResult, Subject, Visit};
use crate::instruments::{AccountTotals, EndpointJobs, EndpointLines, Process};
use crate::snapshot::{AccountSnapshot, Endpoint, UnixTime};

/// The process as a whole, unless the scrape is about one account.
impl Subject for Process {
    const IDENTITY: &'static [&'static str] = &[];
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        if let Some(process) = &scrape.measurements.process {
            visit(&[], process);
        }
    }

    fn since(scrape: &ScrapeResult, _process: &Self) -> Option<UnixTime> {
        scrape.measurements.started
    }
}

impl Subject for AccountTotals {
    const IDENTITY: &'static [&'static str] = AccountSnapshot::IDENTITY;
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for (account, totals) in &scrape.measurements.accounts {
            visit(&[("account", account)], totals);
        }
    }

    fn since(scrape: &ScrapeResult, _totals: &Self) -> Option<UnixTime> {
        scrape.measurements.started
    }
}

impl Subject for EndpointLines {
    const IDENTITY: &'static [&'static str] = Endpoint::IDENTITY;
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for (account, totals) in &scrape.measurements.accounts {
            for ((id, name), lines) in &totals.log_lines {
                visit(&[("account", &**account), ("endpoint_id", id), ("endpoint_name", name)], lines);
            }
        }
    }
}

impl Subject for EndpointJobs {
    const IDENTITY: &'static [&'static str] = Endpoint::IDENTITY;
    type Of<'a> = &'a Self;

    fn visit<'a>(scrape: &'a ScrapeResult, visit: Visit<'_, 'a, Self>) {
        for jobs in &scrape.measurements.jobs {
            let identity = [
                ("account", &*jobs.account),
                ("endpoint_id", &*jobs.endpoint_id),
                ("endpoint_name", &*jobs.endpoint_name),
            ];
            visit(&identity, jobs);
        }
    }

    fn since(_scrape: &ScrapeResult, jobs: &Self) -> Option<UnixTime> {
        Some(jobs.since.into())
    }
}
