//! The keys of several accounts, which no client may repeat: one account may contain the key of another as a name.

use std::cmp::Reverse;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use memchr::{memchr, memchr2_iter, memmem};
use parking_lot::RwLock;
use secrecy::ExposeSecret as _;

use super::{ApiKey, REDACTED, end_of_key};

/// Number of bytes that the keys of a group share. Runpod's keys begin with a prefix of this length.
const PREFIX: usize = 4;

/// Keys that all clients with this ring redact, also those of other accounts.
#[derive(Clone, Default)]
pub struct KeyRing(Arc<RwLock<Keys>>);

#[derive(Default)]
struct Keys {
    current: Vec<ApiKey>,
    /// The ones before: a key that was replaced is often still valid.
    previous: Vec<ApiKey>,
}

impl KeyRing {
    /// Replaces the keys. Those that were there before are redacted too, until the next call that changes something.
    pub fn set(&self, mut keys: Vec<ApiKey>) {
        // If one key begins with another, the longer one is replaced first.
        keys.sort_by_key(|key| Reverse(key.0.expose_secret().len()));
        let mut ring = self.0.write();
        if ring.current != keys {
            ring.previous = std::mem::replace(&mut ring.current, keys);
        }
    }

    /// The text without the keys.
    pub(crate) fn redact(&self, text: String) -> String {
        self.0.read().all().fold(text, |text, key| key.redact(text))
    }

    /// The same for JSON, where a character of a key may be written as an escape.
    pub(crate) fn redact_json(&self, body: Bytes) -> Bytes {
        let ring = self.0.read();
        redact_json(body, &ring.all().collect::<Vec<_>>())
    }

    /// Whether the text contains a key in upper or lower case.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.0.read().all().any(|key| key.is_in(text))
    }
}

impl Keys {
    fn all(&self) -> impl Iterator<Item = &ApiKey> {
        self.current.iter().chain(&self.previous)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing([redacted])")
    }
}

/// JSON without these keys. One pass for all keys with the same beginning: there may be hundreds, and bodies of megabytes.
pub(super) fn redact_json(body: Bytes, keys: &[&ApiKey]) -> Bytes {
    let mut keys: Vec<&[u8]> = keys.iter().filter_map(|key| key.redacted()).map(str::as_bytes).collect();
    // If one key begins with another, the longer one is found.
    keys.sort_by(|one, other| other.cmp(one));
    keys.chunk_by(|one, other| prefix(one) == prefix(other)).fold(body, redact_group)
}

fn prefix(key: &[u8]) -> &[u8] {
    key.get(..PREFIX).unwrap_or(key)
}

fn redact_group(body: Bytes, keys: &[&[u8]]) -> Bytes {
    let mut redacted = Vec::new();
    let mut copied = 0;
    while let Some(found) = find(&body, copied, keys) {
        redacted.extend_from_slice(body.get(copied..found.start).unwrap_or_default());
        redacted.extend_from_slice(REDACTED.as_bytes());
        copied = found.end;
    }
    if copied == 0 {
        return body;
    }
    redacted.extend_from_slice(body.get(copied..).unwrap_or_default());
    Bytes::from(redacted)
}

/// Where one of the keys is in a JSON text, from this position on.
fn find(json: &[u8], from: usize, keys: &[&[u8]]) -> Option<Range<usize>> {
    let (prefix, rest) = (prefix(keys.first()?), json.get(from..)?);
    let key_at = |start: usize| {
        end_of_key(json, start, prefix)?;
        let end = keys.iter().find_map(|key| end_of_key(json, start, key))?;
        Some(start..end)
    };
    // Most responses have no escapes, so that a key can only be there as it is. That is faster to find than a first character.
    if memchr(b'\\', rest).is_none() {
        return memmem::find_iter(rest, prefix).find_map(|at| key_at(from + at));
    }
    memchr2_iter(*prefix.first()?, b'\\', rest).find_map(|at| key_at(from + at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(keys: &[&str]) -> KeyRing {
        let ring = KeyRing::default();
        ring.set(keys.iter().map(|key| ApiKey::parse(key).unwrap()).collect());
        ring
    }

    fn redacted(ring: &KeyRing, body: &'static str) -> String {
        String::from_utf8(ring.redact_json(Bytes::from_static(body.as_bytes())).to_vec()).unwrap()
    }

    #[test]
    fn every_key_is_redacted_however_it_is_written() {
        let ring = ring(&["rpa_ONE", "rpa_ONE_LONGER", "rps_TWO", "0ldstyle"]);
        assert_eq!(
            redacted(&ring, r#"["rpa_ONE","xrpa_ONE_LONGERx","rps\u005fTWO","0ldstyle","rpa_on"]"#),
            r#"["[redacted]","x[redacted]x","[redacted]","[redacted]","rpa_on"]"#
        );
        assert_eq!(
            ring.redact("rps_TWO rpa_ONE_LONGER 0ldstyle".to_owned()),
            "[redacted] [redacted] [redacted]"
        );
        assert!(ring.is_in("a RPS_two b") && !ring.is_in("rpa_on"));
        assert_eq!(format!("{ring:?}"), "KeyRing([redacted])");
        assert_eq!(redacted(&KeyRing::default(), r#"["rpa_ONE"]"#), r#"["rpa_ONE"]"#);
    }

    #[test]
    fn a_replaced_key_is_redacted_until_the_next_change() {
        let ring = ring(&["rpa_ONE"]);
        let keys = || vec![ApiKey::parse("rpa_TWO").unwrap()];
        ring.set(keys());
        ring.set(keys());
        assert_eq!(redacted(&ring, r#"["rpa_ONE","rpa_TWO"]"#), r#"["[redacted]","[redacted]"]"#);
        ring.set(vec![ApiKey::parse("rpa_THREE").unwrap()]);
        assert_eq!(redacted(&ring, r#"["rpa_ONE","rpa_TWO"]"#), r#"["rpa_ONE","[redacted]"]"#);
    }
}
