//! What a command reads: Runpod, or a recording in its place.

use std::path::Path;
use std::sync::Arc;

use clock::Clock;
use runpod::Intercept;

use super::failure::Failure;
use crate::recording::Replay;
use crate::settings::Mode;

/// What a command reads, and the clock that belongs to it.
pub(super) struct Upstream {
    pub(super) mode: Mode,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) intercept: Option<Arc<dyn Intercept>>,
    /// The recording, in words.
    pub(super) recording: Option<String>,
}

/// Runpod, or the recording in this folder.
pub(super) fn upstream(folder: Option<&Path>, clock: Arc<dyn Clock>) -> Result<Upstream, Failure> {
    let Some(folder) = folder else {
        return Ok(Upstream { mode: Mode::Serve, clock, intercept: None, recording: None });
    };
    let replay = Replay::open(folder)?;
    let (clock, about) = (replay.clock(clock), replay.about());
    tracing::warn!("replay: Runpod is not read; the data and the time are those of the recording {about}");
    Ok(Upstream { mode: Mode::Replay, clock, intercept: Some(Arc::new(replay)), recording: Some(about) })
}
