//! What Runpod's webhook says of a job: the object that `/status` gives.
//!
//! Of its fields, `input` and whatever else is there are skipped, and of `output` only the tokens are read.

use std::fmt;
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::time::Millis;
use super::tokens::Found;
use super::{Job, Pointers, Rejection, Status, Times};

/// Reads a payload that is there.
pub fn from_slice(body: &[u8], pointers: &Pointers) -> Result<Job, Rejection> {
    read(serde_json::Deserializer::from_slice(body), pointers)
}

/// Reads a payload while it arrives.
pub fn from_reader(body: impl Read, pointers: &Pointers) -> Result<Job, Rejection> {
    read(serde_json::Deserializer::from_reader(body), pointers)
}

fn read<'de, R: serde_json::de::Read<'de>>(
    mut json: serde_json::Deserializer<R>,
    pointers: &Pointers,
) -> Result<Job, Rejection> {
    let broken = |error: serde_json::Error| Rejection::malformed(format!("not a job in JSON: {error}"));
    let Payload { id, status, delay, execution, tokens } =
        Reader { pointers }.deserialize(&mut json).map_err(broken)?;
    json.end().map_err(broken)?;
    let missing = |field| Rejection::malformed(format!("not a job in JSON: missing field \"{field}\""));
    let id = id.filter(|id| !id.is_empty()).ok_or_else(|| missing("id"))?;
    let status = Status::parse(&status.ok_or_else(|| missing("status"))?)?;
    let times = Times::of(delay.map(|Millis(time)| time), execution.map(|Millis(time)| time));
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

/// The fields as they are written.
#[derive(Default)]
struct Payload {
    id: Option<String>,
    status: Option<String>,
    delay: Option<Millis>,
    execution: Option<Millis>,
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
                Field::Output => map.next_value_seed(self.pointers.look(&mut payload.tokens))?,
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
        fn whatever_is_sent_does_no_harm_and_is_read_alike_however_it_comes(
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
