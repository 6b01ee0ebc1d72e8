//! A network volume.

use serde::Serialize;

use crate::world;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NetworkVolume {
    id: String,
    name: &'static str,
    size: u32,
    data_center_id: &'static str,
}

impl NetworkVolume {
    pub(super) fn new(volume: &world::NetworkVolume) -> Self {
        Self {
            id: volume.id.clone(),
            name: volume.name,
            size: volume.size_gb,
            data_center_id: volume.data_center.id,
        }
    }
}
