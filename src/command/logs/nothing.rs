//! Why there are no lines.

use std::fmt::Write as _;

use crate::logs::{Level, LinesRead, Stream, Target, TargetKind};

/// The filters of the command.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Filters<'a> {
    pub(super) level: Option<Level>,
    pub(super) source: Option<Stream>,
    /// The start time, as it was given.
    pub(super) since: Option<&'a str>,
}

/// Why nothing was printed; `None` if something was.
pub(super) fn reason(target: &Target, read: LinesRead, filters: Filters<'_>) -> Option<String> {
    if read.written > 0 {
        return None;
    }
    let (kind, name) = (target.kind.as_str(), &target.name);
    let LinesRead { workers, received, .. } = read;
    if let Some(level) = filters.level.filter(|_| received > 0) {
        return Some(format!(
            "{kind} {name} has no line at level {level} or above; without --level, it has {received}"
        ));
    }
    let who = match (target.kind, workers) {
        (TargetKind::Endpoint, Some(0)) => {
            return Some(format!(
                "endpoint {name} has no worker now, and Runpod shows the logs of existing workers only; \
                 with --follow, those of the next worker are shown"
            ));
        }
        (TargetKind::Endpoint, Some(1)) => format!("the worker of endpoint {name} has"),
        (TargetKind::Endpoint, Some(workers)) => format!("the {workers} workers of endpoint {name} have"),
        (TargetKind::Endpoint | TargetKind::Pod, _) => format!("{kind} {name} has"),
    };
    let mut text = format!("{who} no lines");
    // A string takes everything.
    if let Some(source) = filters.source {
        write!(text, " from source {source}").unwrap_or_default();
    }
    if let Some(since) = filters.since {
        write!(text, " since {since}").unwrap_or_default();
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_reason_is_what_kept_the_lines_out() {
        let target = |kind| Target { kind, id: Arc::from("x1"), name: Arc::from("one") };
        let (endpoint, pod) = (target(TargetKind::Endpoint), target(TargetKind::Pod));
        let read = |workers, received, written| LinesRead { workers, received, written };
        let none = Filters::default();
        let errors = Filters { level: Some(Level::Error), ..none };
        let system = Filters { source: Some(Stream::System), since: Some("10m ago"), ..none };
        for (target, read, filters, reason) in [
            (&pod, read(None, 5, 5), none, None),
            (
                &pod,
                read(None, 87, 0),
                errors,
                Some("pod one has no line at level error or above; without --level, it has 87"),
            ),
            (&pod, read(None, 0, 0), system, Some("pod one has no lines from source system since 10m ago")),
            (&endpoint, read(Some(3), 0, 0), none, Some("the 3 workers of endpoint one have no lines")),
            (&endpoint, read(Some(1), 0, 0), errors, Some("the worker of endpoint one has no lines")),
            (&endpoint, read(None, 0, 0), none, Some("endpoint one has no lines")),
            (&endpoint, read(Some(0), 0, 0), none, Some("endpoint one has no worker now")),
        ] {
            let is = super::reason(target, read, filters);
            match reason {
                Some(reason) => assert!(is.as_ref().is_some_and(|is| is.starts_with(reason)), "{is:?}"),
                None => assert_eq!(is, None),
            }
        }
    }
}
