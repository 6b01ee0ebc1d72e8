//! What can happen to a response. No damage is a valid response with another number: nobody could notice that.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use rand::{Rng, RngExt as _};
use serde_json::{Value, json};

/// One damage to one response.
#[derive(Debug)]
pub(super) enum Damage {
    /// Another body, and what is different.
    Body(Vec<u8>, String),
    /// A delay; a long one outlasts every deadline.
    Late(Duration),
    /// One byte in a millisecond.
    Dripping,
    /// The connection is lost at this byte.
    Cut(usize),
    /// Another status and an additional header.
    Head { status: StatusCode, header: (HeaderName, HeaderValue) },
}

/// The share of responses that is damaged.
const RATIO: f64 = 0.3;

const STATUSES: [u16; 8] = [302, 400, 418, 429, 500, 502, 503, 599];

const HEADERS: [(&str, &str); 12] = [
    ("retry-after", "18446744073709551615"),
    ("retry-after", "-1"),
    ("retry-after", "1e99"),
    ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("ratelimit", "\"minute\";r=99999999999999999999;t=-5"),
    ("ratelimit", "\"minute\";r=5;t=18446744073709551615"),
    ("ratelimit-policy", "\"minute\";q=0;w=0"),
    ("ratelimit-policy", "\"day\";q=18446744073709551615;w=18446744073709551615"),
    ("content-type", "text/plain; charset=utf-16"),
    ("date", "Mon, 01 Jan 0001 00:00:00 GMT"),
    ("x-noise", "\u{1}"),
];

/// Values that no field has. Null and a missing field are none of them: both say that there is nothing.
fn junk(random: &mut impl Rng) -> Value {
    let choices = [
        json!(true),
        json!("\u{fffd}junk"),
        json!({"junk": [1, {"deep": null}]}),
        json!([["junk"], {}, null]),
        json!([]),
        json!({}),
        json!("0001-01-01T00:00:00Z"),
        json!("9999-99-99"),
    ];
    choices[random.random_range(0..choices.len())].clone()
}

/// The damage to a response; `None` for most of them.
pub(super) fn choose(random: &mut impl Rng, body: &[u8]) -> Option<Damage> {
    if !random.random_bool(RATIO) {
        return None;
    }
    Some(match random.random_range(0..20) {
        0 => Damage::Late(Duration::from_millis(random.random_range(1..400))),
        1 if random.random_bool(0.3) => Damage::Late(Duration::from_secs(30)),
        2 => Damage::Dripping,
        3 => Damage::Cut(random.random_range(0..=body.len())),
        4..=6 => {
            let (name, value) = HEADERS[random.random_range(0..HEADERS.len())];
            let header = (HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()));
            let (name, Ok(value)) = header else { return None };
            let status = STATUSES[random.random_range(0..STATUSES.len())];
            Damage::Head { status: StatusCode::from_u16(status).unwrap(), header: (name, value) }
        }
        7..=10 => bytes(random, body),
        _ => structure(random, body),
    })
}

/// Damages bytes.
fn bytes(random: &mut impl Rng, body: &[u8]) -> Damage {
    let at = random.random_range(0..=body.len());
    let mut damaged = body.to_vec();
    let noise: &[u8] = match random.random_range(0..6) {
        0 => b"\xff",
        1 => b"\\ud83d",
        2 => b"\x00",
        3 => b"\xef\xbb\xbf",
        4 => b"\xc3",
        _ => return Damage::Body(body[..at].to_vec(), format!("truncated at {at}")),
    };
    damaged.splice(at..at, noise.iter().copied());
    let before = String::from_utf8_lossy(&body[at.saturating_sub(20)..at]);
    Damage::Body(damaged, format!("{noise:?} after {before}"))
}

/// Damages the value of one place of the document.
fn structure(random: &mut impl Rng, body: &[u8]) -> Damage {
    let Ok(mut document) = serde_json::from_slice::<Value>(body) else { return bytes(random, body) };
    let mut places = Vec::new();
    collect(&document, String::new(), &mut places);
    let place = places[random.random_range(0..places.len())].clone();
    if random.random_range(0..3) == 0 {
        return no_number(random, &mut document, &place);
    }
    let junk = junk(random);
    // Any text may be an id or a name, and then it is another one; but not a time.
    let is_time = ["At", "Time", "time", "date"].iter().any(|end| place.ends_with(end));
    let junk = if junk.is_string() && !is_time { json!([junk]) } else { junk };
    // Nor is there less of a list or an object than before, or another answer to a question.
    let is_valid = junk == json!([]) || junk == json!({}) || junk.is_boolean();
    let junk = if is_valid { json!({"junk": [junk]}) } else { junk };
    let what = format!("{place} is {junk}");
    *document.pointer_mut(&place).unwrap() = junk;
    Damage::Body(document.to_string().into_bytes(), what)
}

/// Puts a word that is not JSON in a place.
fn no_number(random: &mut impl Rng, document: &mut Value, place: &str) -> Damage {
    const WORDS: [&str; 6] = ["1e999", "-1e999", "NaN", "Infinity", "1e", "tru"];
    let mark = json!("\u{1}word\u{1}");
    *document.pointer_mut(place).unwrap() = mark.clone();
    let word = WORDS[random.random_range(0..WORDS.len())];
    let damaged = document.to_string().replace(&mark.to_string(), word);
    Damage::Body(damaged.into_bytes(), format!("{place} is {word}"))
}

/// The places of all values.
fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                collect(member, format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                collect(element, format!("{place}/{index}"), places);
            }
        }
        _ => {}
    }
    places.push(place);
}
