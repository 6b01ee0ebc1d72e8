//! Every place in a document, and every kind of damage that a value can have.

use serde_json::{Value, json};
use strum::{IntoStaticStr, VariantArray};

/// A step from a value to one in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Member(String),
    Element(usize),
}

/// The steps from the document to a value.
pub(super) type Place = Vec<Step>;

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
pub(super) enum Damage {
    Missing,
    Null,
    Text,
    Number,
    Flag,
    List,
    Object,
    /// Half of a pair of surrogates, at the end of a text or instead of another value.
    Surrogate,
    /// A byte that is not UTF-8.
    Byte,
    /// A control character that is not escaped.
    Control,
    Huge,
    NotANumber,
    Negative,
    /// The member again, with another value after it.
    RepeatedAfter,
    /// The member again, with another value before it.
    RepeatedBefore,
}

/// What a damaged document must be read like.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Like {
    /// Without the value.
    Missing,
    /// The whole one.
    Whole,
    /// Another one that is not damaged.
    Document(Value),
}

/// A place as text, such as `pods.0.gpu`.
pub(super) fn text(place: &Place) -> String {
    let step = |step: &Step| match step {
        Step::Member(name) => name.clone(),
        Step::Element(at) => at.to_string(),
    };
    place.iter().map(step).collect::<Vec<_>>().join(".")
}

/// Every place but the document itself.
pub(super) fn places(document: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    collect(document, &mut Vec::new(), &mut found);
    found
}

fn children(value: &Value) -> Vec<(Step, &Value)> {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (Step::Member(name.clone()), value)).collect()
        }
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(at, value)| (Step::Element(at), value)).collect()
        }
        _ => Vec::new(),
    }
}

fn collect(value: &Value, at: &mut Place, found: &mut Vec<Place>) {
    for (step, child) in children(value) {
        at.push(step);
        found.push(at.clone());
        collect(child, at, found);
        at.pop();
    }
}

/// The value at a place.
pub(super) fn value<'a>(document: &'a Value, place: &[Step]) -> &'a Value {
    place.iter().fold(document, |value, step| match step {
        Step::Member(name) => &value[name.as_str()],
        Step::Element(at) => &value[*at],
    })
}

impl Damage {
    /// The damaged value as it is written, and what the document must be read like. `None` if it does not damage this
    /// value.
    fn of(self, value: &Value) -> Option<(Vec<u8>, Option<Value>)> {
        let of_text = |rest: &[u8], repaired: &str| {
            let text = value.as_str().unwrap_or_default();
            let written = serde_json::to_string(text).unwrap();
            let mut bytes = written.as_bytes()[..written.len() - 1].to_vec();
            bytes.extend_from_slice(rest);
            bytes.push(b'"');
            (bytes, value.is_string().then(|| Value::from(format!("{text}{repaired}"))))
        };
        let plain = |is_same: bool, written: &str| (!is_same).then(|| (written.as_bytes().to_vec(), None));
        match self {
            Self::Missing | Self::RepeatedAfter | Self::RepeatedBefore => None,
            Self::Null => plain(value.is_null(), "null"),
            Self::Text => plain(value.is_string(), "\"text\""),
            Self::Number => plain(value.is_number(), "-7.25"),
            Self::Flag => plain(value.is_boolean(), "true"),
            Self::List => plain(value.is_array(), "[7]"),
            Self::Object => plain(value.is_object(), "{\"odd\":[1]}"),
            Self::Surrogate => Some(of_text(b"\\ud83d", "\u{FFFD}")),
            Self::Byte => Some(of_text(b"\xff", "\u{FFFD}")),
            Self::Control => value.is_string().then(|| of_text(b"\x01", "\u{1}")),
            Self::Huge => plain(false, "1e999"),
            Self::NotANumber => plain(false, "NaN"),
            Self::Negative => {
                plain(!value.is_number(), &(-1.0 - value.as_f64().unwrap_or(0.0).abs()).to_string())
            }
        }
    }
}

/// A document with damage at a place, and what it must be read like. `None` if it does not damage this value.
pub(super) fn damaged(document: &Value, place: &Place, damage: Damage) -> Option<(Vec<u8>, Like)> {
    let original = value(document, place);
    let is_member = matches!(place.last(), Some(Step::Member(_)));
    let other = if original.is_array() { "7" } else { "[[7]]" };
    let (written, like) = match damage {
        Damage::Missing => (Vec::new(), Like::Missing),
        Damage::RepeatedAfter if is_member => (format!("{original},KEY:{other}").into_bytes(), Like::Whole),
        Damage::RepeatedBefore if is_member => {
            (format!("{other},KEY:{original}").into_bytes(), Like::Missing)
        }
        _ => {
            let (written, repaired) = damage.of(original)?;
            let like = repaired.map_or(Like::Missing, |repaired| {
                let mut other = document.clone();
                let pointer = format!("/{}", text(place).replace('.', "/"));
                *other.pointer_mut(&pointer).unwrap() = repaired;
                Like::Document(other)
            });
            (written, like)
        }
    };
    let mut out = Vec::new();
    write(document, &mut Vec::new(), (place, damage, &written), &mut out);
    Some((out, like))
}

fn write(current: &Value, at: &mut Place, damage: (&Place, Damage, &[u8]), out: &mut Vec<u8>) {
    let (place, kind, written) = damage;
    let (open, close) = match current {
        Value::Object(_) => (b'{', b'}'),
        Value::Array(_) => (b'[', b']'),
        scalar => return out.extend_from_slice(scalar.to_string().as_bytes()),
    };
    out.push(open);
    let mut is_first = true;
    for (step, child) in children(current) {
        at.push(step.clone());
        let is_damaged = at == place;
        if !(is_damaged && kind == Damage::Missing) {
            if !is_first {
                out.push(b',');
            }
            is_first = false;
            let key = match &step {
                Step::Member(name) => json!(name).to_string(),
                Step::Element(_) => String::new(),
            };
            if !key.is_empty() {
                out.extend_from_slice(format!("{key}:").as_bytes());
            }
            if is_damaged {
                let repeats = matches!(kind, Damage::RepeatedAfter | Damage::RepeatedBefore);
                let text = repeats.then(|| String::from_utf8(written.to_vec()).unwrap().replace("KEY", &key));
                out.extend_from_slice(text.as_deref().map_or(written, str::as_bytes));
            } else {
                write(child, at, damage, out);
            }
        }
        at.pop();
    }
    out.push(close);
}
