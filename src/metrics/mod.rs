//! The metric families read from snapshots: one file with one table per subject. A new metric is one entry in a table.

mod account;
mod billing;
mod endpoints;
mod exporter;
mod host;
mod judgement;
mod label;
mod latency;
mod market;
mod pods;
mod volumes;
mod workers;

use crate::catalog::{Family, Header};

/// The tables, under the titles of the documentation.
pub static CATALOG: &[(&str, &[&dyn Family])] = &[
    ("Serverless endpoints", endpoints::FAMILIES),
    ("Workers", workers::FAMILIES),
    ("Latency", latency::FAMILIES),
    ("Pods", pods::FAMILIES),
    ("Account", account::FAMILIES),
    ("Billing", billing::FAMILIES),
    ("Network volumes", volumes::FAMILIES),
    ("GPU market", market::FAMILIES),
    ("Hosts", host::FAMILIES),
    ("Health and thresholds", judgement::FAMILIES),
    ("Exporter", exporter::FAMILIES),
];

/// Every family that is read from a snapshot.
pub fn families() -> impl Iterator<Item = &'static dyn Family> {
    CATALOG.iter().flat_map(|(_, families)| families.iter().copied())
}

/// Where the instruments stand that are about endpoints: they count jobs.
const OF_JOBS: &str = "Latency";

/// The chapters of the documentation: the tables, and the instruments under the last title unless they are about endpoints.
pub fn chapters(instruments: Vec<Header>) -> Vec<(&'static str, Vec<Header>)> {
    let mut chapters: Vec<(&str, Vec<Header>)> = CATALOG
        .iter()
        .map(|(title, families)| (*title, families.iter().map(|family| family.header()).collect()))
        .collect();
    let about_endpoints = |header: &Header| header.labels.iter().any(|label| label == "endpoint_id");
    let (of_jobs, rest): (Vec<_>, Vec<_>) = instruments.into_iter().partition(about_endpoints);
    if let Some((_, latency)) = chapters.iter_mut().find(|(title, _)| *title == OF_JOBS) {
        latency.extend(of_jobs);
    }
    if let Some((_, last)) = chapters.last_mut() {
        last.extend(rest);
    }
    chapters
}
