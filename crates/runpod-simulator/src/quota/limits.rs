//! How many requests a quota allows, and its text form.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// How many requests are allowed. Written `MINUTE/HOUR/DAY`, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// No limit, and no quota headers.
    Unlimited,
    /// A limit for each window.
    Limited {
        /// Requests per minute.
        minute: u64,
        /// Requests per hour.
        hour: u64,
        /// Requests per day.
        day: u64,
    },
}

/// The text is not a quota.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid quota {0:?}: expected requests per minute, hour and day, for example 60/3000/50000, or off")]
pub struct QuotaError(String);

// === impl Quota ===

impl Quota {
    /// The limits of a minute, an hour and a day.
    pub(super) fn limits(self) -> Option<[u64; 3]> {
        match self {
            Self::Unlimited => None,
            Self::Limited { minute, hour, day } => Some([minute, hour, day]),
        }
    }
}

impl Default for Quota {
    /// Three requests per second: enough that only a test that aims for it is refused.
    fn default() -> Self {
        Self::Limited { minute: 180, hour: 10_000, day: 100_000 }
    }
}

impl FromStr for Quota {
    type Err = QuotaError;

    fn from_str(text: &str) -> Result<Self, QuotaError> {
        if text == "off" {
            return Ok(Self::Unlimited);
        }
        let numbers: Option<Vec<u64>> = text.split('/').map(|number| number.parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[minute, hour, day]) => Ok(Self::Limited { minute, hour, day }),
            _ => Err(QuotaError(text.to_owned())),
        }
    }
}

impl Display for Quota {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlimited => f.write_str("off"),
            Self::Limited { minute, hour, day } => write!(f, "{minute}/{hour}/{day}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_parsed_and_displayed() {
        for text in ["60/3000/50000", "off", "180/10000/100000"] {
            assert_eq!(text.parse::<Quota>().unwrap().to_string(), text);
        }
        for text in ["", "60", "60/3000", "a/b/c", "1/2/3/4", "-1/2/3"] {
            assert_eq!(text.parse::<Quota>(), Err(QuotaError(text.to_owned())));
        }
    }
}
