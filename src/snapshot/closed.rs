//! Closed sets of Runpod: an enum has one row for each value that this exporter knows, and [`OrOther`] keeps the text of any
//! other value.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use serde::{Serialize, Serializer};
use strum::VariantArray;

use super::unknown::Unknown;

/// An enum whose variants are values of a label. Their names are derived by strum, in snake case unless a variant says
/// otherwise.
pub trait ClosedSet: VariantArray + Copy + Into<&'static str> {
    /// The value of the label.
    fn as_str(self) -> &'static str {
        self.into()
    }

    /// The variant with this name.
    fn named(name: &str) -> Option<Self> {
        Self::VARIANTS.iter().copied().find(|variant| variant.as_str() == name)
    }
}

impl<T: VariantArray + Copy + Into<&'static str>> ClosedSet for T {}

/// The known values of a closed set: `read` has an arm for each variant.
pub(super) fn each<K: VariantArray + Copy + Ord, V>(read: impl Fn(K) -> Option<V>) -> BTreeMap<K, V> {
    K::VARIANTS.iter().filter_map(|key| Some((*key, read(*key)?))).collect()
}

/// A known value, or the text of another one, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the type describes both")]
pub enum OrOther<T> {
    Known(T),
    Other(String),
}

impl<T: ClosedSet> OrOther<T> {
    /// Reads a value in any case. One that is not in the set is reported as unknown.
    pub(super) fn read(field: &'static str, text: Option<&str>, unknown: &mut Vec<Unknown>) -> Option<Self> {
        // A damaged value is not another one, but unknown.
        let text = text.filter(|text| text.chars().all(is_plain))?;
        let text = text.to_lowercase();
        Some(T::named(&text).map_or_else(
            || {
                unknown.push(Unknown { field });
                Self::Other(text)
            },
            Self::Known,
        ))
    }

    /// The known value.
    pub(super) fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Other(_) => None,
        }
    }

    /// The value of the label.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(value) => value.as_str(),
            Self::Other(text) => text,
        }
    }
}

impl<T> From<T> for OrOther<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: PartialEq> PartialEq<T> for OrOther<T> {
    fn eq(&self, other: &T) -> bool {
        matches!(self, Self::Known(value) if value == other)
    }
}

/// The order is that of the texts, and with it the order of series.
impl<T: ClosedSet + Eq> Ord for OrOther<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl<T: ClosedSet + Eq> PartialOrd for OrOther<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: ClosedSet> Display for OrOther<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<T: ClosedSet> Serialize for OrOther<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Whether a character may be in the value of a closed set: not one that stands for damage, or that nobody sees.
fn is_plain(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, ' '..='~')
}

#[cfg(test)]
mod tests {
    use strum::IntoStaticStr;

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
    #[strum(serialize_all = "snake_case")]
    enum Color {
        DarkRed,
    }

    #[test]
    fn a_known_value_is_a_variant_and_another_one_is_kept_and_reported() {
        let mut unknown = Vec::new();
        let mut read = |text: &str| OrOther::<Color>::read("color", Some(text), &mut unknown).unwrap();
        let (known, other) = (read("DARK_RED"), read("Blue"));
        assert_eq!((&known, known.as_str()), (&OrOther::Known(Color::DarkRed), "dark_red"));
        assert!(known == Color::DarkRed && other != Color::DarkRed && other < known);
        assert_eq!((other.as_str(), unknown), ("blue", vec![Unknown { field: "color" }]));
    }
}
