//! The amounts billed.

use std::fmt;

use lenient_json::{Checked, Id, List, Number, Text};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

/// Maximum number of records: one for each day of a month and each of three thousand resources. They take forty megabytes while
/// they are added up.
const MAX_RECORDS: usize = 100_000;

/// Maximum number of parts of a record. Runpod's largest has nine.
const MAX_PARTS: usize = 64;

/// Maximum length of the name of a part in bytes.
const MAX_PART: usize = 64;

/// The amounts billed. REST `GET /billing` and the ledgers below.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Bill {
    /// One record for each time bucket and resource.
    pub records: List<Record, MAX_RECORDS>,
}

/// The amount billed for one resource, or for all, in one time bucket. What cannot be read is not the same as what is
/// missing: sums of the others would be too low.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// RFC 3339.
    pub start_time: Checked<Text>,
    pub pod_id: Checked<Id>,
    pub serverless_id: Checked<Id>,
    pub network_volume_id: Checked<Id>,
    pub cluster_id: Checked<Id>,
    /// In dollars.
    pub total_amount: Checked<Number>,
    /// The parts of the total by the name of their field, which ends in `Amount`, in dollars. Most records have one or two, for which a
    /// map would take the memory of eleven.
    pub parts: Vec<(Box<str>, Checked<Number>)>,
    /// Whether the name of a field cannot be read, so that it may be any of these.
    pub has_unreadable_field: bool,
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RecordVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut record = Record::default();
        while let Some(field) = map.next_key::<String>()? {
            match &*field {
                "startTime" => record.start_time = map.next_value()?,
                "podId" => record.pod_id = map.next_value()?,
                "serverlessId" => record.serverless_id = map.next_value()?,
                "networkVolumeId" => record.network_volume_id = map.next_value()?,
                "clusterId" => record.cluster_id = map.next_value()?,
                "totalAmount" => record.total_amount = map.next_value()?,
                part if is_part(part) && record.parts.len() < MAX_PARTS => {
                    let amount = map.next_value()?;
                    record.parts.reserve_exact(1);
                    record.parts.push((field.into(), amount));
                }
                other => {
                    record.has_unreadable_field |= !other.bytes().all(|byte| byte.is_ascii_graphic());
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(record)
    }
}

/// Whether a field is a part of the total.
fn is_part(field: &str) -> bool {
    let kind = field.strip_suffix("Amount").unwrap_or_default();
    (1..=MAX_PART).contains(&kind.len()) && kind.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
