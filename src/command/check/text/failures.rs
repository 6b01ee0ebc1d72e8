//! What could not be read. The same failure of several collectors is one line.

/// The failures, each with its collectors.
pub(super) fn lines(errors: &[String]) -> Vec<String> {
    let mut failures: Vec<Failure<'_>> = Vec::new();
    for error in errors {
        let new = Failure::of(error);
        match failures.iter_mut().find(|failure| failure.reason == new.reason) {
            Some(failure) => failure.merge(new),
            None => failures.push(new),
        }
    }
    failures.iter().map(Failure::line).collect()
}

/// A failure: `COLLECTOR: API OPERATION at HOST: REASON`.
#[derive(Debug)]
struct Failure<'a> {
    collectors: Vec<&'a str>,
    /// Each API with its host.
    apis: Vec<String>,
    reason: &'a str,
}

impl<'a> Failure<'a> {
    fn of(error: &'a str) -> Self {
        let whole = || Self { collectors: Vec::new(), apis: Vec::new(), reason: error };
        let Some((collector, rest)) = error.split_once(": ") else { return whole() };
        let Some((request, rest)) = rest.split_once(" at ") else {
            return Self { collectors: vec![collector], apis: Vec::new(), reason: rest };
        };
        let Some((host, reason)) = rest.split_once(": ") else { return whole() };
        let api = request.split(' ').next().unwrap_or_default();
        Self { collectors: vec![collector], apis: vec![format!("{api} at {host}")], reason }
    }

    fn merge(&mut self, other: Self) {
        for collector in other.collectors {
            if !self.collectors.contains(&collector) {
                self.collectors.push(collector);
            }
        }
        for api in other.apis {
            if !self.apis.contains(&api) {
                self.apis.push(api);
            }
        }
    }

    fn line(&self) -> String {
        let apis = if self.apis.is_empty() { String::new() } else { format!(" ({})", self.apis.join(", ")) };
        match self.collectors.as_slice() {
            [] => format!("cannot read {}", self.reason),
            collectors => format!("cannot read {}: {}{apis}", collectors.join(", "), self.reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_several_collectors_is_one_line() {
        let errors = [
            "endpoints: graphql endpoints at api.runpod.io: API key rejected (401); check the API key",
            "health: graphql endpoints at api.runpod.io: API key rejected (401); check the API key",
            "billing: rest billing at api.runpod.io: API key rejected (401); check the API key",
            "pods: graphql pods at 127.0.0.1:1: timed out",
            "something else",
        ];
        assert_eq!(
            lines(&errors.map(str::to_owned)),
            [
                "cannot read endpoints, health, billing: API key rejected (401); check the API key (graphql at api.runpod.io, rest at api.runpod.io)",
                "cannot read pods: timed out (graphql at 127.0.0.1:1)",
                "cannot read something else",
            ]
        );
    }
}
