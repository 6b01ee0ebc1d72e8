//! What a process uses, as Linux reports it.

use serde_json::{Value, json};

use crate::account::Outcome;

/// What a process uses at a moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Resident memory in bytes.
    pub(crate) memory: u64,
    pub(crate) files: u64,
    pub(crate) threads: u64,
    /// Tasks of the runtime; 0 if unknown.
    pub(crate) tasks: u64,
    /// Series of a scrape.
    pub(crate) series: u64,
}

impl Usage {
    /// That of a process, `self` or its id.
    pub(crate) fn of(process: &str, page: &str, tasks: usize) -> Outcome<Self> {
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let field = |name: &str| -> Outcome<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such field")?;
            Ok(line.split_whitespace().next().ok_or("an empty field")?.parse()?)
        };
        let files = std::fs::read_dir(format!("/proc/{process}/fd"))?.count();
        let series = page.lines().filter(|line| !line.starts_with('#')).count();
        Ok(Self {
            memory: field("VmRSS:")? * 1024,
            files: files.try_into()?,
            threads: field("Threads:")?,
            tasks: tasks.try_into()?,
            series: series.try_into()?,
        })
    }

    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            memory: self.memory.max(other.memory),
            files: self.files.max(other.files),
            threads: self.threads.max(other.threads),
            tasks: self.tasks.max(other.tasks),
            series: self.series.max(other.series),
        }
    }

    pub(crate) fn json(self, at: f64) -> Value {
        let Self { memory, files, threads, tasks, series } = self;
        json!({"at": at, "memory": memory, "files": files, "threads": threads, "tasks": tasks, "series": series})
    }

    /// What is more than it was `before`, by more than a share of it and a few. `memory` is how many more bytes are expected.
    pub(crate) fn growth(self, before: Self, memory: u64) -> Vec<String> {
        let is_more = |now: u64, before: u64, few: u64| now > before + before / 20 + few;
        let figures = [
            ("memory in bytes", self.memory, before.memory, memory + 1024 * 1024),
            ("open files", self.files, before.files, 4),
            ("threads", self.threads, before.threads, 2),
            ("tasks", self.tasks, before.tasks, 4),
            ("series", self.series, before.series, 20),
        ];
        let grown = figures.into_iter().filter(|(_, now, before, few)| is_more(*now, *before, *few));
        grown.map(|(what, now, before, _)| format!("{what}: {before} before, {now} now")).collect()
    }
}
