//! The balance and the spend of the account.

use super::account::{self, Account, Spend};
use super::load::Counts;
use super::state::World;

impl World {
    /// The current money of the account. This advances the load of every endpoint.
    pub(crate) fn account(&self) -> Account {
        let now = self.elapsed();
        let mut spend = Spend::default();
        let members = self.clusters().iter().flat_map(|cluster| &cluster.pods);
        for pod in self.pods().iter().chain(members) {
            let running = self.role(pod).is_running();
            spend.compute += if running { pod.price } else { 0.0 };
            spend.add_disk(pod.container_disk_gb + pod.volume_gb, running);
        }
        for volume in self.volumes() {
            spend.add_volume(volume);
        }
        let mut paid = self.settled_cost() + self.rent();
        for endpoint in self.endpoints() {
            let counts = endpoint.counts(now);
            spend.compute += endpoint.configuration().worker_price * f64::from(billed_workers(&counts));
            paid += endpoint.cost_of(counts.billed);
        }
        let account = Account::new(self.wallet().at(now), paid, spend);
        // What Runpod reports as the balance of such an account is not documented; this is what it owes.
        if self.is_postpaid() { Account { balance: -paid, ..account } } else { account }
    }

    /// The spend limit, in dollars per hour.
    pub(crate) fn spend_limit(&self) -> f64 {
        self.wallet().at(self.elapsed()).spend_limit
    }

    /// The id of the account.
    pub fn account_id(&self) -> String {
        account::id(self.seed())
    }
}

/// Workers that are billed now: started, and not on standby.
fn billed_workers(counts: &Counts) -> u32 {
    counts.workers.running + counts.workers.idle.saturating_sub(counts.workers.standby)
}
