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
    /// Whether a field was left out that is or may be one of these: its name cannot be read, or there were too many parts.
    pub has_unread_field: bool,
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
                    let is_readable = other.bytes().all(|byte| byte.is_ascii_graphic());
                    record.has_unread_field |= is_part(other) || !is_readable;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_says_that_parts_were_left_out() {
        for (count, others, is_left_out) in [
            (MAX_PARTS, "", false),
            (MAX_PARTS + 1, "", true),
            (1, r#","gpuHours":5"#, false),
            (1, r#","gpu\u001bAmount":5"#, true),
        ] {
            let parts: Vec<_> = (0..count).map(|part| format!(r#""p{part}Amount":1"#)).collect();
            let text = format!(r#"{{"records":[{{{}{others}}}]}}"#, parts.join(","));
            let bill = lenient_json::from_slice::<Bill>(text.as_bytes()).unwrap().value;
            let records = bill.records.0.unwrap();
            assert_eq!(records[0].parts.len(), count.min(MAX_PARTS), "{text}");
            assert_eq!(records[0].has_unread_field, is_left_out, "{text}");
        }
    }
}
