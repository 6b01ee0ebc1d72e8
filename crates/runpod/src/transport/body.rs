//! Response bodies: how much of them is read, and how much is logged.

use bytes::{Bytes, BytesMut};
use reqwest::Response;

use super::refusal::network;
use crate::error::Reason;

/// Maximum number of bytes of a body in the debug log: enough for an error message.
const LOGGED: usize = 2048;

/// The bytes in which keys are redacted before; no key is longer than the difference.
const REDACTED: usize = 32 * 1024;

/// Reads a body of at most `limit` bytes.
pub(super) async fn read(response: &mut Response, limit: usize) -> Result<Bytes, Reason> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > limit) {
        return Err(Reason::TooLarge { limit });
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(network)? {
        if body.len().saturating_add(chunk.len()) > limit {
            return Err(Reason::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The beginning of a body, for the debug log. Keys are redacted in more of it: a key that is cut in half is not recognized.
pub(super) fn excerpt(body: &[u8], redact: impl FnOnce(String) -> String) -> String {
    let beginning = body.get(..REDACTED).unwrap_or(body);
    let mut redacted = redact(String::from_utf8_lossy(beginning).into_owned());
    redacted.truncate(redacted.floor_char_boundary(LOGGED));
    redacted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::ApiKey;

    #[test]
    fn a_key_at_the_end_of_the_excerpt_is_not_cut_in_half() {
        let key = ApiKey::parse("rpa_0123456789").unwrap();
        for before in LOGGED - 20..=LOGGED {
            let body = format!("{}rpa_0123456789ü", "x".repeat(before));
            let logged = excerpt(body.as_bytes(), |text| key.redact(text));
            assert!(logged.len() <= LOGGED && !logged.contains("rpa_"), "{before}: {logged}");
        }
    }
}
