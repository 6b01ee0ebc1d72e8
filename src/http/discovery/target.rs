//! The targets of an account.

use std::collections::BTreeMap;

use serde::Serialize;

use super::query::Query;
use crate::config::{PodProxy, Reached};
use crate::snapshot::{ClosedSet as _, Pod, Port, PortKind};

/// Maximum length of a part of a host name, by DNS.
const MAX_HOST_PART: usize = 63;

/// One target group of `http_sd`.
#[derive(Debug, Serialize)]
pub(super) struct Target {
    targets: [String; 1],
    labels: BTreeMap<&'static str, String>,
}

/// The targets of the running pods, by id and port.
pub(super) fn targets(
    account: &str,
    mut pods: Vec<&Pod>,
    query: &Query,
    proxy: &PodProxy,
    host: &str,
) -> Vec<Target> {
    let wanted = |pod: &&Pod| {
        // An unknown image is matched as the empty one, as Prometheus does with labels.
        let image = pod.image.as_deref().unwrap_or_default();
        pod.is_running() == Some(true)
            && is_host_part(&pod.id)
            && query.names.admits(&pod.name, &pod.id)
            && query.images.admits(image, image)
    };
    pods.retain(wanted);
    pods.sort_by(|one, other| one.id.cmp(&other.id));
    let of_pod = |pod: &Pod| {
        let exposed = query.ports.iter().filter_map(|number| {
            let mut ports = pod.ports.iter().filter(|port| port.number == *number);
            let (port, reached) = ports
                .clone()
                .find_map(|port| at_proxy(pod, port, proxy, host))
                .or_else(|| ports.find_map(directly))?;
            Some(target(account, pod, port, reached, &query.path))
        });
        exposed.collect::<Vec<_>>()
    };
    pods.into_iter().flat_map(of_pod).collect()
}

/// A port behind the proxy. It takes precedence over the same port by TCP, because it is encrypted.
fn at_proxy<'p>(pod: &Pod, port: &'p Port, proxy: &PodProxy, host: &str) -> Option<(&'p Port, Reached)> {
    (port.kind == PortKind::Http).then(|| (port, proxy.reach(host, &pod.id, port.number)))
}

/// A port at a public address. What is spoken there is unknown; metrics mostly by HTTP.
fn directly(port: &Port) -> Option<(&Port, Reached)> {
    let address = port.public?.to_string();
    Some((port, Reached { scheme: "http", address, path: String::new() }))
}

fn target(account: &str, pod: &Pod, port: &Port, reached: Reached, path: &str) -> Target {
    let Reached { scheme, address, path: prefix } = reached;
    let always = [
        ("__scheme__", scheme.to_owned()),
        ("__metrics_path__", prefix + path),
        // The public port of a pod changes when it starts, and behind some proxies, all pods have one address.
        ("instance", format!("{}:{}", pod.id, port.number)),
        ("__meta_runpod_account", account.to_owned()),
        ("__meta_runpod_pod_id", pod.id.to_string()),
        ("__meta_runpod_pod_name", pod.name.to_string()),
        ("__meta_runpod_port", port.number.to_string()),
        ("__meta_runpod_port_type", port.kind.as_str().to_owned()),
    ];
    let known = [
        ("__meta_runpod_image", pod.image.as_ref()),
        ("__meta_runpod_gpu_type_id", pod.gpu_type_id.as_ref()),
        ("__meta_runpod_data_center_id", pod.data_center_id.as_ref()),
        ("__meta_runpod_cluster_id", pod.cluster.as_ref().map(|cluster| &cluster.cluster_id)),
    ];
    let known = known.into_iter().filter_map(|(label, value)| Some((label, value?.to_string())));
    Target { targets: [address], labels: always.into_iter().chain(known).collect() }
}

