//! What was replaced, by kind.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use strum::{IntoStaticStr, VariantArray};

use super::fields;

/// What a replaced string was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray, IntoStaticStr)]
pub enum Kind {
    /// An id, a cursor, or a segment of a path.
    #[strum(serialize = "ids")]
    Id,
    /// A name, an image, a command, a tag, or any other string.
    #[strum(serialize = "names and other strings")]
    Name,
    /// An e-mail address.
    #[strum(serialize = "e-mail addresses")]
    Email,
    /// A URL, an IP address or a host name.
    #[strum(serialize = "URLs, hosts and IP addresses")]
    Address,
    /// A log line, or the text of an error.
    #[strum(serialize = "log lines and messages")]
    Text,
    /// The name of a field that is unknown, such as an environment variable.
    #[strum(serialize = "unknown field names")]
    Field,
    /// A number of a field that is unknown, or of the input or output of a job.
    #[strum(serialize = "unknown numbers")]
    Number,
    /// The value of a field that has one of a few, such as a new state.
    #[strum(serialize = "unknown values")]
    Value,
}

/// What was replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    counts: BTreeMap<Kind, (u64, BTreeSet<String>)>,
    /// Fields with a value that is unknown, and its stand-in.
    unknown: BTreeSet<(String, String)>,
}

impl Tally {
    /// Each kind with how often it was replaced, and the number of different strings.
    pub fn counts(&self) -> impl Iterator<Item = (Kind, u64, usize)> + use<'_> {
        let count = |kind: &Kind| {
            let (times, texts) = self.counts.get(kind)?;
            Some((*kind, *times, texts.len()))
        };
        Kind::VARIANTS.iter().filter_map(count)
    }

    /// The fields with a value that is not among those that this version knows, each with the stand-in of the value.
    pub fn unknown(&self) -> impl Iterator<Item = (&str, &str)> {
        self.unknown.iter().map(|(field, stand_in)| (field.as_str(), stand_in.as_str()))
    }

    pub(super) fn add(&mut self, kind: Kind, field: &str, stand_in: &str) {
        let (times, texts) = self.counts.entry(kind).or_default();
        *times = times.saturating_add(1);
        texts.insert(stand_in.to_owned());
        if kind == Kind::Value {
            self.unknown.insert((field.to_owned(), stand_in.to_owned()));
        }
    }
}

impl Kind {
    /// The name, in the plural.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What the value of a field is.
    pub(super) fn of(field: &str, text: &str) -> Self {
        let is_host = || {
            let (host, _) = text.rsplit_once(':').unwrap_or((text, ""));
            host.contains('.') && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
        };
        match text {
            text if text.contains('@') && text.contains('.') => Self::Email,
            text if text.contains("://") || text.parse::<IpAddr>().is_ok() || is_host() => Self::Address,
            _ if fields::is_closed(field) => Self::Value,
            _ if fields::is_id(field) || field.to_ascii_lowercase().ends_with("cursor") => Self::Id,
            _ => Self::Name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_ids_in_any_case() {
        for field in ["cursor", "nextCursor", "NEXT_CURSOR", "CURSOR"] {
            assert_eq!(Kind::of(field, "b2Zmc2V0"), Kind::Id, "{field}");
        }
        assert_eq!(Kind::of("precursors", "b2Zmc2V0"), Kind::Name);
    }
}
