//! The simulator's own routes, for tests and people: break things and let things happen while it runs, see what was asked.

use std::fmt::Display;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::faults::Rule;
use super::scene::Scene;
use super::traffic::TrafficReport;
use crate::simulator::Simulator;

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
    simulator.faults().replace(each_line(&body, str::parse::<Rule>)?);
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /simulator/faults`: no rules any more.
pub(super) async fn clear_faults(State(simulator): State<Simulator>) -> StatusCode {
    simulator.faults().clear();
    StatusCode::NO_CONTENT
}

/// `GET /simulator/scene`: the names of the scenes that are played, one a line.
pub(super) async fn scenes(State(simulator): State<Simulator>) -> String {
    simulator.scenes().iter().flat_map(|scene| [scene.name, "\n"]).collect()
}

/// `PUT /simulator/scene`: this scene from now on, or these, one a line, and no others. One mistake, and the old ones
/// go on.
pub(super) async fn play(
    State(simulator): State<Simulator>,
    body: String,
) -> Result<StatusCode, (StatusCode, String)> {
    // Who names none is told which there are.
    let body = if body.trim().is_empty() { "?" } else { &body };
    simulator.play(each_line(body, Scene::named)?);
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /simulator/scene`: nothing happens any more, and the world recovers.
pub(super) async fn end_scenes(State(simulator): State<Simulator>) -> StatusCode {
    simulator.play(Vec::new());
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

/// What stands in each line that is neither blank nor a comment.
fn each_line<T, E: Display>(
    body: &str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, (StatusCode, String)> {
    let lines = body.lines().zip(1..).map(|(line, number)| (line.trim(), number));
    let lines = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    let read = |(line, number)| {
        read(line).map_err(|error| (StatusCode::BAD_REQUEST, format!("line {number}: {error}\n")))
    };
    lines.map(read).collect()
}