/// Whether an id can be part of a host name or of a path: it decides where Prometheus connects to.
fn is_host_part(id: &str) -> bool {
    let longest = MAX_HOST_PART.saturating_sub("-65535".len());
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !id.is_empty() && id.len() <= longest && !id.starts_with('-') && id.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use serde_json::{Value, json, to_value};

    use super::*;
    use crate::snapshot::{Membership, PodState};

    fn port(number: u16, kind: PortKind, public: Option<&str>) -> Port {
        let public = public.map(|address| address.parse().unwrap());
        Port { number: NonZeroU16::new(number).unwrap(), kind, public }
    }

    fn pod(id: &str, ports: Vec<Port>) -> Pod {
        let status = Some(PodState::Running.into());
        Pod { id: id.into(), name: "vllm".into(), status, ports, ..Pod::default() }
    }

    fn found(pods: &[Pod], query: &str) -> Value {
        let proxy = PodProxy::RUNPOD.parse().unwrap();
        to_value(targets(
            "prod",
            pods.iter().collect(),
            &Query::parse(query).unwrap(),
            &proxy,
            "exporter:10736",
        ))
        .unwrap()
    }

    #[test]
    fn an_http_port_is_reached_through_the_proxy_and_a_tcp_port_at_its_public_address() {
        let mut known = pod(
            "abc123",
            vec![
                port(8_000, PortKind::Http, None),
                port(22, PortKind::Tcp, Some("195.26.233.3:34446")),
                port(9_400, PortKind::Tcp, Some("195.26.233.3:34447")),
            ],
        );
        known.image = Some("vllm/vllm-openai".into());
        known.gpu_type_id = Some("NVIDIA A40".into());
        known.data_center_id = Some("EU-RO-1".into());
        known.cluster = Some(Membership { cluster_id: "c1".into(), role: None, rank: None });
        let labels = |scheme: &str, port: &str, kind: &str| {
            json!({
                "__scheme__": scheme, "__metrics_path__": "/m", "instance": format!("abc123:{port}"),
                "__meta_runpod_account": "prod", "__meta_runpod_pod_id": "abc123",
                "__meta_runpod_pod_name": "vllm", "__meta_runpod_image": "vllm/vllm-openai",
                "__meta_runpod_gpu_type_id": "NVIDIA A40", "__meta_runpod_data_center_id": "EU-RO-1",
                "__meta_runpod_port": port, "__meta_runpod_port_type": kind, "__meta_runpod_cluster_id": "c1",
            })
        };
        assert_eq!(
            found(&[known], "port=9400&port=8000&port=7&path=/m"),
            json!([
                {"targets": ["abc123-8000.proxy.runpod.net"], "labels": labels("https", "8000", "http")},
                {"targets": ["195.26.233.3:34447"], "labels": labels("http", "9400", "tcp")},
            ])
        );
    }

    #[test]
    fn one_server_is_one_target_and_the_encrypted_way_takes_precedence() {
        let tcp = port(8_000, PortKind::Tcp, Some("195.26.233.3:34446"));
        let both = pod("a", vec![tcp, port(8_000, PortKind::Http, None), tcp]);
        let unreachable = pod("b", vec![port(8_000, PortKind::Tcp, None)]);
        let found = found(&[unreachable, both], "port=8000");
        assert_eq!(found.as_array().unwrap().len(), 1);
        assert_eq!(found[0]["targets"], json!(["a-8000.proxy.runpod.net"]));
    }

    #[test]
    fn a_pod_that_does_not_run_is_no_target_even_if_it_has_ports() {
        let ports = || vec![port(8_000, PortKind::Http, None)];
        let stopped = Pod { status: Some(PodState::Exited.into()), ..pod("a", ports()) };
        let unknown = Pod { status: None, ..pod("b", ports()) };
        assert_eq!(found(&[stopped, unknown], "port=8000"), json!([]));
    }

    #[test]
    fn an_id_that_would_change_the_address_is_not_a_target() {
        let ports = || vec![port(8_000, PortKind::Http, None)];
        for id in ["evil.example/", "a.b", "a:1", "a@b", "-a", "", "ä", "a b", "a%2f", &"a".repeat(58)] {
            assert_eq!(found(&[pod(id, ports())], "port=8000"), json!([]), "{id}");
        }
        let longest = "a".repeat(57);
        assert_eq!(found(&[pod(&longest, ports())], "port=8000").as_array().unwrap().len(), 1);
    }

    #[test]
    fn pods_are_filtered_by_name_id_and_image() {
        let with = |id: &str, image: Option<&str>| {
            let image = image.map(Into::into);
            Pod { image, ..pod(id, vec![port(8_000, PortKind::Http, None)]) }
        };
        let ids = |query: &str| {
            let pods = [with("b", Some("vllm/vllm-openai:v1")), with("a", Some("tgi")), with("c", None)];
            let found = found(&pods, &format!("port=8000&{query}"));
            let id = |target: &Value| target["labels"]["__meta_runpod_pod_id"].as_str().unwrap().to_owned();
            found.as_array().unwrap().iter().map(id).collect::<String>()
        };
        assert_eq!(ids(""), "abc");
        assert_eq!(ids("image=vllm/.*"), "b");
        assert_eq!(ids("image=vllm"), "", "patterns match the whole image");
        assert_eq!(ids("image=vllm/.*&image=tgi"), "ab");
        assert_eq!(ids("image="), "c", "an unknown image is the empty one");
        assert_eq!(ids("name=vllm"), "abc");
        assert_eq!(ids("name=b&image=tgi"), "");
        assert_eq!(ids("name=(?i)A"), "a");
    }
}
