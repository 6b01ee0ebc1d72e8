//! Instruments that all have a value.

use std::sync::Arc;
use std::time::Duration;

use runpod::{Api, Damage, Exchange, Observe, Operation, Outcome};
use runpod_exporter::testing::instruments::{CpuTime, Instruments, Measurements, Usage};
use runpod_exporter::testing::jobs::{Job, Reason, Status, Times, Tokens, Trace, Via};
use runpod_exporter::testing::logs::{DropCounter, Level, LogOrigin, Stream};
use runpod_exporter::testing::settings::Mode;
use runpod_exporter::testing::snapshot::{Bytes, Count, Seconds};

use super::noon;

/// The instruments. All of it is about one account.
pub(crate) fn instruments() -> Instruments {
    let instruments = Instruments::new(Mode::Serve, crate::support::stopped());
    instruments.exchanged(Exchange {
        account: "default",
        api: Api::Rest,
        operation: Operation::Workers,
        outcome: Outcome::Ok,
        server: "api.runpod.io",
        waited: Duration::from_millis(3),
        duration: Duration::from_millis(130),
    });
    let list = format!("[7,{}{{}}]", "{},".repeat(2));
    let notes = lenient_json::from_slice::<Short>(format!("{{\"list\":{list}}}").as_bytes()).unwrap().notes;
    let (api, operation) = (Api::Rest, Operation::Workers);
    instruments.damaged(Damage { account: "default", api, operation, notes: &notes });
    let (account, endpoint): (Arc<str>, Arc<str>) = ("default".into(), "e1".into());
    let origin =
        LogOrigin { account: Arc::clone(&account), endpoint_id: endpoint, endpoint_name: "one".into() };
    instruments.log_lines().count(&origin, Level::Error, Stream::Container);
    instruments.log_lines().dropped("default", 3);
    instruments.reloaded(true, noon());
    instruments.watching(true);
    let jobs = instruments.jobs();
    jobs.keep(&[account]);
    let time = |millis| Some(Duration::from_millis(millis));
    let job = Job {
        status: Status::Unknown, // so that there is an unknown value too
        times: Times { latency: time(1_300), delay: time(300), execution: time(1_000) },
        tokens: Tokens { input: Some(20), output: Some(5) },
        trace: Trace::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ..Job::default()
    };
    assert_eq!(jobs.observe(Via::Push, "e1", &job), Ok(true));
    jobs.rejected(Via::Push, Reason::Malformed);
    instruments
}

/// A document with a list that is too long.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Short {
    #[serde(rename = "list")]
    _list: lenient_json::List<serde::de::IgnoredAny, 2>,
}

/// What they have measured, with fixed values where they depend on the machine or the build.
pub(crate) fn measured() -> Measurements {
    let mut measurements = instruments().measure(None);
    let process = measurements.process.as_mut().unwrap();
    (process.build.version, process.build.revision) = ("1.2.3", "abc");
    process.usage = usage();
    measurements
}

fn usage() -> Usage {
    let (count, bytes) = (Some(Count(2.0)), Some(Bytes(4_096.0)));
    Usage {
        cpu: Some(CpuTime::of(1.5)),
        open_files: count,
        max_files: count,
        virtual_memory: bytes,
        resident_memory: bytes,
        start: Some(Seconds(1.5)),
        threads: count,
    }
}
