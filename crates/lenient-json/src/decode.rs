//! Reading of documents: in one attempt if it is JSON, and in a second one if it can be repaired.

use std::cell::RefCell;
use std::io::{BufReader, Read};
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::{Deserializer, Error, Value};

use crate::notes::Notes;
use crate::path::Path;
use crate::reader::RepairReader;
use crate::repair::repaired;
use crate::tolerant::{Context, Tolerant};

/// What a document contains, and what could not be used of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<T> {
    /// The content.
    pub value: T,
    /// What could not be used.
    pub notes: Notes,
}

/// Reads a document.
///
/// # Errors
/// Fails if it is not JSON and cannot be repaired: if it is truncated, or its structure is broken. Also if it is not an object
/// and the type needs one.
pub fn from_slice<T: DeserializeOwned>(document: &[u8]) -> Result<Decoded<T>, Error> {
    from_slice_seed(document, PhantomData::<T>)
}

/// Reads a document with a seed, which is used again for a second attempt.
///
/// # Errors
/// As [`from_slice`].
pub fn from_slice_seed<T, S>(document: &[u8], seed: S) -> Result<Decoded<T>, Error>
where
    S: for<'de> DeserializeSeed<'de, Value = T> + Clone,
{
    // Checking all of the text at once is faster than string by string.
    let first = str::from_utf8(document).ok().map(|text| read(Deserializer::from_str(text), seed.clone()));
    match first {
        Some(Err(error)) if error.is_syntax() => {
            let second = read(Deserializer::from_slice(&repaired(document)), seed);
            second.map_err(|_same_place| error) // that of the document as it was sent
        }
        Some(result) => result,
        None => read(Deserializer::from_slice(&repaired(document)), seed),
    }
}

/// Reads a document with a seed while it is received, in one attempt in which it is repaired.
///
/// # Errors
/// As [`from_slice`], and if the reader fails.
pub fn from_reader<T, S>(reader: impl Read, seed: S) -> Result<Decoded<T>, Error>
where
    S: for<'de> DeserializeSeed<'de, Value = T>,
{
    read(Deserializer::from_reader(BufReader::new(RepairReader::new(reader))), seed)
}

/// Reads a document whose structure is unknown. What is not JSON in it is null.
///
/// # Errors
/// As [`from_slice`].
pub fn value(document: &[u8]) -> Result<Value, Error> {
    from_slice(document).map(|decoded| decoded.value)
}

fn read<'de, R: serde_json::de::Read<'de>, S: DeserializeSeed<'de>>(
    mut json: Deserializer<R>,
    seed: S,
) -> Result<Decoded<S::Value>, Error> {
    let notes = RefCell::default();
    let context = Context { at: &Path::ROOT, notes: &notes };
    let value = seed.deserialize(Tolerant { inner: &mut json, context })?;
    json.end()?;
    Ok(Decoded { value, notes: notes.into_inner() })
}
