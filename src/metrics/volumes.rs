//! Network volumes. No API returns how full they are.
//!
//! Source   REST `/network-volumes`, or GraphQL `myself { networkVolumes }`, every ten minutes.

use crate::catalog::Kind::Gauge;
use crate::catalog::{Family, Single};
use crate::snapshot::{Bytes, Volume};

pub(super) static FAMILIES: &[&dyn Family] = &[&Single::<Volume, Bytes> {
    name: "runpod_network_volume_size_bytes",
    help: "Size of a network volume, billed whether used or not (REST network-volumes size, GraphQL networkVolumes.size).",
    kind: Gauge,
    read: |volume| volume.size,
}];
