//! The ways in which an answer can go wrong, and their names.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use strum::{EnumDiscriminants, EnumString, IntoStaticStr, VariantArray};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(
    name(FaultKind),
    vis(pub(crate)),
    doc = "A fault without its argument, by the name that rules use.",
    derive(EnumString, IntoStaticStr, VariantArray),
    strum(serialize_all = "kebab-case")
)]
pub enum Fault {
    /// 401: the key is not valid.
    Unauthorized,
    /// 403 in plain text, from the bot protection in front of Runpod.
    FrontDoor,
    /// 403 in JSON: the key is valid and lacks the scope.
    Forbidden,
    /// 404.
    NotFound,
    /// 410: the API has been retired.
    Gone,
    /// 429 with `Retry-After` in seconds.
    RateLimited {
        /// The seconds to wait.
        retry_after: u64,
    },
    /// 429 without `Retry-After` to requests that arrive while this number is in flight at the API. Others are answered.
    Busy {
        /// The maximum number of requests in flight.
        capacity: u64,
    },
    /// 503 in the same way.
    Overloaded {
        /// The maximum number of requests in flight.
        capacity: u64,
    },
    /// 502 with an HTML page.
    BadGateway,
    /// The correct answer after a delay.
    Delay(Duration),
    /// No answer, and the connection stays open.
    Hang,
    /// Half of the correct answer, framed as if it were complete.
    Truncated,
    /// 200 with bytes that are not JSON.
    Garbage,
    /// The connection is reset without an answer.
    Reset,
    /// Half of the correct answer, after which the connection is closed.
    ResetBody,
    /// 200 with a body that never ends.
    Endless,
    /// The correct answer at one byte per tenth of a second.
    Drip,
    /// GraphQL: 200 with most of the data, one part null, and an error about it.
    PartialErrors,
    /// GraphQL: 200 with an error and no data.
    NullData,
    /// GraphQL: 200 as if the request had no key.
    NoIdentity,
    /// 500 with a body that repeats the key: no client may log it.
    EchoKey,
    /// A log stream that breaks in the middle of a line. Other answers are correct.
    Cut {
        /// The complete lines before the break.
        lines: usize,
    },
}

// === impl FaultKind ===

impl FaultKind {
    /// The name in a rule.
    pub(crate) fn name(self) -> &'static str {
        self.into()
    }

    /// All names, for an error message.
    pub(crate) fn names() -> String {
        let names: Vec<&str> = Self::VARIANTS.iter().map(|kind| kind.name()).collect();
        names.join(", ")
    }
}

// === impl Fault ===

impl Fault {
    /// The name in a rule.
    pub(crate) fn name(&self) -> &'static str {
        FaultKind::from(self).name()
    }

    /// Whether the answer comes from the API itself, and not from a proxy in front of it.
    pub(crate) fn is_from_api(&self) -> bool {
        !matches!(self, Self::Unauthorized | Self::FrontDoor | Self::BadGateway | Self::Garbage | Self::Reset)
    }

    /// How many requests in flight an API answers with this fault.
    pub(crate) fn capacity(&self) -> Option<u64> {
        match self {
            Self::Busy { capacity } | Self::Overloaded { capacity } => Some(*capacity),
            _ => None,
        }
    }

    /// Whether only GraphQL can answer like this.
    pub(super) fn is_graphql(&self) -> bool {
        matches!(self, Self::PartialErrors | Self::NullData | Self::NoIdentity)
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::Delay(delay) => write!(f, "({})", humantime::format_duration(*delay)),
            Self::RateLimited { retry_after } => write!(f, "({retry_after})"),
            Self::Cut { lines } => write!(f, "({lines})"),
            Self::Busy { capacity } | Self::Overloaded { capacity } => write!(f, "({capacity})"),
            _ => Ok(()),
        }
    }
}
