//! A port that a running pod exposes: behind Runpod's proxy, or at a public address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;

use runpod::wire::Number;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// An exposed port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Port {
    /// Its number in the container.
    pub number: NonZeroU16,
    /// How it is exposed.
    pub kind: PortKind,
    /// Where a TCP port can be reached; `None` for an HTTP port, and without a public address.
    pub public: Option<SocketAddr>,
}

/// How a port is exposed (`type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, VariantArray, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", ascii_case_insensitive)]
pub enum PortKind {
    /// Through Runpod's proxy, by HTTPS.
    Http,
    /// By address and port.
    Tcp,
}

impl Port {
    /// A port of the runtime. `None` if its type or its number is unknown.
    pub(super) fn new(kind: Option<&str>, number: Number, ip: Option<&str>, public: Number) -> Option<Self> {
        let (kind, number) = (kind?.parse().ok()?, port_number(number)?);
        let public = || {
            let ip = ip?.parse::<IpAddr>().ok().filter(is_public)?;
            Some(SocketAddr::new(ip, port_number(public)?.get()))
        };
        let public = match kind {
            PortKind::Http => None,
            PortKind::Tcp => public(),
        };
        Some(Self { number, kind, public })
    }

    /// A port of the configuration, such as `8888/http`. `None` unless the proxy serves it.
    pub(super) fn behind_proxy(text: &str) -> Option<Self> {
        let (number, kind) = text.split_once('/')?;
        let kind = kind.parse().ok().filter(|kind| *kind == PortKind::Http)?;
        Some(Self { number: number.parse().ok()?, kind, public: None })
    }
}

fn port_number(number: Number) -> Option<NonZeroU16> {
    let number = number.0.filter(|number| number.fract() == 0.0 && (1.0..=65_535.0).contains(number))?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number in the range"
    )]
    NonZeroU16::new(number as u16)
}

/// Whether an address can be that of a machine on the internet. In a private network, an address belongs to another
/// machine.
fn is_public(ip: &IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => {
            let is_local = ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unique_local();
            !(is_local || ip.is_unspecified() || ip.is_multicast())
        }
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [first, second, ..] = ip.octets();
    // 100.64.0.0/10, in which Runpod's machines have their internal addresses.
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_local = ip.is_private() || ip.is_loopback() || ip.is_link_local() || is_shared;
    !(is_local || first == 0 || ip.is_broadcast() || ip.is_multicast())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(ip: &str) -> Option<SocketAddr> {
        Port::new(Some("tcp"), Number(Some(22.0)), Some(ip), Number(Some(34_446.0))).unwrap().public
    }

    #[test]
    fn only_a_public_address_is_one_to_connect_to() {
        assert_eq!(tcp("195.26.233.3").unwrap().to_string(), "195.26.233.3:34446");
        assert_eq!(tcp("2606:4700::1111").unwrap().to_string(), "[2606:4700::1111]:34446");
        for internal in [
            "100.65.0.101",
            "10.0.0.1",
            "172.16.3.4",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "0.1.2.3",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "metadata.internal",
            "195.26.233.3:80",
            "",
        ] {
            assert_eq!(tcp(internal), None, "{internal}");
        }
    }

    #[test]
    fn a_port_without_a_type_or_a_number_is_left_out() {
        let number = |number: f64| Number(Some(number));
        let port = |kind, private| Port::new(kind, private, Some("195.26.233.3"), number(34_446.0));
        let http = port(Some("HTTP"), number(8_000.0)).unwrap();
        assert_eq!((http.number.get(), http.kind, http.public), (8_000, PortKind::Http, None));
        for (kind, private) in [
            (None, number(8_000.0)),
            (Some("udp"), number(8_000.0)),
            (Some("http"), Number(None)),
            (Some("http"), number(0.0)),
            (Some("http"), number(65_536.0)),
            (Some("http"), number(-1.0)),
            (Some("http"), number(80.5)),
            (Some("http"), number(f64::NAN)),
        ] {
            assert_eq!(port(kind, private), None, "{kind:?} {private:?}");
        }
        let no_public = Port::new(Some("tcp"), number(22.0), Some("195.26.233.3"), Number(None)).unwrap();
        assert_eq!(no_public.public, None);
    }

    #[test]
    fn the_proxy_serves_the_http_ports_of_the_configuration() {
        assert_eq!(Port::behind_proxy("8888/http").unwrap().number.get(), 8_888);
        for other in ["22/tcp", "8888", "/http", "0/http", "65536/http", "-1/http", "8888/http/x", "a/http"] {
            assert_eq!(Port::behind_proxy(other), None, "{other}");
        }
    }
}
