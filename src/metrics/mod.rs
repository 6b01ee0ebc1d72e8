//! The metric families read from snapshots: one file with one table per subject. A new metric is one entry in a table.

mod account;
mod billing;
mod clusters;
mod endpoints;
mod exporter;
mod health;
mod host;
mod jobs;
mod label;
mod latency;
mod logs;
mod market;
mod pods;
mod process;
mod volumes;
mod workers;

use crate::catalog::{Chapter, Family};

/// The tables of each chapter of the documentation.
static TABLES: &[(&str, &[&[&dyn Family]])] = &[
    ("Serverless endpoints", &[endpoints::FAMILIES]),
    ("Workers", &[workers::FAMILIES]),
    ("Latency", &[latency::FAMILIES, logs::FAMILIES, jobs::FAMILIES]),
    ("Pods", &[pods::FAMILIES]),
    ("Clusters", &[clusters::FAMILIES]),
    ("Account", &[account::FAMILIES]),
    ("Billing", &[billing::FAMILIES]),
    ("Network volumes", &[volumes::FAMILIES]),
    ("Market", &[market::FAMILIES]),
    ("Hosts", &[host::FAMILIES]),
    ("Health and thresholds", &[health::FAMILIES]),
    ("Exporter", &[exporter::FAMILIES, process::FAMILIES]),
];

/// Every family with its chapter, in the order of the documentation and of the exposition.
fn titled() -> impl Iterator<Item = (&'static str, &'static dyn Family)> {
    TABLES.iter().flat_map(|(title, tables)| {
        tables.iter().flat_map(|families| families.iter().map(|family| (*title, *family)))
    })
}

/// Every family.
pub fn families() -> impl Iterator<Item = &'static dyn Family> {
    titled().map(|(_, family)| family)
}

/// The chapters of the documentation.
pub fn chapters() -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for (title, family) in titled() {
        match chapters.last_mut() {
            Some((last, headers)) if *last == title => headers.push(family.header()),
            _ => chapters.push((title, vec![family.header()])),
        }
    }
    chapters
}
