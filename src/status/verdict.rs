//! How it is, all in all, in one word: the exit code of `check`.

use serde::Serialize;

use crate::diagnosis::Health;

/// How it is, all in all. The order is that of the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing is wrong.
    Healthy,
    /// Something is, and it serves.
    Degraded,
    /// Something cannot serve, or could not be read.
    Unhealthy,
    /// Nobody could say: no account answered. Then `/ready` is 503, unless one has before.
    Unknown,
}

impl Verdict {
    /// Of an endpoint. Nothing known is not healthy.
    pub fn of(health: Option<Health>) -> Self {
        match health {
            Some(Health::Healthy) => Self::Healthy,
            Some(Health::Degraded) => Self::Degraded,
            Some(Health::Unhealthy) => Self::Unhealthy,
            None => Self::Unknown,
        }
    }

    /// Of several accounts: the worst. One that could not be looked at among others that could is something unhealthy.
    pub fn of_all(verdicts: impl Iterator<Item = Self> + Clone) -> Self {
        let seen = verdicts.clone().any(|verdict| verdict != Self::Unknown);
        let worst = verdicts.max().unwrap_or(Self::Unknown);
        if seen { worst.min(Self::Unhealthy) } else { worst }
    }

    /// In words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
            Self::Unknown => "unknown",
        }
    }

    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Healthy => 0,
            Self::Degraded => 1,
            Self::Unhealthy => 2,
            Self::Unknown => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Degraded, Healthy, Unhealthy, Unknown};
    use super::*;

    #[test]
    fn the_worst_account_counts_and_one_that_is_gone_is_unhealthy_among_others() {
        for (accounts, all) in [
            (&[][..], Unknown),
            (&[Unknown, Unknown], Unknown),
            (&[Healthy, Unknown], Unhealthy),
            (&[Healthy, Degraded], Degraded),
            (&[Healthy], Healthy),
        ] {
            assert_eq!(Verdict::of_all(accounts.iter().copied()), all, "{accounts:?}");
        }
    }
}
