//! Which scenes are played, since when, and how the APIs break in them.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Scene;
use crate::api::Api;
use crate::faults::{Fault, Rule};
use crate::world::World;

/// What is played. Faults that somebody orders by hand are no part of it.
#[derive(Debug, Default)]
pub(crate) struct Stage(Mutex<Playing>);

#[derive(Debug, Default)]
struct Playing {
    scenes: Vec<&'static Scene>,
    /// The rules that they bring, each with the moment from which it holds.
    rules: Vec<(Timestamp, Rule)>,
}

impl Stage {
    /// Plays these scenes together from now on, and no others. What they changed before goes back to what is usual.
    pub(crate) fn play(&self, world: &World, scenes: Vec<&'static Scene>) {
        let mut playing = self.lock();
        let mut times: Vec<Duration> = scenes.iter().map(|scene| scene.after).collect();
        times.push(Duration::ZERO);
        times.sort_unstable();
        times.dedup();
        for after in times {
            let begun = scenes.iter().filter(|scene| scene.after <= after);
            world.turn(after, |conditions| begun.clone().for_each(|scene| (scene.world)(conditions)));
        }
        let first = world.endpoints().first().map(|endpoint| endpoint.configuration().id.clone());
        let id = first.unwrap_or_default();
        let now = world.now();
        let rules = scenes.iter().flat_map(|scene| {
            let after = SignedDuration::try_from(scene.after).unwrap_or(SignedDuration::MAX);
            let from = now.checked_add(after).unwrap_or(Timestamp::MAX);
            // Every rule of the table can be read, with an id in it; a test sees to that.
            let rules =
                scene.faults.iter().filter_map(|rule| rule.replace("{endpoint_id}", &id).parse().ok());
            rules.map(move |rule| (from, rule)).collect::<Vec<_>>()
        });
        let rules = rules.collect();
        *playing = Playing { scenes, rules };
    }

    /// What is played.
    pub(crate) fn scenes(&self) -> Vec<&'static Scene> {
        self.lock().scenes.clone()
    }

    /// The fault for a request.
    pub(crate) fn fault(
        &self,
        api: Api,
        operation: &str,
        endpoint: Option<&str>,
        now: Timestamp,
    ) -> Option<Fault> {
        let playing = self.lock();
        let mut rules = playing.rules.iter().filter(|(from, _)| *from <= now).map(|(_, rule)| rule);
        Some(rules.find(|rule| rule.target.fits(api, operation, endpoint))?.fault.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Playing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
