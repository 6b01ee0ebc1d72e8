//! Addresses to listen on. Their form is checked here; whether the host exists is known when it is resolved.

use crate::settings::Invalid;

/// Checks that each address is `host:port` or `:port`.
pub(crate) fn listen_addresses(addresses: &[String]) -> Result<Vec<String>, Invalid> {
    let addresses: Vec<_> = addresses.iter().map(|address| address.trim().to_owned()).collect();
    let addresses: Vec<_> = addresses.into_iter().filter(|address| !address.is_empty()).collect();
    if addresses.is_empty() {
        return Err(Invalid::new("no address; use for example 0.0.0.0:10736"));
    }
    for address in &addresses {
        check(address).map_err(|problem| Invalid::new(format!("\"{address}\": {problem}")))?;
    }
    Ok(addresses)
}

fn check(address: &str) -> Result<(), &'static str> {
    if address.contains("://") {
        return Err("a URL is not an address; use host:port");
    }
    let Some((host, port)) = address.rsplit_once(':') else {
        return Err("no port; use host:port, or :port for every interface");
    };
    if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) || port.parse::<u16>().is_err() {
        return Err("the port is not a number from 0 to 65535");
    }
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    if host.contains(':') && !is_bracketed {
        return Err("put an IPv6 address in brackets, for example [::1]:10736");
    }
    if host.contains(char::is_whitespace) || host.contains('/') {
        return Err("the host is not a name or an IP address");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(addresses: &[&str]) -> Result<Vec<String>, String> {
        let owned: Vec<_> = addresses.iter().map(|address| (*address).to_owned()).collect();
        listen_addresses(&owned).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_has_a_port() {
        for fine in ["0.0.0.0:10736", ":0", "[::]:1", "[::1]:65535", "localhost:80", "my-host.example:9"] {
            assert_eq!(parse(&[fine]).unwrap(), [fine]);
        }
        assert_eq!(parse(&[" :1 ", "", " ", ":2"]).unwrap(), [":1", ":2"]);
        for (bad, word) in [
            ("", "no address"),
            ("localhost", "no port"),
            ("10736", "no port"),
            ("localhost:", "65535"),
            (":70000", "65535"),
            (":+80", "65535"),
            (":http", "65535"),
            ("::1:80", "brackets"),
            ("http://localhost:80", "URL"),
            ("a b:80", "host"),
            ("localhost:80/metrics", "65535"),
        ] {
            let error = parse(&[bad]).unwrap_err();
            assert!(error.contains(word), "{bad}: {error}");
        }
    }
}
