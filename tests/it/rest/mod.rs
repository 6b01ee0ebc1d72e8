//! The REST API: recorded responses, fallback for GraphQL, pauses and pagination.

mod answers;
mod billing_mode;
mod clusters;
mod fallback;
mod market;
mod metrics;
mod new_values;
mod pages;
mod pauses;
mod recorded;
