//! The parts of a world that a scene can change: its first endpoint, its first pod, a pod of its first cluster, its money. The
//! rest stays as it is, so that the change stands out.
//!
//! Which values a scene sets does not belong here.

use std::time::Duration;

use super::account::{Account, Wallet, cost};
use super::endpoint_kind::EndpointKind;
use super::pod::PodRole;
use super::population::Population;
use super::profile::Profile;
use super::state::World;

/// The values that can be changed.
#[derive(Debug)]
pub(crate) struct Conditions<'a> {
    /// The parameters of the first endpoint.
    pub(crate) endpoint: Profile,
    /// The role of the first pod.
    pub(crate) pod: PodRole,
    /// The role of the last pod of the first cluster.
    pub(crate) member: PodRole,
    /// The account's money.
    pub(crate) wallet: Wallet,
    world: &'a World,
}

impl Conditions<'_> {
    /// The account's current spend in dollars per hour.
    pub(crate) fn spend(&self) -> f64 {
        self.world.account().spend.total()
    }

    /// Removes the card and sets the balance to last for `within` at the current spend.
    pub(crate) fn drain_balance(&mut self, within: Duration) {
        let Account { paid, spend, .. } = self.world.account();
        self.wallet = self.wallet.without_card(cost(spend.total(), within), paid);
    }
}

impl World {
    /// Schedules a change to the usual values for `after` from now, and drops changes that were scheduled for later.
    pub(crate) fn schedule(&self, after: Duration, change: impl Fn(&mut Conditions<'_>)) {
        let from = self.elapsed() + after;
        let endpoints = self.endpoints();
        let member = self.clusters().first().and_then(|cluster| cluster.pods.last());
        // Without an endpoint, a pod or a cluster, the change applies to a value that is not used.
        let endpoint = endpoints.first().map(|endpoint| endpoint.configuration().timeline.usual());
        let mut conditions = Conditions {
            endpoint: endpoint.unwrap_or_else(|| Population::Healthy.profile(EndpointKind::Steady)),
            pod: self.pods().first().map_or(PodRole::Training, |pod| pod.role),
            member: member.map_or(PodRole::Training, |pod| pod.role),
            wallet: self.wallet().usual(),
            world: self,
        };
        change(&mut conditions);
        let changed = [(self.pods().first(), conditions.pod), (member, conditions.member)];
        let Conditions { endpoint, wallet, .. } = conditions;
        // The first endpoint may have been another one before.
        for (is_first, this) in std::iter::once(true).chain(std::iter::repeat(false)).zip(&endpoints) {
            let timeline = &this.configuration().timeline;
            timeline.set(from, if is_first { endpoint } else { timeline.usual() });
        }
        for (pod, role) in changed {
            if let Some(pod) = pod {
                pod.timeline.set(from, role);
            }
        }
        self.wallet().set(from, wallet);
    }
}
