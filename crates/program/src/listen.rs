//! Listening sockets. They are opened before anything else starts, so that a port in use is reported first.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use listenfd::ListenFd;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::TcpListener;

use crate::text::Visible;

/// Connections that the system accepts before the program does, as many as Linux allows by default. An exporter opens a connection for
/// each of thousands of endpoints at the same time, and one that does not fit is tried again only after a second.
const BACKLOG: i32 = 4096;

/// Maximum number of connections to a program that may open this many files.
///
/// A quarter of them, at least 16 and at most 512: the rest is for its own requests.
pub fn max_connections(open_files: Option<u64>) -> usize {
    let quarter = open_files.map_or(u64::MAX, |files| files / 4);
    usize::try_from(quarter).unwrap_or(usize::MAX).clamp(16, 512)
}

/// The exporter cannot listen on an address.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {}: {cause}", Visible(address))]
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

/// The listeners that systemd has opened for this process (socket activation).
pub fn inherited() -> io::Result<Vec<TcpListener>> {
    let mut inherited = ListenFd::from_env();
    let mut listeners = Vec::new();
    for index in 0..inherited.len() {
        if let Some(listener) = inherited.take_tcp_listener(index)? {
            listener.set_nonblocking(true)?;
            listeners.push(TcpListener::from_std(listener)?);
        }
    }
    if listeners.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "systemd has passed no socket to this process"));
    }
    Ok(listeners)
}

/// Opens a listener on `host:port`, or on every interface for `:port`, as Go's exporters do: IPv6 and IPv4, or only IPv4 where
/// there is no IPv6.
pub async fn listen(address: &str) -> Result<TcpListener, ListenError> {
    let failed = |cause| ListenError { address: address.to_owned(), cause };
    if let Some(port) = address.strip_prefix(':') {
        let invalid = |_| failed(io::Error::new(io::ErrorKind::InvalidInput, "invalid port"));
        return every_interface(port.parse().map_err(invalid)?).map_err(failed);
    }
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    SockRef::from(&listener).listen(BACKLOG).map_err(failed)?; // tokio has a backlog of its own
    Ok(listener)
}

/// Listens on every interface.
fn every_interface(port: u16) -> io::Result<TcpListener> {
    match dual_stack(port) {
        Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
            open(Domain::IPV4, (Ipv4Addr::UNSPECIFIED, port).into())
        }
        result => result,
    }
}

fn dual_stack(port: u16) -> io::Result<TcpListener> {
    open(Domain::IPV6, (Ipv6Addr::UNSPECIFIED, port).into())
}

fn open(domain: Domain, address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
    if domain == Domain::IPV6 {
        socket.set_only_v6(false)?; // some systems separate the two by default
    }
    #[cfg(unix)]
    socket.set_reuse_address(true)?; // on Windows, it would allow a second program on the same port
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// The address at which this machine reaches a listener on `address`: that of the loopback interface for a listener on every
/// interface.
pub fn own_address(address: &str) -> String {
    match address.strip_prefix(':') {
        Some(port) => format!("{}:{port}", Ipv4Addr::LOCALHOST),
        None => {
            address.parse().map_or_else(|_name| address.to_owned(), |address| reachable(address).to_string())
        }
    }
}

/// The same for the address of a listener.
pub fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Whether no other machine can reach any of them.
pub fn are_loopback(listeners: &[TcpListener]) -> io::Result<bool> {
    let mut addresses = listeners.iter().map(TcpListener::local_addr);
    addresses.try_fold(true, |all, address| Ok(all && address?.ip().to_canonical().is_loopback()))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn a_port_alone_listens_on_ipv4_and_on_ipv6_where_there_is_any() {
        let listener = listen(":0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.is_ok() {
            TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await.unwrap();
        }
        let error = listen(&format!(":{port}")).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot listen on :{port}: ")), "{error}");
    }

    #[tokio::test]
    async fn ipv4_alone_stays_alone() {
        let listener = listen("0.0.0.0:0").await.unwrap();
        assert!(listener.local_addr().unwrap().is_ipv4());
        assert!(
            TcpStream::connect((Ipv6Addr::LOCALHOST, listener.local_addr().unwrap().port())).await.is_err()
        );
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_an_error() {
        for address in [":port", ":", ":70000", "", "host", "1.2.3.4.5:1"] {
            let error = listen(address).await.unwrap_err().to_string();
            assert!(error.starts_with(&format!("cannot listen on {address}: ")), "{error}");
        }
    }

    #[test]
    fn a_listener_on_every_interface_is_reached_on_the_loopback_interface_of_its_family() {
        for (listens, reached) in [
            (":10736", "127.0.0.1:10736"),
            ("0.0.0.0:1", "127.0.0.1:1"),
            ("[::]:2", "[::1]:2"),
            ("[::1]:3", "[::1]:3"),
            ("10.0.0.7:4", "10.0.0.7:4"),
            ("exporter.internal:5", "exporter.internal:5"),
        ] {
            assert_eq!(own_address(listens), reached);
        }
    }
}
