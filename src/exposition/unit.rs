//! Units as OpenMetrics declares them.

/// The unit of a family whose name has this suffix. A point in time is a number of seconds; a rate, a level and an info have no
/// unit.
pub(super) fn unit(suffix: &'static str) -> Option<&'static str> {
    match suffix {
        "_timestamp_seconds" => Some("seconds"),
        "" | "_per_second" | "_level" | "_info" => None,
        unit => unit.strip_prefix('_'),
    }
}
