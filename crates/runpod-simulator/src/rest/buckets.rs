//! The calendar of bills: windows, and the buckets that they are divided into. All times are UTC; weeks start on Monday.

use std::ops::Range;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use strum::{EnumString, IntoStaticStr};

use super::query::Query;
use crate::problem::Problem;

/// The default window.
const DEFAULT_DAYS: i64 = 30;

/// Maximum number of buckets in an answer: a year by the hour. Runpod documents no limit; this one bounds the memory that a
/// mistake in a query can use.
const MAX_BUCKETS: i64 = 9_000;

/// The length of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub(super) enum Size {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A period, divided into buckets.
#[derive(Debug)]
pub(super) struct Window {
    pub(super) size: Size,
    /// Empty if it begins in the future.
    pub(super) buckets: Vec<Range<Timestamp>>,
    /// From the start of the first bucket to the end of the last one.
    pub(super) bounds: Range<Timestamp>,
}

// === impl Size ===

impl Size {
    /// The start of the bucket that contains `at`.
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

    /// The time `buckets` buckets later; earlier, if negative.
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

// === impl Window ===

impl Window {
    /// The window of a request.
    pub(super) fn parse(query: &Query, now: Timestamp) -> Result<Self, Problem> {
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
        if let (Some(start), None) = (start.filter(|start| *start > now), end) {
            // The clock of the client may be ahead.
            return Ok(Self { size, buckets: Vec::new(), bounds: start..start });
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
        let too_many = || Problem::bad_query(format!("expected a window of at most {MAX_BUCKETS} buckets"));
        let buckets = buckets.ok_or_else(too_many)?;
        let bounds =
            buckets.first().map_or(start, |first| first.start)..buckets.last().map_or(end, |last| last.end);
        Ok(Self { size, buckets, bounds })
    }

    fn last(size: Size, now: Timestamp, count: i64) -> Option<Vec<Range<Timestamp>>> {
        let first = size.shift(size.start(civil(now))?, 1 - count.min(MAX_BUCKETS + 1))?;
        Self::divide(size, first, now)
    }

    fn between(size: Size, start: Timestamp, end: Timestamp) -> Option<Vec<Range<Timestamp>>> {
        // The end is exclusive; an empty window still has the bucket that it is in.
        let last = (end - jiff::SignedDuration::from_nanos(1)).max(start);
        Self::divide(size, size.start(civil(start))?, last)
    }

    /// The buckets from `first` to the one that contains `last`; `None` if they are too many.
    fn divide(size: Size, first: DateTime, last: Timestamp) -> Option<Vec<Range<Timestamp>>> {
        let mut buckets = Vec::new();
        for number in 0..=MAX_BUCKETS {
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
        let window = Window::parse(&Query::parse_all(query), now)?;
        for (one, next) in window.buckets.iter().zip(window.buckets.iter().skip(1)) {
            assert_eq!(one.end, next.start, "{query}");
        }
        let bounds = window.bounds;
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
    fn a_start_in_the_future_has_no_buckets() {
        let (now, start) =
            ["2026-11-30T23:59:58Z", "2026-12-01T00:00:00Z"].map(|time| time.parse().unwrap()).into();
        let window = Window::parse(&Query::parse_all("startTime=2026-12-01T00:00:00Z"), now).unwrap();
        assert_eq!((window.buckets.len(), window.bounds), (0, start..start));
    }

    #[test]
    fn invalid_windows_are_refused() {
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
