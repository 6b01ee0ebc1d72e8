//! Decoding of responses. A large one takes so long that it would keep the thread from all other requests, and the request
//! from its deadline: it is decoded on a thread of its own.

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::call::RawResponse;
use crate::error::Reason;
use crate::observe::Carry;
use crate::operation::Outcome;

/// Size of a large body in bytes; decoding one takes about a millisecond.
pub(super) const LARGE: usize = 128 * 1024;

/// What a response contains, and the outcome to report.
pub(crate) type Decoded<T> = Result<(T, Outcome), Reason>;

/// Decodes a response. If the caller stops waiting, the thread goes on alone and its result is dropped. A panic on that thread
/// is the error of this response.
pub(super) async fn decode<T: Send + 'static>(
    response: RawResponse,
    carry: Carry,
    read: impl FnOnce(&RawResponse) -> Decoded<T> + Send + 'static,
) -> Decoded<T> {
    if response.body.len() < LARGE {
        return read(&response);
    }
    let (finish, decoded) = oneshot::channel();
    let work = carry(Box::new(move || drop(finish.send(read(&response)))));
    // Awaited through the channel, which a panic closes.
    drop(spawn_blocking(work));
    decoded.await.unwrap_or_else(|_panicked| Err(Reason::Panicked))
}
