//! Service level objectives of endpoints, which are optional.
//!
//! They are exported as series, and the alerts about the error budget compare with them. The diagnosis does not.

use crate::settings::{Filter, Invalid};

/// The longest latency of an objective in seconds: the largest finite bound of the latency histogram.
const MAX_SECONDS: f64 = 600.0;

/// The objectives of an endpoint.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Slo {
    /// The share of jobs that return an output.
    pub success: Option<f64>,
    /// The share of jobs that end in time.
    pub latency: Option<LatencyObjective>,
}

/// An objective for the latency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LatencyObjective {
    /// The share of jobs that end in time.
    pub target: f64,
    /// The time in seconds from arrival to end.
    pub seconds: f64,
}

/// The objectives of all endpoints.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slos {
    general: Slo,
    specific: Vec<(Filter, Slo)>,
}

impl Slos {
    /// The objectives for all endpoints, and for endpoints by name or id: the first filter that matches and has an objective
    /// takes precedence.
    pub fn new(general: Slo, specific: Vec<(Filter, Slo)>) -> Result<Self, Invalid> {
        general.check()?;
        specific.iter().try_for_each(|(_, slo)| slo.check())?;
        Ok(Self { general, specific })
    }

    /// The objectives of the endpoint with this name and id.
    pub(super) fn of(&self, name: &str, id: &str) -> Slo {
        let matching =
            self.specific.iter().filter(|(filter, _)| filter.admits(name, id)).map(|(_, slo)| *slo);
        let all = || matching.clone().chain([self.general]);
        Slo { success: all().find_map(|slo| slo.success), latency: all().find_map(|slo| slo.latency) }
    }
}

impl Slo {
    fn check(self) -> Result<(), Invalid> {
        let in_slo = |error: Invalid| error.within("slo");
        let success = self.success.map_or(Ok(()), Self::check_share);
        success.map_err(|error| in_slo(error.within("success")))?;
        let Some(LatencyObjective { target, seconds }) = self.latency else { return Ok(()) };
        Self::check_share(target).map_err(|error| in_slo(error.within("target").within("latency")))?;
        Self::check_seconds(seconds).map_err(|error| in_slo(error.within("seconds").within("latency")))
    }

    /// Whether an objective for a share of jobs can be met and missed.
    pub(crate) fn check_share(share: f64) -> Result<(), Invalid> {
        if share > 0.0 && share < 1.0 {
            return Ok(());
        }
        Err(Invalid::new("must be above 0 and below 1, such as 0.99: an objective of 1 has no error budget"))
    }

    /// Whether the latency histogram shows if an objective for a time is met.
    pub(crate) fn check_seconds(seconds: f64) -> Result<(), Invalid> {
        if seconds > 0.0 && seconds <= MAX_SECONDS {
            return Ok(());
        }
        Err(Invalid::new(format!("must be above 0 and at most {MAX_SECONDS}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn latency(target: f64, seconds: f64) -> Slo {
        Slo { success: None, latency: Some(LatencyObjective { target, seconds }) }
    }

    #[test]
    fn each_objective_comes_from_the_first_entry_that_has_it() {
        let filter = |pattern: &str| Filter::new(&[pattern.to_owned()], &[]).unwrap();
        let general = Slo { success: Some(0.99), latency: None };
        let specific = vec![
            (filter("chat-.*"), latency(0.95, 8.0)),
            (filter(".*"), Slo { success: Some(0.9), ..latency(0.5, 60.0) }),
        ];
        let slos = Slos::new(general, specific).unwrap();
        assert_eq!(slos.of("chat-1", "id"), Slo { success: Some(0.9), ..latency(0.95, 8.0) });
        assert_eq!(slos.of("video", "id"), Slo { success: Some(0.9), ..latency(0.5, 60.0) });
        assert_eq!(Slos::new(general, Vec::new()).unwrap().of("video", "id"), general);
        assert_eq!(Slos::default().of("video", "id"), Slo::default());
    }

    #[test]
    fn impossible_objectives_are_rejected() {
        let error = |slo| Slos::new(slo, Vec::new()).map_err(|error| error.to_string()).unwrap_err();
        for share in [0.0, 1.0, 99.0, -0.5, f64::NAN] {
            assert!(
                error(Slo { success: Some(share), latency: None })
                    .starts_with("slo: success: must be above 0")
            );
            assert!(
                error(latency(share, 8.0)).starts_with("slo: latency: target: must be above 0"),
                "{share}"
            );
        }
        for seconds in [0.0, -1.0, 601.0, f64::INFINITY, f64::NAN] {
            assert_eq!(
                error(latency(0.95, seconds)),
                "slo: latency: seconds: must be above 0 and at most 600"
            );
        }
    }
}
