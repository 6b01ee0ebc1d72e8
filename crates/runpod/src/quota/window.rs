//! One window of a quota: how many requests are left, how many this client has sent, and when the window ends.

use std::time::Duration;

use super::header::Reported;

/// The longest window: a month. A longer one is a mistake of the server.
const LONGEST: Duration = Duration::from_hours(31 * 24);

/// One window. Moments are by `Clock::elapsed`.
#[derive(Debug, Clone)]
pub(super) struct Window {
    width: Duration,
    ends: Duration,
    limit: Option<f64>,
    /// Requests left, as reported by the server or assumed before the first report.
    remaining: f64,
    /// Requests that this client has sent since the window began.
    sent: f64,
    /// Requests that the server may not have counted yet when it reported `remaining`.
    in_flight: f64,
    /// Whether the server has reported the window.
    reported: bool,
    /// Whether `remaining` is from a report. Otherwise it is the limit, less what this client has sent.
    remaining_reported: bool,
    /// Whether the window has ended since the last report, so that the report is out of date.
    rolled_over: bool,
}

impl Window {
    /// A window that the server has not reported.
    pub(super) fn assumed(width: Duration, limit: f64, now: Duration) -> Self {
        Self {
            width,
            ends: now.saturating_add(width),
            limit: Some(limit),
            remaining: limit,
            sent: 0.0,
            in_flight: 0.0,
            reported: false,
            remaining_reported: false,
            rolled_over: false,
        }
    }

    /// The window after a report, which came with the response to a request of this client. `None` if neither the report
    /// nor the `known` window says how long it lasts or how many requests are left.
    pub(super) fn reported(known: Option<Self>, report: &Reported, now: Duration) -> Option<Self> {
        let width =
            report.width.or(known.as_ref().map(|known| known.width)).or_else(|| width_of(&report.name))?;
        let width = width.min(LONGEST);
        // A window cannot end later than a whole window from now. Otherwise one wrong number would stop all requests forever.
        let ends_in = report.ends_in.map(|ends_in| ends_in.min(width));
        let limit =
            report.limit.or(known.as_ref().filter(|known| known.reported).and_then(|known| known.limit));
        let Some(known) = known else {
            return Some(Self {
                width,
                ends: now.saturating_add(ends_in.unwrap_or(width)),
                limit,
                remaining: report.remaining.or_else(|| left_of(limit, 1.0))?,
                sent: 1.0,
                in_flight: 0.0,
                reported: true,
                remaining_reported: report.remaining.is_some(),
                rolled_over: false,
            });
        };
        let is_current = known.reported && !known.rolled_over;
        let is_new = is_current && known.is_followed_by(ends_in, report.remaining, now);
        let ends = match ends_in {
            Some(ends_in) => now.saturating_add(ends_in),
            None if is_new => now.saturating_add(width),
            None => known.ends,
        };
        let sent = if is_new { 1.0 + known.in_flight } else { known.sent };
        let remaining = report.remaining.or_else(|| left_of(limit, sent)).unwrap_or(known.remaining);
        Some(Self {
            width,
            ends,
            limit,
            // Responses may arrive out of order: within a window the smallest number is the newest.
            remaining: if is_current && !is_new { remaining.min(known.remaining) } else { remaining },
            sent,
            in_flight: known.in_flight,
            reported: true,
            remaining_reported: report.remaining.is_some()
                || (is_current && !is_new && known.remaining_reported),
            rolled_over: false,
        })
    }

    /// Whether a report is about the next window. With a different end it is; without an end, it is if more requests are
    /// left than a response out of order can explain.
    fn is_followed_by(&self, ends_in: Option<Duration>, remaining: Option<f64>, now: Duration) -> bool {
        match (ends_in, remaining) {
            (Some(ends_in), _) => {
                now.saturating_add(ends_in).saturating_sub(self.ends)
                    > self.width.checked_div(2).unwrap_or_default()
            }
            (None, remaining) => remaining.is_some_and(|remaining| remaining > self.remaining + self.sent),
        }
    }

    /// Starts the next window if this one has ended.
    pub(super) fn roll_over(&mut self, now: Duration) {
        if now < self.ends {
            return;
        }
        let width = self.width.as_secs_f64();
        let over = now.saturating_sub(self.ends).as_secs_f64() / width;
        let next = Duration::try_from_secs_f64(width * (over.floor() + 1.0)).unwrap_or(self.width);
        self.ends = self.ends.saturating_add(next);
        // Without a reported limit, assume at least as many requests as the previous window is known to have had.
        self.remaining = self.limit.unwrap_or(self.remaining + self.sent);
        self.sent = self.in_flight;
        self.rolled_over = true;
    }

    /// A request was sent.
    pub(super) fn sent(&mut self, now: Duration) {
        self.roll_over(now);
        self.sent += 1.0;
        self.in_flight += 1.0;
    }

    /// A request has ended.
    pub(super) fn ended(&mut self) {
        self.in_flight = (self.in_flight - 1.0).max(0.0);
        if !self.reported || self.rolled_over {
            self.remaining = (self.remaining - 1.0).max(0.0); // until the next report, count here
        }
    }

    /// How many more requests this client may send in the window: `share` of the requests that would be left without it.
    pub(super) fn left(&self, share: f64) -> f64 {
        let remaining = (self.remaining - self.in_flight).max(0.0);
        (share * (remaining + self.sent) - self.sent).clamp(0.0, remaining)
    }

    /// The same as a rate, in requests per second until the window ends.
    pub(super) fn rate(&self, share: f64, now: Duration) -> f64 {
        let until = self.ends.saturating_sub(now).as_secs_f64().max(1.0);
        self.left(share) / until
    }

    pub(super) fn is_reported(&self) -> bool {
        self.reported
    }

    pub(super) fn limit(&self) -> Option<f64> {
        self.limit
    }

    /// The reported number of requests left; `None` without a report of it, or once the window has ended.
    pub(super) fn remaining(&self, now: Duration) -> Option<f64> {
        (self.remaining_reported && !self.rolled_over && now < self.ends).then_some(self.remaining)
    }
}

/// How many requests are left of a limit for this client alone.
fn left_of(limit: Option<f64>, sent: f64) -> Option<f64> {
    limit.map(|limit| (limit - sent).max(0.0))
}

/// The duration of a window without `w`, by its name.
fn width_of(name: &str) -> Option<Duration> {
    match name {
        "second" => Some(Duration::from_secs(1)),
        "minute" => Some(Duration::from_mins(1)),
        "hour" => Some(Duration::from_hours(1)),
        "day" => Some(Duration::from_hours(24)),
        _ => None,
    }
}
