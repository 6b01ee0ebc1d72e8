//! Network volumes, balance and limits.

use lenient_json::{Name, Number, NumberOr, OwnId, Text};
use serde::Deserialize;

/// A network volume. REST `GET /network-volumes`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Volume {
    pub id: OwnId,
    pub name: Name,
    /// In gigabytes (10^9 bytes).
    pub size: Number,
    /// Data center id.
    pub data_center: Text,
}

/// The balance, and how the account pays. REST; the path is in the API's description.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Balance {
    /// In dollars.
    pub balance_amount: Number,
    /// `PREPAID` or `POSTPAID`.
    pub billing_mode: Text,
}

/// The limits of the account. REST; the path is in the API's description.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Limits {
    /// In dollars per hour.
    pub spend_rate: NumberOr<Limit>,
    /// Number of serverless workers.
    pub serverless_workers: NumberOr<Limit>,
}

/// A limit with its current use. Runpod has published the name of the property, but not its type: a number is the limit. The
/// unit is that of the property.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Limit {
    /// The current value.
    pub used: Number,
    /// The maximum.
    pub limit: Number,
}
