//! The account (balance, spend and limits) and the bills.

use std::collections::BTreeMap;
use std::time::Duration;

use runpod::wire::rest::{Balance, Limits};
use runpod::{Api, Ledger, Operation};
use tokio::time::Instant;

use super::cache::{Entry, Lookup};
use super::gatherer::Gatherer;
use super::prefer::{LONGEST_WAIT, Preferred, Query, complete};
use super::run::{CollectorRun, Section, Tally};
use crate::settings::Collector;
use crate::snapshot::account::from_rest;
use crate::snapshot::bill::{Sums, month_start};
use crate::snapshot::{Account, AccountSnapshot, Billed, Merge as _, Provenance, Unknown};

/// How often the way in which the account pays is read while GraphQL answers, which does not report it. It hardly ever changes.
const BILLING_MODE_EVERY: Duration = Duration::from_hours(1);

/// The sums of the ledgers that were read.
#[derive(Debug, Default)]
pub(super) struct Ledgers(BTreeMap<Ledger, Sums>);

impl Gatherer {
    pub(super) async fn account(&self, deadline: Instant) -> Section<Option<Account>> {
        let started = Instant::now();
        let graphql = async {
            let request = self.runpod.account(deadline);
            let result = self.guarded(Collector::Account.row().primary, request).await;
            self.record(|memory| &mut memory.account, Api::Graphql, result)
        };
        let preferred = self.prefer(Collector::Account, graphql, self.rest_account(deadline));
        // A failure is not one of the collector: balance and spend do not depend on it.
        let mode = async {
            let comes_with_fallback = self.needs_fallback(&Collector::Account.row());
            if comes_with_fallback { None } else { self.billing_mode(deadline).await }
        };
        let (preferred, mode) = tokio::join!(preferred, mode);
        let source = preferred.source();
        let Preferred { primary, fallback, error, answered } = preferred;
        let mut unknown = Vec::new();
        let mode = mode.and_then(|entry| {
            entry.convert(started, &mut unknown, |balance, unknown| {
                from_rest(balance, None, unknown).billing_mode
            })
        });
        let run =
            CollectorRun::new(Collector::Account, Tally::of(error.as_ref()), answered, started.elapsed())
                .with_sources(source);
        let graphql = primary.map(|entry| Account::from_wire(entry.value));
        let rest = fallback.map(|entry| {
            entry.convert(started, &mut unknown, |(balance, limits), unknown| {
                from_rest(balance, limits, unknown)
            })
        });
        let data = match (graphql, rest) {
            (Some(graphql), Some(rest)) => Some(graphql.or(rest)),
            (graphql, rest) => graphql.or(rest),
        };
        let data =
            data.map(|account| Account { billing_mode: account.billing_mode.clone().or(mode), ..account });
        Section { data, unknown, run }
    }

    /// The balance of REST, for how the account pays.
    async fn billing_mode(&self, deadline: Instant) -> Option<Entry<Option<Balance>>> {
        let (api, operation) = (Api::Rest, Operation::Balance);
        let query = Query { api, operation, every: BILLING_MODE_EVERY, max_age: LONGEST_WAIT };
        let balance = complete(self.runpod.rest().balance(deadline));
        self.refreshed(|memory| &mut memory.billing_mode, query, balance).await.entry
    }

    /// Balance and limits, which are two operations in REST.
    async fn rest_account(&self, deadline: Instant) -> Lookup<(Option<Balance>, Option<Limits>)> {
        let rest = self.runpod.rest();
        let query = |operation| self.query(Collector::Account, (Api::Rest, operation));
        // One after the other: the first may have to read the API's description, which has the paths of both.
        let balance = self.refreshed(
            |memory| &mut memory.balance,
            query(Operation::Balance),
            complete(rest.balance(deadline)),
        );
        let balance = balance.await;
        let limits = self.refreshed(
            |memory| &mut memory.limits,
            query(Operation::AccountLimits),
            complete(rest.limits(deadline)),
        );
        let limits = limits.await;
        let (error, answered) = (balance.error.or(limits.error), balance.answered || limits.answered);
        let entry = match (balance.entry, limits.entry) {
            (Some(balance), limits) => {
                let limits = limits.and_then(|entry| entry.value);
                Some(balance.map(|balance| (balance, limits)))
            }
            (None, limits) => limits.map(|entry| entry.map(|limits| (None, limits))),
        };
        // An API that has neither operation returned nothing.
        let entry = entry.filter(|entry: &Entry<(Option<Balance>, Option<Limits>)>| {
            entry.value.0.is_some() || entry.value.1.is_some()
        });
        Lookup { entry, error, answered }
    }

