//! Work that is shared by all who ask for it while it is under way. What the work is does not belong here.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;

use tokio::sync::watch;
use tokio::time::Instant;

/// The flights in the air, by where they go.
#[derive(Debug)]
pub(super) struct Flights<K, V>(Mutex<HashMap<K, Flight<V>>>);

impl<K, V> Default for Flights<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[derive(Debug)]
struct Flight<V> {
    deadline: Instant,
    landing: watch::Receiver<Option<V>>,
}

impl<K: Clone + Eq + Hash, V: Clone> Flights<K, V> {
    /// Joins the flight that goes there and is over by `deadline`, or has `launch` begin one. A flight whose sender is
    /// dropped without a value came to nothing.
    pub(super) fn board(
        &self,
        to: K,
        deadline: Instant,
        launch: impl FnOnce(K, watch::Sender<Option<V>>),
    ) -> watch::Receiver<Option<V>> {
        let mut flights = super::lock(&self.0);
        let in_time = |flight: &&Flight<V>| flight.is_in_the_air() && flight.deadline <= deadline;
        let joined = flights.get(&to).filter(in_time).map(|flight| flight.landing.clone());
        joined.unwrap_or_else(|| {
            flights.retain(|_, flight| flight.is_in_the_air());
            let (land, landing) = watch::channel(None);
            flights.insert(to.clone(), Flight { deadline, landing: landing.clone() });
            launch(to, land);
            landing
        })
    }
}

impl<V> Flight<V> {
    fn is_in_the_air(&self) -> bool {
        self.landing.borrow().is_none() && self.landing.has_changed().is_ok()
    }
}
