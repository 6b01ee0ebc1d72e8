//! Small charts. They use SVG attributes and classes, because the content security policy forbids inline styles.

use std::time::Duration;

use maud::{Markup, html};

use crate::format::number;
use crate::snapshot::{Count, Workers as States};
use crate::status::Workers;

/// Size of a chart in SVG units; the style sheet scales it.
const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 12.0;

/// Period of the queue chart in seconds.
const PERIOD: f64 = 600.0;

/// Number of points of the queue chart.
const POINTS: usize = 30;

/// The states of workers and their colors.
pub(super) fn legend() -> Markup {
    html! {
        ul.legend aria-label="Colors of workers" {
            @for state in STATES {
                li { svg.key viewBox="0 0 1 1" aria-hidden="true" { rect.(state) width="1" height="1" {} } " " (state) }
            }
        }
    }
}

/// The states of the bar, from left to right.
const STATES: [&str; 6] = ["running", "idle", "initializing", "pending", "throttled", "unhealthy"];

/// Workers by state, as a bar and as text. Each worker is in one segment; unknown states are left out.
pub(super) fn workers(workers: &Workers) -> Markup {
    let Workers { states, max, .. } = *workers;
    let States { ready, running, idle, initializing, throttled, unhealthy, pending } = states;
    // The number of ready workers includes idle and running ones.
    let waiting = |ready: Count| Count((ready.0 - running.unwrap_or_default().0).max(0.0));
    let idle = idle.or(ready.map(waiting));
    let counts = [running, idle, initializing, pending, throttled, unhealthy];
    let known = || STATES.into_iter().zip(counts).filter_map(|(state, count)| Some((state, count?.0)));
    if known().next().is_none() {
        return super::words::unknown();
    }
    let nonzero = || known().filter(|(_, count)| *count > 0.0);
    let counts: Vec<_> = nonzero().map(|(state, count)| format!("{} {state}", number(count))).collect();
    let words = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    let total: f64 = nonzero().map(|(_, count)| count).sum();
    let scale = max.unwrap_or_default().max(total).max(1.0);
    let mut left = 0.0;
    let segments = nonzero().map(|(state, count)| {
        let (x, width) = (left, count / scale * WIDTH);
        left += width;
        (state, x, width)
    });
    html! {
        svg.bar viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none" aria-hidden="true" {
            rect.room width=(WIDTH) height=(HEIGHT) {}
            @for (state, x, width) in segments {
                rect.(state) x=(format!("{x:.1}")) width=(format!("{width:.1}")) height=(HEIGHT) {}
            }
        }
        span.words { (words) @if let Some(max) = max { span.quiet { " of " (number(max)) } } }
    }
}

/// Queue depth of the last minutes as a line. Nothing with fewer than two samples, or without jobs.
pub(super) fn queue(history: &[(Duration, f64)]) -> Markup {
    if history.len() < 2 || history.iter().all(|(_, depth)| *depth <= 0.0) {
        return html! {};
    }
    let (low, high) = history
        .iter()
        .fold((f64::MAX, 0.0_f64), |(low, high), (_, depth)| (low.min(*depth), high.max(*depth)));
    let scale = high.max(1.0);
    let points: Vec<String> = sampled(history)
        .map(|(age, depth)| {
            let x = WIDTH * (1.0 - age.as_secs_f64() / PERIOD).max(0.0);
            let y = 1.0 + (HEIGHT - 2.0) * (1.0 - depth / scale);
            format!("{x:.0},{y:.0}")
        })
        .collect();
    let words = format!("{} to {} waiting in the last ten minutes", number(low), number(high));
    html! {
        svg.line viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none" role="img" aria-label=(words) {
            title { (words) }
            polyline points=(points.join(" ")) {}
        }
    }
}

/// At most [`POINTS`] of the samples: of each group the deepest queue, and always the last sample.
fn sampled(history: &[(Duration, f64)]) -> impl Iterator<Item = (Duration, f64)> {
    let (last, before) = history.split_last().map_or((None, history), |(last, before)| (Some(*last), before));
    let size = before.len().div_ceil(POINTS.saturating_sub(1)).max(1);
    let deepest =
        |group: &[(Duration, f64)]| group.iter().copied().max_by(|one, other| one.1.total_cmp(&other.1));
    before.chunks(size).filter_map(deepest).chain(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(states: States, max: Option<f64>) -> String {
        workers(&Workers { states, min: None, max, standby: None }).0
    }

    #[test]
    fn each_worker_is_drawn_once_and_unknown_states_are_not() {
        let drawn =
            of(States { ready: Some(Count(3.0)), running: Some(Count(1.0)), ..States::default() }, Some(4.0));
        assert!(drawn.contains("1 running, 2 idle<span class=\"quiet\"> of 4</span>"), "{drawn}");
        assert!(drawn.contains("<rect class=\"idle\" x=\"24.0\" width=\"48.0\""), "{drawn}");
        assert!(!drawn.contains("unhealthy"), "{drawn}");
        assert!(of(States::default(), Some(4.0)).contains("unknown"));
        assert!(of(States { idle: Some(Count(0.0)), ..States::default() }, None).contains("none"));
    }

    #[test]
    fn the_queue_chart_ends_now_and_is_scaled_to_its_maximum() {
        let s = Duration::from_secs;
        let line = queue(&[(s(600), 0.0), (s(300), 8.0), (s(0), 4.0)]).0;
        assert!(line.contains("points=\"0,11 48,1 96,6\""), "{line}");
        assert!(line.contains("0 to 8 waiting"), "{line}");
        assert_eq!(queue(&[(s(0), 4.0)]).0, "");
        assert_eq!(queue(&[(s(9), 0.0), (s(0), 0.0)]).0, "");
    }
    #[test]
    fn many_samples_are_few_points_with_the_same_peak_and_end() {
        let history: Vec<_> =
            (0..600_u32).rev().map(|age| (Duration::from_secs(age.into()), f64::from(age % 7))).collect();
        let points: Vec<_> = sampled(&history).collect();
        assert!((POINTS / 2..=POINTS).contains(&points.len()), "{}", points.len());
        assert_eq!(points.last(), Some(&(Duration::ZERO, 0.0)));
        assert!(points.iter().any(|(_, depth)| *depth > 5.5), "{points:?}");
        assert_eq!(sampled(&history[..2]).count(), 2);
    }
}
