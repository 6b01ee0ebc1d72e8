//! A network volume from GraphQL.

use serde::Deserialize;

use super::lenient::{Number, Text};

/// A network volume. GraphQL `NetworkVolume`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Volume {
    pub id: Text,
    pub name: Text,
    /// In gigabytes (10^9 bytes).
    pub size: Number,
    pub data_center_id: Text,
}
