//! What a request selects: a ledger of the bill, or a product of the GPU catalog.

use strum::IntoStaticStr;

/// A ledger of the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ledger {
    /// `/billing`: everything, by kind of resource.
    All,
    /// `/billing/pods`: by pod.
    Pods,
    /// `/billing/serverless`: by serverless endpoint.
    Serverless,
    /// `/billing/endpoints`: Runpod's public endpoints, in total. Not the endpoints of the account.
    PublicEndpoints,
    /// `/billing/network-volumes`: by network volume.
    NetworkVolumes,
    /// `/billing/clusters`: by cluster.
    Clusters,
}

impl Ledger {
    pub(super) const fn path(self) -> &'static [&'static str] {
        match self {
            Self::All => &["billing"],
            Self::Pods => &["billing", "pods"],
            Self::Serverless => &["billing", "serverless"],
            Self::PublicEndpoints => &["billing", "endpoints"],
            Self::NetworkVolumes => &["billing", "network-volumes"],
            Self::Clusters => &["billing", "clusters"],
        }
    }
}

/// A product that uses GPUs or CPUs. Prices and availability differ by product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Product {
    /// Pods.
    Pod,
    /// Workers of serverless endpoints.
    Serverless,
}

impl Product {
    /// The name in snake case, for labels and logs.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The value of the parameter `product`.
    pub(super) const fn parameter(self) -> &'static str {
        match self {
            Self::Pod => "POD",
            Self::Serverless => "SERVERLESS",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names are label values of published metrics: renaming a variant must not change them.
    #[test]
    fn names_are_stable() {
        assert_eq!([Product::Pod, Product::Serverless].map(Product::as_str), ["pod", "serverless"]);
    }
}
