//! The WebSocket of the documented shape: `{base}/{endpoint_id}/logs/stream`, one `{timestamp, level, message}` a message.

use futures_util::{Stream, StreamExt as _};
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderValue, USER_AGENT};
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::error::Reason;
use crate::transport::{Call, Transport, USER_AGENT as AGENT, innermost};
use crate::wire::Log;

/// The most that a message may have, in bytes.
const LIMIT: usize = 1024 * 1024;

/// Opens the socket.
pub(super) async fn lines(
    transport: &Transport,
    call: &Call,
) -> Result<impl Stream<Item = Result<Log, Reason>> + use<>, Reason> {
    let mut url = call.url.clone();
    let scheme = if url.scheme() == "http" { "ws" } else { "wss" };
    // Both are schemes of the same kind, so that this cannot fail.
    url.set_scheme(scheme).unwrap_or_default();
    let mut request = url.as_str().into_client_request().map_err(|error| sorted(transport, &error))?;
    if let Some(authorization) = transport.authorization() {
        request.headers_mut().insert(AUTHORIZATION, authorization);
    }
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(AGENT));
    let config = WebSocketConfig::default().max_message_size(Some(LIMIT)).max_frame_size(Some(LIMIT));
    let opened = connect_async_with_config(request, Some(config), true).await;
    let (socket, _) = opened.map_err(|error| sorted(transport, &error))?;
    let lines = socket.filter_map(|message| async {
        match message {
            Ok(Message::Text(text)) => log(&text).map(Ok),
            Ok(_) | Err(Error::ConnectionClosed) => None, // pings and the like; the end
            Err(error) => Some(Err(Reason::Reset { cause: innermost(&error) })),
        }
    });
    Ok(lines)
}

fn log(text: &str) -> Option<Log> {
    match serde_json::from_str(text) {
        Ok(value) => Log::read(&value),
        Err(_no_json) => Some(Log::bare(text)),
    }
}

fn sorted(transport: &Transport, error: &Error) -> Reason {
    match error {
        Error::Http(answer) => {
            let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
            transport.refusal(status, answer.headers(), answer.body().as_deref().unwrap_or_default())
        }
        error => Reason::Connect { cause: innermost(error) },
    }
}
