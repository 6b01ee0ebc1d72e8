//! What a scene consists of.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use crate::world::Conditions;

/// A typical problem of the first endpoint, the first pod, the first cluster, the account or the APIs.
pub struct Scene {
    /// Its name.
    pub name: &'static str,
    /// What happens, in one sentence.
    pub story: &'static str,
    /// The findings that an exporter reports for it, as values of the label `finding`. More can follow from these.
    pub found: &'static [&'static str],
    /// Number of clusters that the account needs for it. A simulator that starts with the scene creates them.
    pub clusters: usize,
    /// How long after its start the change happens, if something has to be observed before.
    pub(super) after: Duration,
    /// The change of the world.
    pub(super) world: fn(&mut Conditions<'_>),
    /// Fault rules as on the command line, with `{endpoint_id}` for the first endpoint.
    pub(super) faults: &'static [&'static str],
}

impl Debug for Scene {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
