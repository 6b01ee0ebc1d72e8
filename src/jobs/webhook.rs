//! A job that Runpod's webhook reports: the object that `/status` returns.
//!
//! `input` and unknown fields are skipped, and of `output` only the token counts are parsed.

use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::time::Milliseconds;
use super::tokens::Found;
use super::{Job, Pointers, Rejection, Status, Times};

/// Parses a complete payload.
pub(crate) fn from_slice(body: &[u8], pointers: &Pointers) -> Result<Job, Rejection> {
    read(serde_json::Deserializer::from_slice(body), pointers)
}

/// Parses a payload while it is received.
pub(crate) fn from_reader(body: impl Read, pointers: &Pointers) -> Result<Job, Rejection> {
    read(serde_json::Deserializer::from_reader(body), pointers)
}

fn read<'de, R: serde_json::de::Read<'de>>(
    mut json: serde_json::Deserializer<R>,
    pointers: &Pointers,
) -> Result<Job, Rejection> {
    let invalid = |error: serde_json::Error| Rejection::malformed(format!("not a job in JSON: {error}"));
    let Payload { id, status, delay, execution, tokens } =
        Reader { pointers }.deserialize(&mut json).map_err(invalid)?;
    json.end().map_err(invalid)?;
    let missing = |field| Rejection::malformed(format!("not a job in JSON: missing field \"{field}\""));
    let id = id.filter(|id| !id.is_empty()).ok_or_else(|| missing("id"))?;
    let status = Status::parse(&status.ok_or_else(|| missing("status"))?)?;
    let times = Times::of(delay.map(|Milliseconds(time)| time), execution.map(|Milliseconds(time)| time));
    let tokens = pointers.tokens(&tokens);
    Ok(Job { id: Some(id), status, times, tokens })
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    Id,
    Status,
    DelayTime,
    ExecutionTime,
    Output,
    #[serde(other)]
    Other,
}

/// The fields of the payload.
#[derive(Default)]
struct Payload {
    id: Option<String>,
    status: Option<String>,
    delay: Option<Milliseconds>,
    execution: Option<Milliseconds>,
    tokens: Found,
}

struct Reader<'a> {
    pointers: &'a Pointers,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Payload;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Payload, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Payload;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with id, status, delayTime and executionTime")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Payload, A::Error> {
        let mut payload = Payload::default();
        while let Some(field) = map.next_key()? {
            match field {
                Field::Id => payload.id = map.next_value()?,
                Field::Status => payload.status = map.next_value()?,
                Field::DelayTime => payload.delay = map.next_value()?,
                Field::ExecutionTime => payload.execution = map.next_value()?,
                Field::Output => map.next_value_seed(self.pointers.visitor(&mut payload.tokens))?,
                Field::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(payload)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn pointers() -> Pointers {
        Pointers::new(vec!["/usage/input".parse().unwrap()], Vec::new())
    }

    proptest! {
        #[test]
        fn any_body_is_harmless_and_both_parsers_agree(
            at in 0_usize..150, cut in 0_usize..150, noise in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            let job = json!({"id": "a-u1", "status": "COMPLETED", "delayTime": 5, "output": [{"usage": {"input": 3}}], "executionTime": 7});
            let mut body = job.to_string().into_bytes();
            let (from, to) = (at.min(body.len()), (at + cut).min(body.len()));
            body.splice(from..to, noise);
            let (slice, reader) = (from_slice(&body, &pointers()), from_reader(&*body, &pointers()));
            prop_assert_eq!(slice.map_err(|error| error.reason), reader.map_err(|error| error.reason));
        }
    }
}
