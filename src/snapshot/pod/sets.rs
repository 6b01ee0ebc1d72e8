//! The closed sets of a pod. A new member is one variant.

use strum::{IntoStaticStr, VariantArray};

/// The state of a pod (label `status`): desired by GraphQL (`desiredStatus`), observed by REST (`status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum PodState {
    Created,
    Provisioning,
    Starting,
    Running,
    Restarting,
    Paused,
    Exited,
    Error,
    Dead,
    Terminated,
}

/// How a pod is rented (label `pod_kind`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum PodKind {
    Interruptable,
    Reserved,
    Bid,
    Background,
}

/// Where the machine of a pod is from (label `cloud`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Runpod's")]
pub enum Cloud {
    Secure,
    Community,
}
