//! What Linux reports about this process in `/proc`. Other systems report nothing here.

use std::fs;
use std::sync::LazyLock;

use super::CpuTime;
use crate::snapshot::{Bytes, Count, Seconds};

/// What the operating system reports about this process; `None` where it could not be read.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// User and system CPU time since the start.
    pub cpu: Option<CpuTime>,
    /// File descriptors that are open.
    pub open_files: Option<Count>,
    /// How many file descriptors may be open.
    pub max_files: Option<Count>,
    /// The size of the address space.
    pub virtual_memory: Option<Bytes>,
    /// The part of the address space that is in memory.
    pub resident_memory: Option<Bytes>,
    /// When the process started, as a Unix timestamp in seconds.
    pub start: Option<Seconds>,
    /// Threads of the operating system.
    pub threads: Option<Count>,
}

/// Clock ticks per second in `/proc`. The kernel converts to this rate on every architecture that Rust supports.
const TICKS: f64 = 100.0;

/// Positions in `/proc/self/stat`, counted from the field after the name.
const USER_TIME: usize = 11;
const SYSTEM_TIME: usize = 12;
const THREADS: usize = 17;
const START: usize = 19;

impl Usage {
    /// Reads what is reported now.
    pub(super) fn read() -> Self {
        /// The time of the boot is corrected with the clock. The start of a process is expected to stay the same.
        static STARTED: LazyLock<Option<Seconds>> =
            LazyLock::new(|| start(&text("self/stat"), &text("stat")));
        let open_files =
            fs::read_dir("/proc/self/fd").ok().and_then(|files| u32::try_from(files.count()).ok());
        Self {
            open_files: open_files.map(|files| Count(files.into())),
            start: *STARTED,
            ..Self::parse(&text("self/stat"), &text("self/status"), &text("self/limits"))
        }
    }

    fn parse(stat: &str, status: &str, limits: &str) -> Self {
        let cpu = || Some(CpuTime::of((field(stat, USER_TIME)? + field(stat, SYSTEM_TIME)?) / TICKS));
        Self {
            cpu: cpu(),
            open_files: None,
            max_files: number(limits, "Max open files").map(Count),
            virtual_memory: number(status, "VmSize:").map(|kilobytes| Bytes(kilobytes * 1024.0)),
            resident_memory: number(status, "VmRSS:").map(|kilobytes| Bytes(kilobytes * 1024.0)),
            start: None,
            threads: field(stat, THREADS).map(Count),
        }
    }
}

/// A file below `/proc`; empty if it cannot be read.
fn text(name: &str) -> String {
    fs::read_to_string(format!("/proc/{name}")).unwrap_or_default()
}

/// A field of `/proc/self/stat`. The name before them is in parentheses and may contain some.
fn field(stat: &str, position: usize) -> Option<f64> {
    stat.rsplit_once(") ")?.1.split(' ').nth(position)?.trim_end().parse().ok()
}

/// The first number of the line that begins with `name`. `unlimited` is none.
fn number(text: &str, name: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

fn start(stat: &str, system: &str) -> Option<Seconds> {
    Some(Seconds(number(system, "btime ")? + (field(stat, START)? / TICKS).floor()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process with parentheses and a space in its name.
    const STAT: &str = "4242 (a) b (c) S 1 4242 4242 0 -1 4194560 905 0 0 0 123 45 0 0 20 0 7 0 60150 9437184 2304 \
                        18446744073709551615 1 1 0 0 0 0 0\n";

    #[test]
    fn the_files_of_a_process_are_read() {
        let status =
            "Name:\ta) b (c\nVmPeak:\t 10000 kB\nVmSize:\t    9216 kB\nVmRSS:\t    9000 kB\nThreads:\t7\n";
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288  files\n";
        let usage = Usage::parse(STAT, status, limits);
        assert_eq!(usage.cpu, Some(CpuTime::of(1.68)));
        assert_eq!((usage.threads, usage.max_files), (Some(Count(7.0)), Some(Count(1024.0))));
        assert_eq!(usage.virtual_memory, Some(Bytes(9_437_184.0)));
        assert_eq!(usage.resident_memory, Some(Bytes(9_216_000.0)));
        assert_eq!(start(STAT, "cpu 1 2\nbtime 1795000000\n"), Some(Seconds(1_795_000_601.0)));
    }

    #[test]
    fn what_cannot_be_read_is_absent() {
        assert_eq!(Usage::parse("", "", "Max open files  unlimited  unlimited  files\n"), Usage::default());
        assert_eq!(Usage::parse("1 (a) S 1", "VmRSS: much\n", ""), Usage::default());
        assert_eq!(start(STAT, ""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_reports_everything_and_cpu_time_has_fractions() {
        let Usage { cpu, open_files, max_files: _, virtual_memory, resident_memory, start, threads } =
            Usage::read();
        let is_positive = |value: Option<f64>| value.is_some_and(|value| value > 0.0);
        assert!(is_positive(open_files.map(|count| count.0)) && is_positive(threads.map(|count| count.0)));
        assert!(resident_memory > Some(Bytes(0.0)) && virtual_memory > resident_memory);
        assert_eq!(start, Usage::read().start);
        assert!(start > Some(Seconds(1.6e9)));
        let begin = cpu.unwrap().as_f64();
        let mut now = begin;
        while now.fract() == 0.0 {
            assert!(now < begin + 2.0, "whole seconds only");
            now = Usage::read().cpu.unwrap().as_f64();
        }
    }
}
