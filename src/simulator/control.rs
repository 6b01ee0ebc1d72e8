//! The simulator's own routes, for tests and people: break things while it runs, see what was asked.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::Simulator;
use super::faults::Rule;
use super::traffic::TrafficReport;

/// `GET /simulator/faults`: the rules in force, one a line.
pub(super) async fn faults(State(simulator): State<Simulator>) -> String {
    let rules = simulator.faults().rules();
    rules.iter().flat_map(|rule| [rule.to_string(), "\n".to_owned()]).collect()
}

/// `PUT /simulator/faults`: these rules and no others, one a line; blank lines and lines with a `#` in front are
/// skipped. One mistake, and the old rules stay.
pub(super) async fn replace_faults(
    State(simulator): State<Simulator>,
    body: String,
) -> Result<StatusCode, (StatusCode, String)> {
    let lines = body.lines().zip(1..).map(|(line, number)| (line.trim(), number));
    let rules = lines
        .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, number)| {
            let rule = line.parse::<Rule>();
            rule.map_err(|error| (StatusCode::BAD_REQUEST, format!("line {number}: {error}\n")))
        })
        .collect::<Result<_, _>>()?;
    simulator.faults().replace(rules);
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /simulator/faults`: no rules any more.
pub(super) async fn clear_faults(State(simulator): State<Simulator>) -> StatusCode {
    simulator.faults().clear();
    StatusCode::NO_CONTENT
}

/// `GET /simulator/traffic`: what was asked.
pub(super) async fn traffic(State(simulator): State<Simulator>) -> Json<TrafficReport> {
    Json(simulator.traffic().report())
}

/// `DELETE /simulator/traffic`: counts from zero.
pub(super) async fn reset_traffic(State(simulator): State<Simulator>) -> StatusCode {
    simulator.traffic().reset();
    StatusCode::NO_CONTENT
}
