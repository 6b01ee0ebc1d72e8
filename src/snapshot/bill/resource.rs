//! The types of resources on a bill.

use std::sync::Arc;

use runpod::Ledger;

/// The type of resource for Runpod's public endpoints, which the ledger of all resources calls `endpoint`.
pub(super) const PUBLIC: &str = "public_endpoint";

/// The type of resource of an amount: the name of the field without `Amount`, with the same prefix in all ledgers. A type
/// that Runpod adds gets a series without a change here.
pub(super) fn resource(ledger: Ledger, field: &str) -> Option<Arc<str>> {
    let kind = field.strip_suffix("Amount")?;
    if kind == "total" || !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let mut name = match ledger {
        Ledger::All | Ledger::PublicEndpoints => "",
        Ledger::Pods => "pod_",
        Ledger::Serverless => "serverless_",
        Ledger::NetworkVolumes => "storage_",
        Ledger::Clusters => "cluster_",
    }
    .to_owned();
    for (n, letter) in kind.chars().enumerate() {
        if letter.is_ascii_uppercase() && n > 0 {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    Some(Arc::from(if name == "endpoint" { PUBLIC.to_owned() } else { name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_the_same_name_in_all_ledgers() {
        for (ledger, field, kind) in [
            (Ledger::All, "podGpuAmount", Some("pod_gpu")),
            (Ledger::Pods, "gpuAmount", Some("pod_gpu")),
            (Ledger::All, "storageHighPerformanceAmount", Some("storage_high_performance")),
            (Ledger::NetworkVolumes, "highPerformanceAmount", Some("storage_high_performance")),
            (Ledger::All, "endpointAmount", Some("public_endpoint")),
            (Ledger::All, "totalAmount", None),
            (Ledger::All, "timeBilled", None),
            (Ledger::All, "<b>Amount", None),
        ] {
            assert_eq!(resource(ledger, field).as_deref(), kind, "{field}");
        }
    }
}
