//! From a request to the bytes of its answer: the caller, the gateway in front of the APIs, and faults on the wire.
//!
//! What a correct answer contains does not belong here: the APIs write it.

mod broken;
mod caller;
mod correct;
mod gateway;
mod key;

pub(crate) use self::caller::Caller;
pub(crate) use self::correct::{Answer, Identity};
pub(crate) use self::gateway::{CutAfter, Gateway, GatewayOptions, Request};
pub(crate) use self::key::Key;
