//! Faults on demand: which requests go wrong, how, and how often.
//!
//! A fault knows operations, not routes. How it looks on the wire does not belong here.

pub use self::board::FaultBoard;
pub use self::fault::Fault;
pub use self::parse::RuleError;
pub use self::rule::{Rule, Scope, Target};

mod board;
mod fault;
mod parse;
mod rule;
