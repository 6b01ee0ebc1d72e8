//! The flags that `runpod-simulator` and the exporter's `simulate` and `demo` share, and the texts around them.
//!
//! How a flag takes effect does not belong here.

pub mod heading;
mod simulate;
mod text;
mod webhooks;
mod world;

pub use self::simulate::SimulateFlags;
pub use self::text::{details, usage};
pub use self::webhooks::WebhookFlags;
pub use self::world::WorldFlags;
