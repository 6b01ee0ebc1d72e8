//! The verdict: the worst health of everything that was read, and the exit code of `check`.

use serde::Serialize;

use crate::diagnosis::Health;

/// The worst health. The order is that of the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No problems.
    Healthy,
    /// There is a problem, but every endpoint can serve.
    Degraded,
    /// An endpoint cannot serve, or could not be read.
    Unhealthy,
    /// Nothing is known: no account answered, or none of their endpoints reports its queue and workers. `/ready` is 503 if no
    /// account has answered since the start.
    Unknown,
}

impl Verdict {
    /// The verdict on an endpoint. Unknown health is not healthy.
    pub fn of(health: Option<Health>) -> Self {
        match health {
            Some(Health::Healthy) => Self::Healthy,
            Some(Health::Degraded) => Self::Degraded,
            Some(Health::Unhealthy) => Self::Unhealthy,
            None => Self::Unknown,
        }
    }

    /// The verdict on an account that answered: on the account itself, and on its endpoints. An unknown endpoint among others, or in
    /// an account with a problem, counts as unhealthy.
    pub fn of_account(own: Self, endpoints: impl Iterator<Item = Self> + Clone) -> Self {
        let is_all = own == Self::Healthy && endpoints.clone().all(|endpoint| endpoint == Self::Unknown);
        let worst = endpoints.fold(own, Self::max);
        if is_all { worst } else { worst.min(Self::Unhealthy) }
    }

    /// The worst verdict on several accounts. An unknown account among known ones counts as unhealthy.
    pub fn of_all(verdicts: impl Iterator<Item = Self> + Clone) -> Self {
        let any_known = verdicts.clone().any(|verdict| verdict != Self::Unknown);
        let worst = verdicts.max().unwrap_or(Self::Unknown);
        if any_known { worst.min(Self::Unhealthy) } else { worst }
    }

    /// The name in JSON.
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
    fn an_account_is_unknown_if_all_its_endpoints_are() {
        for (own, endpoints, all) in [
            (Healthy, &[][..], Healthy),
            (Healthy, &[Unknown, Unknown], Unknown),
            (Healthy, &[Healthy, Unknown], Unhealthy),
            (Degraded, &[Unknown], Unhealthy),
            (Degraded, &[Healthy], Degraded),
            (Healthy, &[Unhealthy, Healthy], Unhealthy),
        ] {
            assert_eq!(Verdict::of_account(own, endpoints.iter().copied()), all, "{own:?} {endpoints:?}");
        }
    }

    #[test]
    fn the_worst_account_counts_and_an_unknown_one_among_others_is_unhealthy() {
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
