//! Scenes: typical problems of an account, each under a name, to try an exporter, an alert or a dashboard with.
//!
//! A scene changes parameters of the world or sets faults. How the world develops from there, what an answer looks like
//! and which findings result does not belong here: the tests compare findings with those of an exporter.

pub(crate) use self::active::ActiveScenes;
pub use self::definition::Scene;
pub use self::find::UnknownScene;
pub use self::table::SCENES;

mod active;
mod definition;
mod find;
mod table;
