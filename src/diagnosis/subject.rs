//! What a finding is about.

use std::sync::Arc;

use serde::Serialize;
use strum::{EnumDiscriminants, IntoStaticStr};

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, EnumDiscriminants)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum_discriminants(
    name(SubjectKind),
    derive(Hash, IntoStaticStr),
    doc = "The kinds of subjects.",
    strum(serialize_all = "snake_case")
)]
pub enum Subject {
    /// The account as a whole.
    Account,
    /// One endpoint.
    Endpoint {
        /// Its id.
        id: Arc<str>,
        /// Its name, which is not unique.
        name: Arc<str>,
    },
    /// One pod.
    Pod {
        /// Its id.
        id: Arc<str>,
        /// Its name, which is not unique.
        name: Arc<str>,
    },
    /// One cluster.
    Cluster {
        /// Its id.
        id: Arc<str>,
        /// Its name, which is not unique.
        name: Arc<str>,
    },
}

impl SubjectKind {
    /// The word in documents and in JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
