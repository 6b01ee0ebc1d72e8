//! Amounts, and sums that know whether they are complete.

use jiff::civil::Date;
use runpod::wire::{Checked, Number, Unreadable};

use crate::snapshot::unit::Dollars;

/// An amount of a record, or a sum of amounts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Amount {
    Known(f64),
    /// It cannot be read, or one of those that it is the sum of.
    Unknown,
}

/// The sums of the amounts of one resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Total {
    pub(super) day: Amount,
    pub(super) month: Amount,
}

impl Total {
    pub(super) const ZERO: Self = Self { day: Amount::Known(0.0), month: Amount::Known(0.0) };

    /// Adds an amount to the month, and to the day if it is of today.
    pub(super) fn add(&mut self, amount: Amount, is_today: bool) {
        self.month = self.month.plus(amount);
        if is_today {
            self.day = self.day.plus(amount);
        }
    }
}

impl Default for Total {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Amount {
    /// An amount of a record of this day. `None` if the record has no such amount.
    pub(super) fn read(amount: Checked<Number>, day: Option<Date>) -> Option<Self> {
        match (day, amount.0) {
            (_, Ok(Number(None))) => None,
            (Some(_), Ok(Number(Some(amount)))) => Some(Self::Known(amount)),
            (None, Ok(Number(Some(_)))) | (_, Err(Unreadable)) => Some(Self::Unknown),
        }
    }

    pub(super) fn dollars(self) -> Option<Dollars> {
        match self {
            Self::Known(amount) => Dollars::checked(amount),
            Self::Unknown => None,
        }
    }

    fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Known(one), Self::Known(other)) => Self::Known(one + other),
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
        }
    }
}
