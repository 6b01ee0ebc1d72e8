//! `check` on a machine with an exporter.

use runpod_simulator::Options;

use crate::command::{Ended, end, interrupt, listening, reading};
use crate::support::{Upstream, client};

async fn check(upstream: &Upstream, address: &str, args: &[&str]) -> Ended {
    let mut command = reading(&[&["check", "--duration=0s"], args].concat(), upstream);
    command.env("RUNPOD_EXPORTER_LISTEN", address);
    end(command).await
}

#[tokio::test]
async fn an_exporter_on_this_machine_is_read_if_it_reads_the_same_account() {
    let options = |seed| Options { endpoints: 2, pods: 1, seed, ..Options::default() };
    let upstream = Upstream::start(options(1)).await;
    let exporter = listening(&["serve"], &upstream).await;
    let address = exporter.address.clone();
    let metrics = client().get(format!("http://{address}/metrics")).send().await.unwrap();
    assert_eq!(metrics.status(), 200);
    let source = format!("from the exporter at http://{address}/, which reads the same account");
    let Ended { code, stdout, stderr } = check(&upstream, &address, &[]).await;
    assert!(code < 3 && stdout.contains(&source), "{stdout}{stderr}");
    let Ended { stdout, .. } = check(&upstream, &address, &["--account=default", "llama-3-70b"]).await;
    assert!(stdout.contains(&source) && !stdout.contains("sdxl-turbo"), "{stdout}");
    let Ended { stdout, .. } = check(&upstream, &address, &["--fresh"]).await;
    assert!(!stdout.contains("from the exporter"), "{stdout}");
    // Another account, under the same name.
    let other = Upstream::start(options(7)).await;
    let Ended { stdout, .. } = check(&other, &address, &[]).await;
    assert!(!stdout.contains("from the exporter") && stdout.contains("Account default"), "{stdout}");
    // Something else that listens there.
    let Ended { stdout, .. } = check(&upstream, &other.address.to_string(), &[]).await;
    assert!(!stdout.contains("from the exporter"), "{stdout}");
    interrupt(&exporter.child).await;
}

/// As a person does who tries the demo: with what it prints.
#[tokio::test]
async fn the_variables_that_the_demo_prints_point_commands_at_it() {
    let upstream = Upstream::start(Options::default()).await;
    let demo = listening(&["demo", "--scene=crash-loop", "--endpoints=2"], &upstream).await;
    let printed = std::fs::read_to_string(demo.stdout.path()).unwrap();
    let exports: Vec<(&str, &str)> =
        printed.lines().filter_map(|line| line.trim().strip_prefix("export ")?.split_once('=')).collect();
    let names: Vec<_> = exports.iter().map(|(name, _)| *name).collect();
    let variables = [
        "RUNPOD_API_KEY",
        "RUNPOD_GRAPHQL_URL",
        "RUNPOD_JOBS_URL",
        "RUNPOD_REST_URL",
        "RUNPOD_EXPORTER_LISTEN",
    ];
    assert_eq!(names, variables, "{printed}");
    let commands: Vec<&str> =
        printed.lines().filter_map(|line| line.trim().strip_prefix("runpod-exporter ")).collect();
    assert_eq!(commands.len(), 2, "{printed}");
    for (line, codes) in commands.into_iter().zip([&[0, 1, 2][..], &[0]]) {
        let mut args: Vec<&str> = line.split(' ').collect();
        if args == ["check"] {
            args.push("--duration=0s");
        }
        let mut command = crate::command::command(&args);
        command.envs(exports.iter().copied());
        let Ended { code, stdout, stderr } = end(command).await;
        assert!(codes.contains(&code), "{line}: {code} {stdout}{stderr}");
        assert!(!stdout.is_empty() && stderr.is_empty(), "{line}: {stdout}{stderr}");
    }
    interrupt(&demo.child).await;
}
