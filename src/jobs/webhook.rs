//! A job that Runpod's webhook reports: the object that `/status` returns.
//!
//! `input` and unknown fields are skipped, and of `output` only the token counts are parsed. What is not JSON in them, such as
//! half of an emoji or `NaN`, costs nothing.

use std::fmt;
use std::io::Read;

use lenient_json::{Checked, Decoded, Number, Text};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::time::from_millis;
use super::tokens::Found;
use super::{Job, Pointers, Rejection, Status, Times};

/// Parses a complete payload.
pub(crate) fn from_slice(body: &[u8], pointers: &Pointers) -> Result<Job, Rejection> {
    job(lenient_json::from_slice_seed(body, Reader { pointers }), pointers)
}

/// Parses a payload while it is received.
pub(crate) fn from_reader(body: impl Read, pointers: &Pointers) -> Result<Job, Rejection> {
    job(lenient_json::from_reader(body, Reader { pointers }), pointers)
}

/// A time that cannot be true or cannot be read is left out: the job has ended all the same.
fn job(payload: Result<Decoded<Payload>, serde_json::Error>, pointers: &Pointers) -> Result<Job, Rejection> {
    let invalid = |error: serde_json::Error| Rejection::malformed(format!("not a job in JSON: {error}"));
    let Payload { id, status, delay, execution, tokens } = payload.map_err(invalid)?.value;
    let id = text("id", id)?;
    let status = Status::parse(&text("status", status)?)?;
    let time = |millis: Number| from_millis(millis.0?);
    let (times, tokens) = (Times::of(time(delay), time(execution)), pointers.tokens(&tokens));
    Ok(Job { id: Some(id), status, times, tokens, trace: None })
}

/// A field without which there is no job.
fn text(field: &str, value: Checked<Text>) -> Result<String, Rejection> {
    let problem = match value.0 {
        Ok(Text(Some(text))) if !text.is_empty() => return Ok((*text).to_owned()),
        Ok(_) => "missing field",
        Err(_) => "not a text in field",
    };
    Err(Rejection::malformed(format!("not a job in JSON: {problem} \"{field}\"")))
}

#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
#[repr(u8)]
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
    id: Checked<Text>,
    status: Checked<Text>,
    delay: Number,
    execution: Number,
    tokens: Found,
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    pointers: &'a Pointers,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Payload;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Payload, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Payload;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with id, status, delayTime and executionTime")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Payload, A::Error> {
        let mut payload = Payload::default();
        let mut seen = 0_u8;
        while let Some(field) = map.next_key::<Field>()? {
            // Of a repeated field, the first value counts.
            let bit = 1_u8 << field as u8;
            let field = if seen & bit == 0 { field } else { Field::Other };
            seen |= bit;
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
