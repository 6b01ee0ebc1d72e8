//! Why the exporter closes connections of its clients.

use strum::{IntoStaticStr, VariantArray};

/// Why a connection was closed before its client was done: a closed set, because it is a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Cut {
    /// The head of its request did not arrive in time.
    SlowRequest,
    /// Its client did not read the response in time.
    SlowReader,
    /// It waited for its client while the maximum number of connections was open, and made room for a new one.
    Evicted,
    /// The maximum number of connections was open, and all of them were being answered.
    Refused,
    /// Its client and the exporter did not agree on TLS, or the client had no accepted certificate.
    TlsHandshake,
}

impl Cut {
    /// All reasons.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The value of the `reason` label.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
