//! The simulator's own routes under `/simulator`: set faults and scenes while it runs, and read the record of requests.
//!
//! What a fault or a scene does does not belong here.

use std::fmt::Display;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};

use crate::faults::{FaultBoard, Rule};
use crate::scene::{ActiveScenes, Scene};
use crate::traffic::{Traffic, TrafficReport};
use crate::world::World;

/// What the routes control.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    pub(crate) world: World,
    pub(crate) faults: FaultBoard,
    pub(crate) scenes: ActiveScenes,
    pub(crate) traffic: Traffic,
}

/// A status, or one with a message.
type Outcome = Result<StatusCode, (StatusCode, String)>;

/// The routes.
pub(crate) fn router(control: Control) -> Router {
    Router::new()
        .route("/simulator/faults", get(faults).put(replace_faults).delete(clear_faults))
        .route("/simulator/scene", get(scenes).put(play).delete(end_scenes))
        .route("/simulator/traffic", get(traffic).delete(reset_traffic))
        .with_state(control)
}

/// `GET /simulator/faults`: the rules in force, one per line.
async fn faults(State(control): State<Control>) -> String {
    let rules = control.faults.rules();
    rules.iter().flat_map(|rule| [rule.to_string(), "\n".to_owned()]).collect()
}

/// `PUT /simulator/faults`: replaces all rules, one per line. Blank lines and lines that start with `#` are skipped. After
/// an error, the old rules stay in force.
async fn replace_faults(State(control): State<Control>, body: String) -> Outcome {
    control.faults.replace(each_line(&body, str::parse::<Rule>)?);
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /simulator/faults`: removes all rules.
async fn clear_faults(State(control): State<Control>) -> StatusCode {
    control.faults.clear();
    StatusCode::NO_CONTENT
}

/// `GET /simulator/scene`: the names of the active scenes, one per line.
async fn scenes(State(control): State<Control>) -> String {
    control.scenes.scenes().iter().flat_map(|scene| [scene.name, "\n"]).collect()
}

/// `PUT /simulator/scene`: starts these scenes, one per line, and ends all others. After an error, such as a scene about
/// clusters in an account without any, the old ones stay active.
async fn play(State(control): State<Control>, body: String) -> Outcome {
    // An empty body gets the list of names as an error.
    let body = if body.trim().is_empty() { "?" } else { &body };
    let scenes = each_line(body, Scene::named)?;
    let has_clusters = |scene: &&&Scene| scene.clusters <= control.world.clusters().len();
    if let Some(Scene { name, clusters, .. }) = scenes.iter().find(|scene| !has_clusters(scene)) {
        let message = format!(
            "{name}: the account has too few clusters; start the simulator with --clusters {clusters}\n"
        );
        return Err((StatusCode::CONFLICT, message));
    }
    control.scenes.play(&control.world, scenes);
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /simulator/scene`: ends all scenes, and the world recovers.
async fn end_scenes(State(control): State<Control>) -> StatusCode {
    control.scenes.play(&control.world, Vec::new());
    StatusCode::NO_CONTENT
}

/// `GET /simulator/traffic`: the record of requests.
async fn traffic(State(control): State<Control>) -> Json<TrafficReport> {
    Json(control.traffic.report())
}

/// `DELETE /simulator/traffic`: resets the record.
async fn reset_traffic(State(control): State<Control>) -> StatusCode {
    control.traffic.reset();
    StatusCode::NO_CONTENT
}

/// Parses each line that is neither blank nor a comment.
fn each_line<T, E: Display>(
    body: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, (StatusCode, String)> {
    let lines = body.lines().zip(1..).map(|(line, number)| (line.trim(), number));
    let lines = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    let parse = |(line, number)| {
        parse(line).map_err(|error| (StatusCode::BAD_REQUEST, format!("line {number}: {error}\n")))
    };
    lines.map(parse).collect()
}
