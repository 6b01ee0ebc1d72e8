//! The REST API: as it was recorded, when it steps in for GraphQL, and when it refuses.

mod market;
mod pages;
mod recorded;
mod rests;
mod stands_in;
