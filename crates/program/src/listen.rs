//! Listening sockets. They are opened before anything else starts, so that a port in use is reported first.

use std::io;

use tokio::net::TcpListener;

/// The exporter cannot listen on an address.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {cause}")]
pub struct ListenError {
    address: String,
    cause: io::Error,
}

impl ListenError {
    /// Whether another listener has the address.
    pub fn is_in_use(&self) -> bool {
        self.cause.kind() == io::ErrorKind::AddrInUse
    }
}

/// Opens a listener on each address.
pub async fn listen_on_all(addresses: &[String]) -> Result<Vec<TcpListener>, ListenError> {
    let mut listeners = Vec::new();
    for address in addresses {
        listeners.push(listen(address).await?);
    }
    Ok(listeners)
}

/// Opens a listener on `host:port`, or on every interface for `:port`, as Go's exporters do.
pub async fn listen(address: &str) -> Result<TcpListener, ListenError> {
    let full = if address.starts_with(':') { format!("0.0.0.0{address}") } else { address.to_owned() };
    let listener = TcpListener::bind(&full).await;
    listener.map_err(|cause| ListenError { address: address.to_owned(), cause })
}

/// Whether no other machine can reach any of them.
pub fn are_loopback(listeners: &[TcpListener]) -> io::Result<bool> {
    let mut addresses = listeners.iter().map(TcpListener::local_addr);
    addresses.try_fold(true, |all, address| Ok(all && address?.ip().is_loopback()))
}
