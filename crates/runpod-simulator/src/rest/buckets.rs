//! The calendar of bills: windows, and the buckets that they are cut into. All of it in UTC; weeks begin on Monday.

use std::ops::Range;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::Problem;
use super::query::Query;

/// The window of a request that asks for no other.
const DEFAULT_DAYS: i64 = 30;

/// The most buckets of one answer: a year by the hour. Runpod publishes no such limit; this one keeps a mistake in a
/// query from filling the memory.
const MOST: i64 = 9_000;

/// The length of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A stretch of the calendar, cut into buckets.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) size: Size,
    pub(super) buckets: Vec<Range<Timestamp>>,
}

// === impl Size ===

impl Size {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// Where the bucket starts that `at` lies in.
    fn start(self, at: DateTime) -> Option<DateTime> {
        let date = at.date();
        let midnight = |date: jiff::civil::Date| date.at(0, 0, 0, 0);
        Some(match self {
            Self::Hour => date.at(at.hour(), 0, 0, 0),
            Self::Day => midnight(date),
            Self::Week => {
                let days = date.weekday().to_monday_zero_offset();
                midnight(date.checked_sub(Span::new().try_days(days).ok()?).ok()?)
            }
            Self::Month => midnight(date.first_of_month()),
            Self::Year => midnight(date.first_of_year()),
        })
    }

    /// The moment so many buckets later, or earlier.
    fn shift(self, at: DateTime, buckets: i64) -> Option<DateTime> {
        let span = match self {
            Self::Hour => Span::new().try_hours(buckets),
            Self::Day => Span::new().try_days(buckets),
            Self::Week => Span::new().try_weeks(buckets),
            Self::Month => Span::new().try_months(buckets),
            Self::Year => Span::new().try_years(buckets),
        };
        at.checked_add(span.ok()?).ok()
    }
}

impl FromStr for Size {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let all = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Year];
        all.into_iter().find(|size| size.name() == text).ok_or(())
    }
}

// === impl Window ===

impl Window {
    /// The window that a request asks for, at this moment.
    pub(super) fn read(query: &Query, now: Timestamp) -> Result<Self, Problem> {
        let size = query.parse("bucketSize", "hour, day, week, month or year")?.unwrap_or(Size::Day);
        let last: Option<i64> = query.parse("lastN", "a number from 1")?;
        let start: Option<Timestamp> = query.parse("startTime", "a time as in RFC 3339")?;
        let end: Option<Timestamp> = query.parse("endTime", "a time as in RFC 3339")?;
        if last.is_some() && (start.is_some() || end.is_some()) {
            return Err(Problem::bad_query("lastN: not together with startTime or endTime"));
        }
        if last.is_some_and(|last| last < 1) {
            return Err(Problem::bad_query("lastN: expected a number from 1"));
        }
        let end = end.unwrap_or(now);
        let start = start.unwrap_or(end - jiff::SignedDuration::from_hours(24 * DEFAULT_DAYS));
        if start > end {
            return Err(Problem::bad_query("endTime: expected a time after startTime"));
        }
        let buckets = match last {
            Some(last) => Self::last(size, now, last),
            None => Self::between(size, start, end),
        };
        let too_many = || Problem::bad_query(format!("expected a window of at most {MOST} buckets"));
        Ok(Self { size, buckets: buckets.ok_or_else(too_many)? })
    }

    /// The moment before the first bucket and the one after the last.
    pub(super) fn bounds(&self) -> Option<Range<Timestamp>> {
        Some(self.buckets.first()?.start..self.buckets.last()?.end)
    }

    fn last(size: Size, now: Timestamp, count: i64) -> Option<Vec<Range<Timestamp>>> {
        let first = size.shift(size.start(civil(now))?, 1 - count.min(MOST + 1))?;
        Self::cut(size, first, now)
    }

    fn between(size: Size, start: Timestamp, end: Timestamp) -> Option<Vec<Range<Timestamp>>> {
        // The end does not belong to the window; an empty window still has the bucket that it lies in.
        let last = (end - jiff::SignedDuration::from_nanos(1)).max(start);
        Self::cut(size, size.start(civil(start))?, last)
    }

    /// The buckets from `first` up to the one that `last` lies in; nothing if they are too many.
    fn cut(size: Size, first: DateTime, last: Timestamp) -> Option<Vec<Range<Timestamp>>> {
        let mut buckets = Vec::new();
        for number in 0..=MOST {
            let bucket = timestamp(size.shift(first, number)?)?..timestamp(size.shift(first, number + 1)?)?;
            if bucket.start > last {
                return Some(buckets);
            }
            buckets.push(bucket);
        }
        None
    }
}

fn civil(at: Timestamp) -> DateTime {
    at.to_zoned(TimeZone::UTC).datetime()
}

fn timestamp(at: DateTime) -> Option<Timestamp> {
    at.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(query: &str) -> Result<(usize, String), Problem> {
        let now = "2026-11-22T12:34:56Z".parse().unwrap();
        let window = Window::read(&Query::read(query), now)?;
        for (one, next) in window.buckets.iter().zip(window.buckets.iter().skip(1)) {
            assert_eq!(one.end, next.start, "{query}");
        }
        let bounds = window.bounds().unwrap();
        Ok((window.buckets.len(), format!("{} {}", bounds.start, bounds.end)))
    }

    #[test]
    fn windows_widen_to_whole_buckets() {
        let table = [
            ("", 31, "2026-10-23T00:00:00Z 2026-11-23T00:00:00Z"),
            ("lastN=2&bucketSize=hour", 2, "2026-11-22T11:00:00Z 2026-11-22T13:00:00Z"),
            ("lastN=1&bucketSize=week", 1, "2026-11-16T00:00:00Z 2026-11-23T00:00:00Z"),
            ("lastN=12&bucketSize=month", 12, "2025-12-01T00:00:00Z 2026-12-01T00:00:00Z"),
            ("lastN=2&bucketSize=year", 2, "2025-01-01T00:00:00Z 2027-01-01T00:00:00Z"),
            (
                "startTime=2026-11-01T00:00:00Z&endTime=2026-11-02T00:00:00Z",
                1,
                "2026-11-01T00:00:00Z 2026-11-02T00:00:00Z",
            ),
            (
                "startTime=2026-11-01T05:00:00Z&endTime=2026-11-02T00:00:01Z",
                2,
                "2026-11-01T00:00:00Z 2026-11-03T00:00:00Z",
            ),
            (
                "startTime=2026-11-21T23:00:00-02:00&color=blue",
                1,
                "2026-11-22T00:00:00Z 2026-11-23T00:00:00Z",
            ),
        ];
        for (query, buckets, bounds) in table {
            assert_eq!(window(query).unwrap(), (buckets, bounds.to_owned()), "{query}");
        }
    }

    #[test]
    fn windows_that_make_no_sense_are_refused() {
        for query in [
            "bucketSize=minute",
            "lastN=0",
            "lastN=-3",
            "lastN=many",
            "lastN=9223372036854775807&bucketSize=year",
            "lastN=9001&bucketSize=hour",
            "lastN=3&startTime=2026-11-01T00:00:00Z",
            "startTime=yesterday",
            "startTime=2026-11-02T00:00:00Z&endTime=2026-11-01T00:00:00Z",
            "startTime=-009999-01-02T00:00:00Z",
            "endTime=9999-12-30T22:00:00Z&startTime=9999-12-30T00:00:00Z",
        ] {
            assert!(window(query).is_err(), "{query}");
        }
    }
}
