//! The proxy in front of pods: where it answers for a port of a pod.

use std::num::NonZeroU16;
use std::str::FromStr;

use super::url::{UrlError, base_url};

/// What stands for the id of the pod and for the port.
const POD_ID: &str = "{pod_id}";
const PORT: &str = "{port}";

/// Why a text is not a URL of a proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PodProxyError {
    /// A part that every pod needs is missing.
    #[error("{0} is missing; use for example {example}", example = PodProxy::RUNPOD)]
    Missing(&'static str),
    /// Not a URL with these parts filled in.
    #[error(transparent)]
    Url(UrlError),
}

/// The URL of a proxy, with `{pod_id}` and `{port}` in its host or its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodProxy {
    scheme: &'static str,
    /// `None` for the address that the client of the exporter used.
    authority: Option<String>,
    /// Without a slash at the end.
    path: String,
}

/// Where a port of a pod can be reached.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) scheme: &'static str,
    pub(crate) address: String,
    /// What the paths of the pod begin with.
    pub(crate) path: String,
}

impl PodProxy {
    /// The URL of Runpod's proxy.
    pub const RUNPOD: &'static str = "https://{pod_id}-{port}.proxy.runpod.net";

    /// A proxy behind a path of the exporter itself, such as that of the simulator in the demo.
    #[cfg(feature = "simulator")]
    pub(crate) fn own(path: &str) -> Self {
        Self { scheme: "http", authority: None, path: path.to_owned() }
    }

    /// Where a port of a pod can be reached, for a client that reaches the exporter at `host`.
    pub(crate) fn reach(&self, host: &str, pod_id: &str, port: NonZeroU16) -> Reached {
        let port = port.to_string();
        let filled = |text: &str| text.replace(POD_ID, pod_id).replace(PORT, &port);
        let Self { scheme, authority, path } = self;
        let address = authority.as_deref().map_or_else(|| host.to_owned(), filled);
        Reached { scheme, address, path: filled(path) }
    }
}

impl FromStr for PodProxy {
    type Err = PodProxyError;

    fn from_str(text: &str) -> Result<Self, PodProxyError> {
        let text = text.trim().trim_end_matches('/');
        if let Some(missing) = [POD_ID, PORT].into_iter().find(|part| !text.contains(part)) {
            return Err(PodProxyError::Missing(missing));
        }
        // No key is sent there, so that plain HTTP is allowed.
        let sample = text.replace(POD_ID, "a1").replace(PORT, "1");
        let url = base_url(&sample, true).map_err(PodProxyError::Url)?;
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        let scheme = if url.scheme() == "https" { "https" } else { "http" };
        Ok(Self { scheme, authority: Some(authority.to_owned()), path: path.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(proxy: &str) -> Reached {
        let port = NonZeroU16::new(8_000).unwrap();
        proxy.parse::<PodProxy>().unwrap().reach("exporter:10736", "abc123", port)
    }

    #[test]
    fn id_and_port_are_part_of_the_host_or_of_the_path() {
        let (address, path) = ("abc123-8000.proxy.runpod.net".to_owned(), String::new());
        assert_eq!(reach(PodProxy::RUNPOD), Reached { scheme: "https", address, path });
        let (address, path) = ("127.0.0.1:1".to_owned(), "/proxy/abc123-8000".to_owned());
        assert_eq!(
            reach("http://127.0.0.1:1/proxy/{pod_id}-{port}/"),
            Reached { scheme: "http", address, path }
        );
        let own = PodProxy::own("/proxy/{pod_id}-{port}");
        let own = own.reach("exporter:10736", "abc123", NonZeroU16::MIN);
        assert_eq!((own.address.as_str(), own.path.as_str()), ("exporter:10736", "/proxy/abc123-1"));
    }

    #[test]
    fn a_url_without_the_pod_or_with_a_secret_is_rejected() {
        let error = |text: &str| text.parse::<PodProxy>().unwrap_err().to_string();
        assert!(error("https://proxy.example").starts_with("{pod_id} is missing; use for example https://"));
        assert!(error("https://{pod_id}.proxy.example").starts_with("{port} is missing"));
        for bad in ["{pod_id}-{port}", "ftp://{pod_id}-{port}/", "https://u:SECRET@{pod_id}-{port}.example"] {
            assert!(!error(bad).contains("SECRET"), "{bad}");
        }
    }
}
