//! Batches of one endpoint from the job API (beta). Runpod documents a batch, but not the shape of the list.

use lenient_json::{Number, Text};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Maximum number of batches in a list. More would make the counts of the newest ones look like those of all.
const MAX_BATCHES: usize = 5_000;

/// The batches of an endpoint. Job API `GET /v2/{endpoint_id}/batch`.
#[derive(Debug, Clone, Default)]
pub struct Batches {
    pub batches: Vec<Batch>,
    /// Number of elements that are not batches.
    pub unreadable: u64,
}

/// A batch.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Batch {
    /// `DRAFT`, `FINALIZED`, `FAILED` or `CANCELLED`. A batch stays finalized when its requests have ended.
    pub status: Text,
    pub request_total: Number,
    pub request_in_progress: Number,
    pub request_completed: Number,
    pub request_failed: Number,
}

/// Why a response is not read as a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoBatches {
    /// It is neither a list nor an object with one list.
    NoList,
    /// It does not have all batches.
    Incomplete,
}

impl Batches {
    /// Reads a list, or an object with exactly one list.
    pub(crate) fn read(response: &Value) -> Result<Self, NoBatches> {
        let list = match response {
            Value::Array(list) => list,
            Value::Object(fields) => {
                let mut lists = fields.values().filter_map(Value::as_array);
                let (Some(list), None) = (lists.next(), lists.next()) else { return Err(NoBatches::NoList) };
                if has_more(fields, list.len()) {
                    return Err(NoBatches::Incomplete);
                }
                list
            }
            _ => return Err(NoBatches::NoList),
        };
        if list.len() > MAX_BATCHES {
            return Err(NoBatches::Incomplete);
        }
        let mut read = Self::default();
        for element in list {
            match batch(element) {
                Some(batch) => read.batches.push(batch),
                None => read.unreadable = read.unreadable.saturating_add(1),
            }
        }
        Ok(read)
    }
}

/// Whether a response says that there are more batches than in its list of this length, at its top or in `pagination`. Runpod
/// documents no list of batches, so these are the usual names. A cursor says it unless a flag says the contrary.
fn has_more(response: &Map<String, Value>, length: usize) -> bool {
    let pagination = response.get("pagination").and_then(Value::as_object);
    let places = [Some(response), pagination].into_iter().flatten();
    let members = |names: &'static [&str]| {
        places.clone().flat_map(|place| names.iter().filter_map(|name| place.get(*name)))
    };
    let flags: Vec<bool> = members(&["hasMore", "hasNextPage"]).filter_map(Value::as_bool).collect();
    let is_cursor = |value: &Value| value.as_str().is_some_and(|cursor| !cursor.is_empty());
    let has_cursor = members(&["next", "nextCursor", "nextPageToken"]).any(is_cursor);
    let is_longer = |total: u64| usize::try_from(total).is_ok_and(|total| total > length);
    let has_total = members(&["total", "totalCount"]).filter_map(Value::as_u64).any(is_longer);
    has_total || flags.contains(&true) || (flags.is_empty() && has_cursor)
}

/// An object with a status is a batch.
fn batch(element: &Value) -> Option<Batch> {
    let text = element.to_string();
    let batch: Batch = lenient_json::from_slice(text.as_bytes()).ok()?.value;
    batch.status.0.is_some().then_some(batch)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_or_an_object_with_one_list_is_read() {
        let one = json!({"id": "b", "status": "DRAFT", "requestTotal": "3", "requestFailed": {}});
        for response in [
            json!([one]),
            json!({"batches": [one]}),
            json!({"data": [one], "total": 1, "next": null, "nextCursor": ""}),
            json!({"data": [one], "pagination": {"hasNextPage": false, "nextCursor": "abc"}}),
        ] {
            let read = Batches::read(&response).unwrap();
            let [batch] = &read.batches[..] else { panic!("{read:?}") };
            assert_eq!(batch.status.0.as_deref(), Some("DRAFT"));
            assert_eq!(
                (batch.request_total.0, batch.request_failed.0, read.unreadable),
                (Some(3.0), None, 0)
            );
        }
        let odd = json!([one, 7, null, "x", [], {}, {"id": "c"}, {"status": 5}]);
        let read = Batches::read(&odd).unwrap();
        assert_eq!((read.batches.len(), read.unreadable), (1, 7));
    }

    #[test]
    fn a_response_without_one_complete_list_is_none() {
        for (response, why) in [
            (json!({}), NoBatches::NoList),
            (json!({"error": "internal"}), NoBatches::NoList),
            (json!({"a": [], "b": []}), NoBatches::NoList),
            (json!(null), NoBatches::NoList),
            (json!("x"), NoBatches::NoList),
            (json!({"batches": [], "hasMore": true}), NoBatches::Incomplete),
            (json!({"batches": [], "next": "page-2"}), NoBatches::Incomplete),
            (json!({"batches": [], "nextCursor": "abc"}), NoBatches::Incomplete),
            (json!({"batches": [], "pagination": {"nextPageToken": "abc"}}), NoBatches::Incomplete),
            (json!({"batches": [{}], "total": 50}), NoBatches::Incomplete),
            (json!({"batches": [{}], "pagination": {"totalCount": 2}}), NoBatches::Incomplete),
            (json!({"batches": [], "pagination": {"hasNextPage": true}}), NoBatches::Incomplete),
            (Value::Array(vec![json!({}); MAX_BATCHES + 1]), NoBatches::Incomplete),
        ] {
            assert_eq!(Batches::read(&response).err(), Some(why));
        }
    }
}
