//! Bodies and headers that clients and log streams send.

use axum::http::header::{ACCEPT, ACCEPT_ENCODING};
use axum::http::{HeaderMap, HeaderValue};
use bytes::Bytes;
use runpod::testing::events as read_events;
use runpod_exporter::testing::fuzz::{chosen, pushed, reported};

/// An event stream gives the same lines in whatever pieces it arrives.
pub(super) fn events(data: &[u8]) {
    let [size, stream @ ..] = data else { return };
    let whole = read_events([Bytes::copy_from_slice(stream)]);
    let pieces = stream.chunks(usize::from(*size).max(1)).map(Bytes::copy_from_slice);
    assert_eq!(whole, read_events(pieces), "in pieces of {size}");
}

/// A webhook is the same job to the parser of a whole body and to that of a body that is being received.
pub(super) fn webhook(data: &[u8]) {
    let (whole, received) = reported(data);
    assert_eq!(whole, received);
}

/// All jobs of a push, or an error in one line.
pub(super) fn push(data: &[u8]) {
    if let Err(error) = pushed(data) {
        assert!(!error.is_empty() && error.len() < 1_000, "{error}");
    }
}

/// There is a format and an encoding for any wish of a client.
pub(super) fn accept(data: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    let headers = HeaderMap::from_iter([(ACCEPT, value.clone()), (ACCEPT_ENCODING, value)]);
    let (content_type, _encoding) = chosen(&headers);
    let content_type = content_type.to_str().unwrap();
    assert!(
        ["text/plain;", "application/openmetrics-text;", "application/vnd.google.protobuf;"]
            .iter()
            .any(|known| content_type.starts_with(known))
    );
}
