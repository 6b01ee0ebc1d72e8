//! What a finding is about.

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
        id: String,
        /// Its name, which is not unique.
        name: String,
    },
    /// One pod.
    Pod {
        /// Its id.
        id: String,
        /// Its name, which is not unique.
        name: String,
    },
}

impl SubjectKind {
    /// The word in documents and in JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
