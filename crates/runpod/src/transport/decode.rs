//! Decoding of responses. A large one takes so long that it would keep the thread from all other requests, and the request
//! from its deadline: it is decoded on a thread of its own.

use tokio::task::spawn_blocking;

use super::call::RawResponse;
use crate::error::Reason;
use crate::operation::Outcome;

/// Size of a large body in bytes; decoding one takes about a millisecond.
const LARGE: usize = 128 * 1024;

/// What a response contains, and the outcome to report.
pub(crate) type Decoded<T> = Result<(T, Outcome), Reason>;

/// Decodes a response. If the caller stops waiting, the thread goes on alone and its result is dropped.
pub(super) async fn decode<T: Send + 'static>(
    response: RawResponse,
    read: impl FnOnce(&RawResponse) -> Decoded<T> + Send + 'static,
) -> Decoded<T> {
    if response.body.len() < LARGE {
        return read(&response);
    }
    let decoded = spawn_blocking(move || read(&response)).await;
    decoded.unwrap_or_else(|_panicked| Err(Reason::Panicked))
}
