//! A network volume: its size and location. No API returns how full it is.

use std::sync::Arc;

use runpod::wire;

use super::Billed;
use super::convert::{gigabytes, name_or_id};
use super::unit::Bytes;

/// One network volume.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Volume {
    /// Its id, which is unique.
    pub id: Arc<str>,
    /// Its name, which is not unique; its id if the API gives no name.
    pub name: Arc<str>,
    /// Its data center; empty if the API does not give it.
    pub data_center_id: Arc<str>,
    /// Its size.
    pub size: Option<Bytes>,
    /// What was billed for it.
    pub billed: Billed,
}

impl Volume {
    pub(crate) fn from_rest(wire: wire::rest::Volume) -> Option<Self> {
        let wire::rest::Volume { id, name, size, data_center } = wire;
        Self::new(id, name, size, data_center)
    }

    pub(crate) fn from_graphql(wire: wire::Volume) -> Option<Self> {
        let wire::Volume { id, name, size, data_center_id } = wire;
        Self::new(id, name, size, data_center_id)
    }

    fn new(id: wire::OwnId, name: wire::Name, size: wire::Number, place: wire::Text) -> Option<Self> {
        let id = id.0?;
        let name = name_or_id(name.0, &id);
        let (size, data_center_id) = (gigabytes(size), place.0.unwrap_or_default());
        Some(Self { id, name, data_center_id, size, billed: Billed::default() })
    }
}
