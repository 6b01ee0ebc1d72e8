//! A network volume as GraphQL gives it.

use serde::Deserialize;

use super::{Number, Text};

/// GraphQL `NetworkVolume`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Runpod's; units are said where they are converted")]
pub struct Volume {
    pub id: Text,
    pub name: Text,
    pub size: Number,
    pub data_center_id: Text,
}
