//! What Runpod offers to everybody: types of GPUs and CPUs with their prices, and where they are available.
//!
//! What the account itself rents does not belong here; that is in `pod` and `endpoint`.

mod data_center;
mod offer;
mod stock;

pub use data_center::DataCenter;
pub use offer::{Offer, PriceCloud};
pub use stock::Stock;

/// The market.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Market {
    /// GPU types, by id, each once.
    pub gpus: Vec<Offer>,
    /// CPU types, by id, each once.
    pub cpus: Vec<Offer>,
    /// Data centers, each once.
    pub data_centers: Vec<DataCenter>,
}
