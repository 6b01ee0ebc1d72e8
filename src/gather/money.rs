//! Balance, spend and limits; and what was billed.

use std::collections::BTreeMap;

use tokio::time::Instant;

use super::cache::{Entry, Lookup};
use super::prefer::{Preferred, Question, whole};
use super::{CollectorRun, Gatherer, Section};
use crate::settings::Collector;
use crate::snapshot::account::from_rest;
use crate::snapshot::bill::{Sums, month_start};
use crate::snapshot::{Account, AccountSnapshot, Merge as _, Money, Provenance};
use runpod::wire::rest::{Balance, Limits};
use runpod::{Api, Ledger, Operation, RequestError};

/// The ledgers that were read.
#[derive(Debug, Default)]
pub(super) struct Ledgers(BTreeMap<Ledger, Sums>);

impl Gatherer {
    pub(super) async fn account(&self, deadline: Instant) -> Section<Option<Account>> {
        let started = Instant::now();
        let graphql = async {
            let answer = self.runpod.account(deadline).await;
            self.settle(|memory| &mut memory.account, Api::Graphql, answer)
        };
        let Preferred { first, second, error, answered } =
            self.prefer(Collector::Account, graphql, self.rest_account(deadline)).await;
        let sources: Vec<Provenance> = if let Some(first) = &first {
            vec![first.into()]
        } else {
            second.iter().map(Provenance::from).collect()
        };
        let course = CollectorRun::new(Collector::Account, error, answered, started.elapsed()).from(sources);
        let second = second.map(|held| from_rest(held.value.0, held.value.1));
        let found = match (first.map(|held| Account::from_wire(held.value)), second) {
            (Some(first), Some(second)) => Some(first.or(second)),
            (first, second) => first.or(second),
        };
        Section { found, unknown: Vec::new(), course }
    }

    /// Balance and limits, which REST has in two places.
    async fn rest_account(&self, deadline: Instant) -> Lookup<(Option<Balance>, Option<Limits>)> {
        let rest = self.runpod.rest();
        let question = |operation| self.question(Collector::Account, (Api::Rest, operation));
        // One after the other: the first may have to find out where both are.
        let balance = self.refreshed(
            |memory| &mut memory.balance,
            question(Operation::Balance),
            whole(rest.balance(deadline)),
        );
        let balance = balance.await;
        let limits = self.refreshed(
            |memory| &mut memory.limits,
            question(Operation::AccountLimits),
            whole(rest.limits(deadline)),
        );
        let limits = limits.await;
        let (error, answered) = (balance.error.or(limits.error), balance.answered || limits.answered);
        let held = match (balance.held, limits.held) {
            (Some(balance), limits) => {
                let limits = limits.and_then(|held| held.value);
                Some(balance.map(|balance| (balance, limits)))
            }
            (None, limits) => limits.map(|held| held.map(|limits| (None, limits))),
        };
        // An API that knows neither has said nothing.
        let held = held.filter(|held: &Entry<(Option<Balance>, Option<Limits>)>| {
            held.value.0.is_some() || held.value.1.is_some()
        });
        Lookup { held, error, answered }
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
        // The ledger of everything has the public endpoints too; alone they are worth a request only without it.
        let public = if all.held.is_none() && all.error.is_some() {
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
        let error: Option<RequestError> = reads.iter().find_map(|(_, read)| read.error.clone());
        let sources: Vec<Provenance> =
            reads.iter().filter_map(|(_, read)| read.held.as_ref().map(Provenance::from)).collect();
        let answered = reads.iter().any(|(_, read)| read.answered);
        let now = self.clock.now();
        let sums = reads.into_iter().filter_map(|(ledger, read)| Some((ledger, read.held?.value.at(now))));
        let found = Ledgers(sums.collect());
        let course = CollectorRun::new(Collector::Billing, error, answered, started.elapsed()).from(sources);
        Section { found, unknown: Vec::new(), course }
    }

    async fn ledger(&self, ledger: Ledger, start: &str, deadline: Instant) -> Lookup<Sums> {
        let question: Question = self.question(Collector::Billing, (Api::Rest, Operation::Billing));
        let ask = async {
            let bill = self.runpod.rest().bill(ledger, start, deadline).await?;
            Ok(Sums::of(ledger, bill, self.clock.now()))
        };
        self.refreshed(|memory| memory.ledgers.entry(ledger).or_default(), question, whole(ask)).await
    }
}

impl Ledgers {
    /// Puts what was billed where it belongs.
    pub(super) fn share_out(self, snapshot: &mut AccountSnapshot) {
        let of = |ledger, id: &str| -> Money {
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
        // Everything from one ledger; without it, from each what it has.
        snapshot.bill.resources = match self.0.get(&Ledger::All) {
            Some(all) => all.resources.clone(),
            None => self.0.values().flat_map(|sums| sums.resources.clone()).collect(),
        };
        snapshot.bill.clusters =
            self.0.get(&Ledger::Clusters).map(|sums| sums.ids.clone()).unwrap_or_default();
    }
}