    pub(super) async fn billing(&self, deadline: Instant) -> Section<Ledgers> {
        let started = Instant::now();
        let start = month_start(self.clock.now());
        let ledger = |ledger| self.ledger(ledger, &start, deadline);
        let (all, pods, serverless, volumes, clusters) = tokio::join!(
            ledger(Ledger::All),
            ledger(Ledger::Pods),
            ledger(Ledger::Serverless),
            ledger(Ledger::NetworkVolumes),
            ledger(Ledger::Clusters),
        );
        // The ledger of all resources includes the public endpoints. They need a request of their own only if it failed.
        let public = if all.entry.is_none() && all.error.is_some() {
            Some(ledger(Ledger::PublicEndpoints).await)
        } else {
            None
        };
        let mut reads = vec![
            (Ledger::All, all),
            (Ledger::Pods, pods),
            (Ledger::Serverless, serverless),
            (Ledger::NetworkVolumes, volumes),
            (Ledger::Clusters, clusters),
        ];
        reads.extend(public.map(|public| (Ledger::PublicEndpoints, public)));
        let tally: Tally = reads.iter().map(|(_, read)| read.error.as_ref()).collect();
        let sources: Vec<Provenance> =
            reads.iter().filter_map(|(_, read)| read.entry.as_ref().map(Provenance::from)).collect();
        let answered = reads.iter().any(|(_, read)| read.answered);
        let undated = |(_, read): &(Ledger, Lookup<Sums>)| {
            read.entry.as_ref().filter(|_| read.answered).map_or(0, |entry| entry.value.undated)
        };
        let unknown = Unknown { field: "billing.records.startTime" };
        let unknown = vec![unknown; reads.iter().map(undated).sum()];
        let now = self.clock.now();
        let sums = reads.into_iter().filter_map(|(ledger, read)| Some((ledger, read.entry?.value.at(now))));
        let data = Ledgers(sums.collect());
        let run =
            CollectorRun::new(Collector::Billing, tally, answered, started.elapsed()).with_sources(sources);
        Section { data, unknown, run }
    }

    async fn ledger(&self, ledger: Ledger, start: &str, deadline: Instant) -> Lookup<Sums> {
        let query = self.query(Collector::Billing, (Api::Rest, Operation::Billing));
        let sums = async {
            let bill = self.runpod.rest().bill(ledger, start, deadline).await?;
            Ok(Sums::of(ledger, bill, self.clock.now()))
        };
        self.refreshed(|memory| memory.ledgers.entry(ledger).or_default(), query, complete(sums)).await
    }
}

impl Ledgers {
    /// Assigns the sums to endpoints, pods, volumes, and the account.
    pub(super) fn assign_to(self, snapshot: &mut AccountSnapshot) {
        let of = |ledger, id: &str| -> Billed {
            self.0.get(&ledger).and_then(|sums| sums.ids.get(id)).copied().unwrap_or_default()
        };
        for endpoint in &mut snapshot.endpoints {
            endpoint.billed = of(Ledger::Serverless, &endpoint.id);
        }
        for pod in &mut snapshot.pods {
            pod.billed = of(Ledger::Pods, &pod.id);
        }
        for volume in &mut snapshot.volumes {
            volume.billed = of(Ledger::NetworkVolumes, &volume.id);
        }
        // All types of resources are in one ledger. Without it, each of the others has some.
        snapshot.bill.resources = match self.0.get(&Ledger::All) {
            Some(all) => all.resources.clone(),
            None => self.0.values().flat_map(|sums| sums.resources.clone()).collect(),
        };
        snapshot.bill.clusters =
            self.0.get(&Ledger::Clusters).map(|sums| sums.ids.clone()).unwrap_or_default();
    }
}
