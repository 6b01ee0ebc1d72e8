//! Numbers in messages: rounded, with their unit.

use std::time::Duration;

/// A number and its noun: `1 worker`, `2 workers`.
pub(super) fn count(number: f64, noun: &str) -> String {
    let plural = if (number - 1.0).abs() < f64::EPSILON { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A duration in the largest unit of which it has at least two: `90 s`, `45 min`, `30 h`.
pub(super) fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A share of one in percent: `12.5 %`.
pub(super) fn percent(share: f64) -> String {
    let percent = format!("{:.1}", share * 100.0);
    format!("{} %", percent.trim_end_matches(".0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_unit_that_fits() {
        assert_eq!(count(1.0, "worker"), "1 worker");
        assert_eq!(count(0.0, "worker"), "0 workers");
        let times = [119, 120, 7_199, 7_200, 172_799, 172_800].map(Duration::from_secs).map(time);
        assert_eq!(times, ["119 s", "2 min", "119 min", "2 h", "47 h", "2 d"]);
        assert_eq!(percent(0.125), "12.5 %");
        assert_eq!(percent(1.0), "100 %");
    }
}
