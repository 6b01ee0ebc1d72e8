//! Whether the account is real, simulated or a recording.

use strum::IntoStaticStr;

/// Whether the account behind the series is real, simulated or a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Mode {
    /// A real account.
    Serve,
    /// A simulated one.
    Demo,
    /// A recording of one.
    Replay,
}

impl Mode {
    /// The value of the `mode` label.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}
