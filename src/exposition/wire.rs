//! The wire format of protobuf, as described on <https://protobuf.dev/programming-guides/encoding/>: what the messages of
//! Prometheus need of it. A field is written also if it has its default value.

/// The types of fields: a number of variable length, eight bytes, and bytes after their length.
const VARIABLE: u64 = 0;
const EIGHT_BYTES: u64 = 1;
const LENGTH: u64 = 2;

/// A number below this takes one byte.
const SHORT: u64 = 0x80;

/// A number of variable length: seven bits in each byte, the lowest first.
pub(super) fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= SHORT {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Numbers near zero of either sign as small numbers.
#[expect(clippy::cast_sign_loss, reason = "the bits are the number")]
pub(super) const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn key(out: &mut Vec<u8>, field: u64, kind: u64) {
    varint(out, field << 3 | kind);
}

/// A field with a number that is not negative.
pub(super) fn integer(out: &mut Vec<u8>, field: u64, number: u64) {
    key(out, field, VARIABLE);
    varint(out, number);
}

/// A field with a signed number.
pub(super) fn signed(out: &mut Vec<u8>, field: u64, number: i64) {
    integer(out, field, zigzag(number));
}

/// A field with a floating-point number.
pub(super) fn double(out: &mut Vec<u8>, field: u64, number: f64) {
    key(out, field, EIGHT_BYTES);
    out.extend_from_slice(&number.to_le_bytes());
}

/// A field with a text.
pub(super) fn text(out: &mut Vec<u8>, field: u64, text: &str) {
    key(out, field, LENGTH);
    varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// A field with a message or with packed numbers, which `write` writes.
pub(super) fn message(out: &mut Vec<u8>, field: u64, write: impl FnOnce(&mut Vec<u8>)) {
    key(out, field, LENGTH);
    let place = out.len();
    out.push(0);
    write(out);
    let length = (out.len() - place - 1) as u64;
    if length < SHORT {
        if let Some(first) = out.get_mut(place) {
            *first = length.to_le_bytes()[0];
        }
    } else {
        // The length takes more than the byte that was left for it.
        let mut bytes = Vec::new();
        varint(&mut bytes, length);
        out.splice(place..=place, bytes);
    }
}
