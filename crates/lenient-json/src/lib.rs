//! JSON of other services, read so that one bad value costs itself.
//!
//! A document is read straight into types with `serde`. What differs from plain `serde_json`:
//!
//! - A value of another type than expected is unknown, and an element of a list that is not an object is left out. Both are
//!   noted with their path in [`Notes`]; the rest of the document is read as usual. Null and a missing field are unknown too,
//!   but not noted, except where something is lost: the id of an object ([`OwnId`]), and an element of a list of objects.
//! - A number may be text (`"12"`), and a flag may be `"true"` or `"false"`.
//! - A field that is repeated in an object counts once, with its first value, and is noted.
//! - Text that is not Unicode, raw control characters in text, byte order marks, and words that are not JSON (`NaN`, `1e999`)
//!   are repaired in a second attempt, which only a document with a syntax error needs. A truncated document is an error, as
//!   is one that is not an object although its type is one.
//! - Lists, maps and texts have a maximum size, which holds while they are read.
//!
//! Types say what they expect with the types of this crate: [`Number`], [`Flag`], [`Text`], [`Name`], [`Id`], [`OwnId`],
//! [`Texts`], [`List`], [`Map`], [`Object`], [`NumberOr`], and [`object`] for a field; [`Checked`] and
//! [`CheckedObject`] also say whether a value is unknown because it cannot be read. They can only be read by [`from_slice`] and its
//! siblings. All other types of serde work as usual, but are strict. A `u64` that is renamed to `$others` is the number of
//! fields of an object that its type does not have.

mod containers;
mod decode;
mod either;
mod expect;
mod leaf;
mod notes;
mod path;
mod reader;
mod repair;
mod tolerant;

pub use self::containers::{CheckedObject, List, Map, Object, Texts, object};
pub use self::decode::{Decoded, from_reader, from_slice, from_slice_seed, value};
pub use self::either::NumberOr;
pub use self::leaf::{Checked, Flag, Id, Leaf, Name, Number, OwnId, Text, Unreadable};
pub use self::notes::{Note, Notes, Problem};
pub use self::repair::{is_unreadable, repaired};
