//! The values of counters.

/// A count that only grows. Only the instruments make one or add to one, so a family that exports it is a counter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total(u64);

impl Total {
    /// Nothing was counted.
    pub(in crate::instruments) const ZERO: Self = Self(0);

    /// Adds `n`. The count stops at the maximum of its type, because `n` may come from outside.
    pub(in crate::instruments) const fn add(&mut self, n: u64) {
        self.0 = self.0.saturating_add(n);
    }

    /// A count that something outside of the instruments keeps.
    pub(in crate::instruments) const fn of(count: u64) -> Self {
        Self(count)
    }

    /// The count.
    pub(crate) const fn get(self) -> u64 {
        self.0
    }

    /// The count as a sample.
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
    pub(crate) const fn as_f64(self) -> f64 {
        self.0 as f64
    }
}

/// The CPU time of the process in seconds, which only grows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CpuTime(f64);

impl CpuTime {
    /// A time of the operating system's.
    pub const fn of(seconds: f64) -> Self {
        Self(seconds)
    }

    /// The time as a sample.
    pub(crate) const fn as_f64(self) -> f64 {
        self.0
    }
}
