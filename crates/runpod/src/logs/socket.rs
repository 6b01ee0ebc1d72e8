//! The WebSocket of the documented shape: `{base}/{endpoint_id}/logs/stream`. Each message is one
//! `{timestamp, level, message}`.

use futures_util::{Stream, StreamExt as _};
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, USER_AGENT};
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::error::{Reason, innermost};
use crate::transport::{Call, Transport};
use crate::wire::Log;

/// Maximum size of a message, in bytes.
const LIMIT: usize = 1024 * 1024;

/// Opens the socket. It uses neither the connections nor the proxy of the transport.
pub(super) async fn lines(
    transport: &Transport,
    call: &Call,
) -> Result<impl Stream<Item = Result<Log, Reason>> + use<>, Reason> {
    if let Some(answer) = transport.answer(call) {
        answer?;
        return Err(Reason::Decode { cause: "not a WebSocket".into() });
    }
    let mut url = call.url.clone();
    let scheme = if url.scheme() == "http" { "ws" } else { "wss" };
    // Cannot fail: both are special schemes.
    url.set_scheme(scheme).unwrap_or_default();
    let mut request = url.as_str().into_client_request().map_err(|error| reason(transport, &error))?;
    let (authorization, user_agent) = transport.identity();
    if let Some(authorization) = authorization {
        request.headers_mut().insert(AUTHORIZATION, authorization);
    }
    request.headers_mut().insert(USER_AGENT, user_agent);
    let config = WebSocketConfig::default().max_message_size(Some(LIMIT)).max_frame_size(Some(LIMIT));
    let opened = connect_async_with_config(request, Some(config), true).await;
    let (socket, _) = opened.map_err(|error| reason(transport, &error))?;
    let lines = socket.filter_map(|message| async {
        match message {
            Ok(Message::Text(text)) => log(&text).map(Ok),
            Ok(_) | Err(Error::ConnectionClosed) => None, // control frames; the end
            // The socket ends here: the rest of the message was not read. The caller opens another.
            Err(Error::Capacity(_) | Error::Utf8(_)) => Some(Ok(Log::oversized())),
            Err(error) => Some(Err(Reason::Reset { cause: innermost(&error) })),
        }
    });
    Ok(lines)
}

fn log(text: &str) -> Option<Log> {
    match lenient_json::value(text.as_bytes()) {
        Ok(value) => Log::read(&value),
        Err(_not_json) => Some(Log::bare(text)),
    }
}

fn reason(transport: &Transport, error: &Error) -> Reason {
    match error {
        Error::Http(response) => {
            let status = StatusCode::from_u16(response.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
            transport.refusal(status, response.headers(), response.body().as_deref().unwrap_or_default())
        }
        error => Reason::Connect { cause: innermost(error) },
    }
}
