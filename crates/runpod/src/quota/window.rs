//! One window of a quota: what is left of it, what this exporter has taken, and when it ends.

use std::time::Duration;

use super::header::Told;

/// One window.
#[derive(Debug, Clone)]
pub(super) struct Window {
    width: Duration,
    ends: Duration,
    limit: Option<f64>,
    /// What is left by the last word of the server, or of what is believed before it.
    remaining: f64,
    /// What this exporter has taken since the window began.
    taken: f64,
    /// Requests that the server may not have counted yet when it said what is left.
    in_flight: f64,
    told: bool,
    /// Whether the window has ended since the server spoke, so that what it said is over.
    turned: bool,
}

impl Window {
    /// A window that is only believed in.
    pub(super) fn assumed(width: Duration, limit: f64, now: Duration) -> Self {
        let limit_told = Some(limit);
        Self {
            width,
            ends: now + width,
            limit: limit_told,
            remaining: limit,
            taken: 0.0,
            in_flight: 0.0,
            told: false,
            turned: false,
        }
    }

    /// The window as the server tells it, at the end of a request of ours. `None` if it cannot be told how long it lasts
    /// or what is left of it.
    pub(super) fn told(known: Option<Self>, told: &Told, now: Duration) -> Option<Self> {
        let width = told.width.or(known.as_ref().map(|known| known.width)).or_else(|| by_name(&told.name))?;
        let limit = told.limit.or(known.as_ref().filter(|known| known.told).and_then(|known| known.limit));
        let Some(known) = known else {
            let remaining = told.remaining.or(limit)?;
            let ends = now + told.ends_in.unwrap_or(width);
            return Some(Self {
                width,
                ends,
                limit,
                remaining,
                taken: 1.0,
                in_flight: 0.0,
                told: true,
                turned: false,
            });
        };
        // Another end is a new window. Where no end is told, more left than ever explains an answer that was overtaken is.
        let ends = told.ends_in.map_or(known.ends, |left| now + left);
        let began = match (told.ends_in, told.remaining) {
            _ if !known.told || known.turned => false, // only a correction of what was believed
            (Some(_), _) => ends.saturating_sub(known.ends) > width / 2,
            (None, remaining) => remaining.is_some_and(|remaining| remaining > known.remaining + known.taken),
        };
        let ends = if began && told.ends_in.is_none() { now + width } else { ends };
        let remaining = told.remaining.or(limit).unwrap_or(known.remaining);
        let goes_on = known.told && !known.turned && !began;
        Some(Self {
            width,
            ends,
            limit,
            remaining: if goes_on { remaining.min(known.remaining) } else { remaining },
            taken: if began { 1.0 + known.in_flight } else { known.taken },
            in_flight: known.in_flight,
            told: true,
            turned: false,
        })
    }

    /// Begins anew if the window has ended.
    pub(super) fn turn(&mut self, now: Duration) {
        if now < self.ends {
            return;
        }
        let over = now.saturating_sub(self.ends).as_secs_f64() / self.width.as_secs_f64();
        self.ends += self.width.mul_f64(over.floor() + 1.0);
        // Without a word on the limit: as much as is known to have been in the one that has ended.
        self.remaining = self.limit.unwrap_or(self.remaining + self.taken);
        self.taken = self.in_flight;
        self.turned = true;
    }

    pub(super) fn sent(&mut self, now: Duration) {
        self.turn(now);
        self.taken += 1.0;
        self.in_flight += 1.0;
    }

    pub(super) fn ended(&mut self) {
        self.in_flight = (self.in_flight - 1.0).max(0.0);
        if !self.told || self.turned {
            self.remaining = (self.remaining - 1.0).max(0.0); // nobody else counts
        }
    }

    /// What this exporter may still take of the window, if it may take `share` of what there would be without it.
    pub(super) fn left(&self, share: f64) -> f64 {
        let remaining = (self.remaining - self.in_flight).max(0.0);
        (share * (remaining + self.taken) - self.taken).clamp(0.0, remaining)
    }

    /// The same as a rate: requests a second until the window ends.
    pub(super) fn rate(&self, share: f64, now: Duration) -> f64 {
        let until = self.ends.saturating_sub(now).as_secs_f64().max(1.0);
        self.left(share) / until
    }

    pub(super) fn is_told(&self) -> bool {
        self.told
    }

    pub(super) fn limit(&self) -> Option<f64> {
        self.limit
    }

    /// What the server said is left, unless the window that it spoke of is over.
    pub(super) fn remaining(&self, now: Duration) -> Option<f64> {
        (self.told && !self.turned && now < self.ends).then_some(self.remaining)
    }
}

/// How long a window lasts that has no `w`.
fn by_name(name: &str) -> Option<Duration> {
    match name {
        "second" => Some(Duration::from_secs(1)),
        "minute" => Some(Duration::from_mins(1)),
        "hour" => Some(Duration::from_hours(1)),
        "day" => Some(Duration::from_hours(24)),
        _ => None,
    }
}
