//! A network volume from GraphQL.

use lenient_json::{Name, Number, OwnId, Text};
use serde::Deserialize;

/// A network volume. GraphQL `NetworkVolume`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Volume {
    pub id: OwnId,
    pub name: Name,
    /// In gigabytes (10^9 bytes).
    pub size: Number,
    pub data_center_id: Text,
}
