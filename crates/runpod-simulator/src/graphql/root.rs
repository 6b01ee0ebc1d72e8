//! What the roots of both schemas have in common: the owner's data is for the owner only, and a pod is selected by its id.

use serde::Deserialize;

use super::engine::Arguments;
use crate::answer::Identity;
use crate::world::{Pod, World};

/// The world, and the identity of the client.
pub(super) struct Root {
    pub(super) world: World,
    pub(super) identity: Identity,
}

/// Selects a pod.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PodFilter {
    pod_id: String,
}

impl Root {
    /// The world of the owner. Without a key, everything but prices is null.
    pub(super) fn own(&self) -> Option<&World> {
        Some(&self.world).filter(|_| self.identity == Identity::Owner)
    }

    /// The owner's pod that the arguments select.
    pub(super) fn pod(&self, arguments: &Arguments) -> Option<&Pod> {
        let PodFilter { pod_id } = arguments.get("input");
        self.own()?.pods().iter().find(|pod| pod.id == pod_id)
    }
}
