//! Soak: what the exporter uses over a long time. `week` simulates a week in which the endpoints are replaced; `load` is real
//! minutes of many scrapers and webhooks. Writes the figures as JSON to the file that is given, and fails if something grows, is
//! lost or is an error. `make soak` runs both, and makes the tables and the plot of docs/soak.md from them. Needs Linux.

#[path = "../support/account.rs"]
mod account;
mod load;
mod scrapers;
#[path = "../support/upstream.rs"]
mod simulator;
mod timings;
mod upstream;
mod usage;
mod webhooks;
mod week;

use mimalloc::MiMalloc;

use crate::account::Outcome;

/// The allocator of the exporter: what is measured in this process is what the exporter would use.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> Outcome<()> {
    rlimit::increase_nofile_limit(u64::MAX)?; // each connection needs a file
    // Cargo adds an argument of its own.
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let single = || tokio::runtime::Builder::new_current_thread().enable_all().build();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [upstream::ARGUMENT] => single()?.block_on(upstream::run()),
        // The clock of tokio can only be advanced on a single thread.
        ["week", file] => single()?.block_on(week::run(week::SCRAPES, file)),
        ["week", file, scrapes] => single()?.block_on(week::run(scrapes.parse()?, file)),
        ["load", file] => tokio::runtime::Runtime::new()?.block_on(load::run(load::SECONDS, file)),
        ["load", file, seconds] => {
            tokio::runtime::Runtime::new()?.block_on(load::run(seconds.parse()?, file))
        }
        _ => Err("arguments: week FILE [SCRAPES], or load FILE [SECONDS]".into()),
    }
}
