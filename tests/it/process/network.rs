//! Networks that are cut, that forget connections, and that have one version of IP.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use clock::SystemClock;
use runpod::Urls;
use runpod_exporter::testing::config::Account;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::Instant;
use url::Url;

use super::sandbox;
use crate::command::{command, end, sigterm};
use crate::support::{Exporter, Exposition, account, client, default_collectors};

/// An address for documentation (RFC 5737): it leads nowhere outside of the test.
const THERE: &str = "192.0.2.2";

/// Runs a program that has to succeed.
async fn run(program: &str, args: &[&str]) {
    let output = Command::new(program).args(args).output().await.unwrap();
    assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A simulated Runpod in a network of its own. Dropping it ends it.
struct Remote {
    _process: Child,
    network: String,
}

impl Remote {
    async fn start(endpoints: usize) -> Self {
        let mut process = Command::new("unshare")
            .args([
                "--net",
                "sh",
                "-c",
                "echo; read -r _; exec \"$0\" \"$@\"",
                env!("CARGO_BIN_EXE_runpod-exporter"),
            ])
            .args(["simulate", "--rest-quota=off", "--log.level=off", &format!("--endpoints={endpoints}")])
            .arg(format!("--listen-address={THERE}:80"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        assert_eq!(lines.next_line().await.unwrap().as_deref(), Some(""), "the shell is in its network");
        let pid = process.id().unwrap().to_string();
        for line in [
            "link set lo up",
            &format!("link add name here type veth peer name there netns {pid}"),
            "address add 192.0.2.1/24 dev here",
            "link set here up",
        ] {
            run("ip", &line.split(' ').collect::<Vec<_>>()).await;
        }
        let mut input = process.stdin.take().unwrap();
        let remote = Self { _process: process, network: format!("--net=/proc/{pid}/ns/net") };
        remote.run(&format!("ip address add {THERE}/24 dev there")).await;
        remote.run("ip link set there up").await;
        input.write_all(b"start\n").await.unwrap();
        assert!(lines.next_line().await.unwrap().is_some(), "the simulator does not start");
        remote
    }

    /// Runs a program in its network.
    async fn run(&self, line: &str) {
        run("nsenter", &[&[&*self.network][..], &line.split(' ').collect::<Vec<_>>()].concat()).await;
    }

    /// Loses every packet that it sends, or none.
    async fn lose_packets(&self, all: bool) {
        let line = if all { "replace dev there root pfifo limit 0" } else { "del dev there root" };
        self.run(&format!("tc qdisc {line}")).await;
    }
}

/// The ports of connections from here that are opened from now on.
fn use_ports(range: &str) {
    std::fs::write("/proc/sys/net/ipv4/ip_local_port_range", range).unwrap();
}

fn assert_complete(page: &Exposition, when: &str) {
    assert_eq!(page.sum("runpod_endpoint_up", &[]), 10.0, "{when}");
    assert_eq!(
        page.sum("runpod_collector_success", &[]),
        default_collectors(),
        "{when}: {}",
        page.about("runpod_collector_success")
    );
}

/// Without waiting for what the system sends again: the first scrape after the outage is complete.
#[tokio::test]
async fn the_first_scrape_over_a_network_that_works_again_is_complete() {
    if !sandbox::is_inside() {
        let test = "process::network::the_first_scrape_over_a_network_that_works_again_is_complete";
        return sandbox::run(test, &["--net"]).await;
    }
    use_ports("40000 44999");
    let remote = Remote::start(10).await;
    let url = |path: &str| Url::parse(&format!("http://{THERE}{path}")).unwrap();
    let urls = Urls { graphql: url("/graphql"), jobs: url("/v2"), rest: url("/rest/v2") };
    let account = Account { urls, ..account(([127, 0, 0, 1], 1).into()) };
    let exporter = Exporter::start(account, Arc::new(SystemClock)).await;
    assert_complete(&exporter.scrape().await, "at first");

    remote.lose_packets(true).await;
    let begin = Instant::now();
    let page = exporter.scrape_within(1.5).await;
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    assert_eq!(page.value("runpod_up", &[]), Some(0.0));
    remote.lose_packets(false).await;
    assert_complete(&exporter.scrape().await, "after packets were lost");

    run("ip", &["link", "set", "here", "down"]).await;
    assert_eq!(exporter.scrape_within(1.5).await.value("runpod_up", &[]), Some(0.0));
    run("ip", &["link", "set", "here", "up"]).await;
    assert_complete(&exporter.scrape().await, "after the link was down");

    // As a firewall that was restarted: it drops what belongs to connections that it does not know.
    remote.run("ip rule add pref 1 ipproto tcp sport 80 dport 40000-44999 blackhole").await;
    use_ports("45000 49999");
    let begin = Instant::now();
    assert_complete(&exporter.scrape().await, "after connections were forgotten");
    assert!(begin.elapsed() > Duration::from_secs(2), "no connection was forgotten: {:?}", begin.elapsed());
}

#[tokio::test]
async fn a_machine_with_ipv6_alone_is_enough() {
    if !sandbox::is_inside() {
        return sandbox::run("process::network::a_machine_with_ipv6_alone_is_enough", &["--net"]).await;
    }
    run("ip", &["link", "set", "lo", "up"]).await;
    run("ip", &["address", "del", "127.0.0.1/8", "dev", "lo"]).await;
    let mut simulator = command(&["simulate", "--listen-address=[::1]:80"]).spawn().unwrap();
    let mut exporter = command(&["serve"]);
    exporter.env("RUNPOD_API_KEY", crate::support::KEY);
    for (name, path) in [("GRAPHQL", "graphql"), ("JOBS", "v2"), ("REST", "rest/v2")] {
        exporter.env(format!("RUNPOD_{name}_URL"), format!("http://[::1]/{path}"));
    }
    let mut exporter = exporter.spawn().unwrap();
    let get = async |path: &str| client().get(format!("http://[::1]:10736{path}")).send().await;
    while !get("/ready").await.is_ok_and(|response| response.status() == 200) {
        assert!(exporter.try_wait().unwrap().is_none() && simulator.try_wait().unwrap().is_none());
        tokio::time::sleep(Duration::from_millis(20)).await; // polling another process
    }
    let page = get("/metrics").await.unwrap().text().await.unwrap();
    assert!(page.contains("runpod_up{account=\"default\"} 1\n"), "{page}");
    let healthy = end(command(&["healthcheck"])).await;
    assert_eq!(healthy.code, 0, "{}", healthy.stderr);
    sigterm(&exporter).await;
    assert_eq!(exporter.wait().await.unwrap().code(), Some(0));
}
