//! The scenes that are active, and the faults that they bring.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parking_lot::{Mutex, MutexGuard};

use super::definition::Scene;
use crate::api::Api;
use crate::faults::{Fault, Rule};
use crate::world::World;

/// The active scenes. Fault rules that were set by hand are not part of them. Clones share the same scenes.
#[derive(Debug, Clone, Default)]
pub(crate) struct ActiveScenes(Arc<Mutex<Active>>);

#[derive(Debug, Default)]
struct Active {
    scenes: Vec<&'static Scene>,
    /// The rules of the scenes, each with the time from which it applies.
    rules: Vec<(Timestamp, Rule)>,
}

impl ActiveScenes {
    /// Starts these scenes together and ends all others. What the others changed goes back to the usual values.
    pub(crate) fn play(&self, world: &World, scenes: Vec<&'static Scene>) {
        let mut active = self.lock();
        let mut times: Vec<Duration> = scenes.iter().map(|scene| scene.after).collect();
        times.push(Duration::ZERO);
        times.sort_unstable();
        times.dedup();
        for after in times {
            let begun = scenes.iter().filter(|scene| scene.after <= after);
            world.schedule(after, |conditions| begun.clone().for_each(|scene| (scene.world)(conditions)));
        }
        let first = world.endpoints().first().map(|endpoint| endpoint.configuration().id.clone());
        let id = first.unwrap_or_default();
        let now = world.now();
        let rules = scenes.iter().flat_map(|scene| {
            let after = SignedDuration::try_from(scene.after).unwrap_or(SignedDuration::MAX);
            let from = now.checked_add(after).unwrap_or(Timestamp::MAX);
            // A test ensures that every rule of the table parses once it has an id.
            let rules =
                scene.faults.iter().filter_map(|rule| rule.replace("{endpoint_id}", &id).parse().ok());
            rules.map(move |rule| (from, rule)).collect::<Vec<_>>()
        });
        let rules = rules.collect();
        *active = Active { scenes, rules };
    }

    /// The active scenes.
    pub(crate) fn scenes(&self) -> Vec<&'static Scene> {
        self.lock().scenes.clone()
    }

    /// The fault that the scenes bring for a request.
    pub(crate) fn fault(
        &self,
        api: Api,
        operation: &str,
        endpoint: Option<&str>,
        now: Timestamp,
    ) -> Option<Fault> {
        let active = self.lock();
        let mut rules = active.rules.iter().filter(|(from, _)| *from <= now).map(|(_, rule)| rule);
        Some(rules.find(|rule| rule.target.matches(api, operation, endpoint))?.fault.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Active> {
        self.0.lock()
    }
}
