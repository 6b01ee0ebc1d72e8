//! Exit codes that all programs share.

/// An invalid flag, argument or configuration. It is `EX_USAGE` of `sysexits.h`: smaller codes are results of commands.
pub const USAGE: u8 = 64;
