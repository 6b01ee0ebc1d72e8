//! Several exporters with one file: each reads the accounts of its shard. Of three shards, the first has the account `video`, the
//! second `production` and the third `research`.

use super::{Configured, yaml};
use crate::support::{Upstream, client};
use runpod_simulator::Options;

const ACCOUNTS: [&str; 3] = ["research", "production", "video"];

async fn get(exporter: &Configured, path: &str) -> (u16, String) {
    let response = client().get(format!("{}{path}", exporter.base)).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn shards_share_the_accounts_on_every_route() {
    let upstream = Upstream::start(Options::default()).await;
    let others = [
        ["video", "production", "research"],
        ["production", "video", "research"],
        ["research", "video", "production"],
    ];
    for (index, [own, other, another]) in others.into_iter().enumerate() {
        let exporter = Configured::with(&[&format!("--config.shard={index}/3")], &upstream, &ACCOUNTS).await;
        let page = exporter.scrape().await;
        assert_eq!(page.value("runpod_up", &[&format!("account=\"{own}\"")]), Some(1.0));
        assert_eq!(page.count("runpod_up", &[]), 1, "{}", page.0);
        let log = exporter.log();
        assert!(log.contains(&format!("shard={index}/3 accounts={own}")), "{log}");
        let (_, targets) = get(&exporter, "/sd").await;
        assert!(targets.contains(own) && !targets.contains(other) && !targets.contains(another), "{targets}");
        assert_eq!(get(&exporter, &format!("/probe?account={own}")).await.0, 200);
        let (status, message) = get(&exporter, &format!("/probe?account={other}")).await;
        assert_eq!(status, 404);
        let begin = format!("shard {index}/3 does not read this account; if it is configured, shard ");
        assert!(
            message.starts_with(&begin)
                && message.ends_with(&format!("does; accounts of shard {index}/3:\n  {own}\n")),
            "{message}"
        );
    }
}

#[tokio::test]
async fn an_unknown_account_that_would_belong_to_this_shard_is_reported_as_unknown() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::with(&["--config.shard=0/3"], &upstream, &["video"]).await;
    let (status, message) = get(&exporter, "/probe?account=europe").await;
    assert_eq!((status, &*message), (404, "unknown account; configured accounts of shard 0/3:\n  video\n"));
}

/// Another number of accounts must not keep a rollout waiting.
#[tokio::test]
async fn a_shard_without_an_account_is_ready_and_receives_one() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::with(&["--config.shard=0/3"], &upstream, &["research"]).await;
    assert_eq!(exporter.accounts().await, 0);
    assert_eq!(get(&exporter, "/sd").await, (200, "[]".to_owned()));
    assert_eq!(
        exporter.scrape().await.value("runpod_exporter_config_last_reload_successful", &[]),
        Some(1.0)
    );
    assert!(exporter.log().contains("no account belongs to this shard"), "{}", exporter.log());
    std::fs::write(exporter.file("runpod.yml"), yaml(&upstream, &ACCOUNTS)).unwrap();
    exporter.until("reading the account", async |exporter| exporter.accounts().await == 1).await;
    exporter.until("ready again", async |exporter| get(exporter, "/-/ready").await.0 == 200).await;
}
