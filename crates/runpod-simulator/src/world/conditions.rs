//! What is changed of a world while it lives: its first endpoint, its first pod, its money. All else goes on as ever,
//! so that what is changed stands out.
//!
//! What is changed into what does not belong here.

use std::time::Duration;

use super::account::{Wallet, cost};
use super::cast::Cast;
use super::character::{Character, Profile};
use super::pod::Errand;
use super::{Account, World};

/// How the parts are that may be changed.
#[derive(Debug)]
pub(crate) struct Conditions<'a> {
    /// The first endpoint.
    pub(crate) endpoint: Profile,
    /// What the first pod does.
    pub(crate) pod: Errand,
    /// The account's money.
    pub(crate) wallet: Wallet,
    world: &'a World,
}

impl Conditions<'_> {
    /// Dollars per hour that the account spends at present.
    pub(crate) fn spend(&self) -> f64 {
        self.world.account().spend.total()
    }

    /// There is no card to charge any more, and at the present spend the balance lasts for so long.
    pub(crate) fn run_dry(&mut self, within: Duration) {
        let Account { paid, spend, .. } = self.world.account();
        self.wallet = self.wallet.without_card(cost(spend.total(), within), paid);
    }
}

impl World {
    /// From `after` now on, it is as usual but for this change. What was to change after that time does not.
    pub(crate) fn turn(&self, after: Duration, change: impl Fn(&mut Conditions<'_>)) {
        let from = self.elapsed() + after;
        let endpoints = self.endpoints();
        // Where there is no endpoint or no pod, the change is made to one that nobody sees.
        let endpoint = endpoints.first().map(|endpoint| endpoint.configuration().script.usual());
        let mut conditions = Conditions {
            endpoint: endpoint.unwrap_or_else(|| Cast::Well.profile(Character::Steady)),
            pod: self.pods().first().map_or(Errand::Training, |pod| pod.errand),
            wallet: self.0.wallet.usual(),
            world: self,
        };
        change(&mut conditions);
        let Conditions { endpoint, pod, wallet, world: _ } = conditions;
        // The first one may have been another before.
        for (is_first, this) in std::iter::once(true).chain(std::iter::repeat(false)).zip(&endpoints) {
            let script = &this.configuration().script;
            script.turn(from, if is_first { endpoint } else { script.usual() });
        }
        if let Some(first) = self.pods().first() {
            first.script.turn(from, pod);
        }
        self.0.wallet.turn(from, wallet);
    }
}
