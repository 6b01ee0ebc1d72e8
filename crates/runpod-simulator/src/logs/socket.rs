//! New lines of all workers over a WebSocket.

use axum::extract::ws::{Message, WebSocket};
use tokio::time::sleep;

use super::lines::{all, documented};
use crate::log_stream::POLL_INTERVAL;
use crate::world::{Endpoint, LogLine, World};

/// Sends the lines that are written from now on, until the endpoint is removed or `cut` lines were sent.
pub(super) async fn send(
    mut socket: WebSocket,
    world: &World,
    endpoint: &Endpoint,
    cut: Option<usize>,
) -> Result<(), axum::Error> {
    let mut reached = world.logged_until();
    let mut left = cut.unwrap_or(usize::MAX);
    loop {
        let until = world.logged_until();
        let is_new = |line: &LogLine| line.at > reached && line.at <= until;
        let lines: Vec<_> = all(world, endpoint).into_iter().filter(|(_, line)| is_new(line)).collect();
        reached = until.max(reached);
        for (_, line) in lines {
            let Some(less) = left.checked_sub(1) else { return Ok(()) };
            left = less;
            socket.send(Message::text(documented(&line).to_string())).await?;
        }
        sleep(POLL_INTERVAL).await;
        if world.endpoint(&endpoint.configuration().id).is_none() {
            return socket.send(Message::Close(None)).await;
        }
    }
}
