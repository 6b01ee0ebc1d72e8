//! Files that are replaced in every way that tools replace them.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use super::{Configured, yaml};
use crate::support::{KEY, Upstream, client};
use runpod_simulator::Options;

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Replaces a symbolic link in one step.
fn relink(target: &str, link: &Path) {
    let next = link.with_file_name("next-link");
    symlink(target, &next).unwrap();
    std::fs::rename(next, link).unwrap();
}

/// Waits until the configuration has this number of accounts: after an event, not only at the next comparison.
async fn until_accounts(exporter: &Configured, number: usize) {
    let begin = Instant::now();
    exporter.until("noticed", async |exporter| exporter.accounts().await == number).await;
    assert!(begin.elapsed() < Duration::from_secs(12), "without an event: {}", exporter.log());
}

/// git-sync replaces a link to a folder; the exporter was started in that folder. Before and after, an edit in the current folder counts.
#[tokio::test]
async fn a_link_to_another_folder_is_followed() {
    let upstream = Upstream::start(Options::default()).await;
    let (one, two, three) =
        (yaml(&upstream, &["a"]), yaml(&upstream, &["a", "b"]), yaml(&upstream, &["a", "b", "c"]));
    let exporter = Configured::prepared("current", "runpod.yml", |folder| {
        write(&folder.join("trees/first/runpod.yml"), &one);
        write(&folder.join("trees/first/key"), KEY);
        symlink("trees/first", folder.join("current")).unwrap();
    })
    .await;
    let folder = exporter.folder.path();
    write(&folder.join("trees/first/runpod.yml"), &two);
    until_accounts(&exporter, 2).await;
    write(&folder.join("trees/second/key"), KEY);
    write(&folder.join("trees/second/runpod.yml"), &three);
    relink("trees/second", &folder.join("current"));
    until_accounts(&exporter, 3).await;
    std::fs::remove_dir_all(folder.join("trees/first")).unwrap();
    write(&folder.join("trees/second/runpod.yml"), &one);
    until_accounts(&exporter, 1).await;
}

/// Kubernetes replaces the link `..data` between the file and its content; secrets and configuration are mounted alike.
#[tokio::test]
async fn a_link_between_links_is_followed() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::prepared("", "etc/runpod.yml", |folder| {
        write(&folder.join("etc/..1/runpod.yml"), &yaml(&upstream, &["a"]));
        symlink("..1", folder.join("etc/..data")).unwrap();
        symlink("..data/runpod.yml", folder.join("etc/runpod.yml")).unwrap();
        write(&folder.join("secret/..1/key"), KEY);
        symlink("..1", folder.join("secret/..data")).unwrap();
        symlink("..data/key", folder.join("secret/key")).unwrap();
        symlink("../secret/key", folder.join("etc/key")).unwrap();
    })
    .await;
    let folder = exporter.folder.path();
    write(&folder.join("etc/..2/runpod.yml"), &yaml(&upstream, &["a", "b"]));
    relink("..2", &folder.join("etc/..data"));
    std::fs::remove_dir_all(folder.join("etc/..1")).unwrap();
    until_accounts(&exporter, 2).await;
    write(&folder.join("secret/..2/key"), "rpa_REVOKED");
    relink("..2", &folder.join("secret/..data"));
    let up = async |exporter: &Configured, up: f64| {
        exporter.scrape().await.value("runpod_up", &["account=\"b\""]) == Some(up)
    };
    exporter.until("rejected", async |exporter| up(exporter, 0.0).await).await;
    write(&folder.join("secret/..3/key"), KEY);
    relink("..3", &folder.join("secret/..data"));
    exporter.until("accepted", async |exporter| up(exporter, 1.0).await).await;
}

#[tokio::test]
async fn a_folder_that_is_made_again_is_watched_again() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::prepared("etc", "runpod.yml", |folder| {
        write(&folder.join("etc/runpod.yml"), &yaml(&upstream, &["a"]));
        write(&folder.join("etc/key"), KEY);
    })
    .await;
    let folder = exporter.folder.path();
    for accounts in [&["a", "b"][..], &["a", "b", "c"], &["a"]] {
        std::fs::remove_dir_all(folder.join("etc")).unwrap();
        exporter.until("missing", async |exporter| exporter.log().contains("cannot read the file")).await;
        write(&folder.join("etc/key"), KEY);
        write(&folder.join("etc/runpod.yml"), &yaml(&upstream, accounts));
        until_accounts(&exporter, accounts.len()).await;
    }
    // A new folder in place of the old one, and then an edit in it.
    write(&folder.join("new/key"), KEY);
    write(&folder.join("new/runpod.yml"), &yaml(&upstream, &["a", "b"]));
    std::fs::rename(folder.join("etc"), folder.join("old")).unwrap();
    std::fs::rename(folder.join("new"), folder.join("etc")).unwrap();
    until_accounts(&exporter, 2).await;
    write(&folder.join("etc/runpod.yml"), &yaml(&upstream, &["a", "b", "c"]));
    until_accounts(&exporter, 3).await;
}

/// The log of the exporter itself is in the watched folder, and a folder may hold busy files.
#[tokio::test]
async fn an_error_is_logged_once_whatever_else_changes() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::start(&upstream, &["a"]).await;
    std::fs::write(exporter.file("runpod.yml"), "accounts: [\n").unwrap();
    let failed = |exporter: &Configured| exporter.log().matches("configuration reload failed").count();
    exporter.until("rejected", async |exporter| failed(exporter) == 1).await;
    for round in 0..5 {
        std::fs::write(exporter.file("busy"), round.to_string()).unwrap();
        std::fs::write(exporter.file("runpod.yml"), "accounts: [\n").unwrap();
        assert_eq!(exporter.reload().await.0, 500);
    }
    assert_eq!(failed(&exporter), 1, "{}", exporter.log());
    std::fs::write(exporter.file("runpod.yml"), "accounts: []\n").unwrap();
    exporter.until("another error", async |exporter| failed(exporter) == 2).await;
    std::fs::write(exporter.file("runpod.yml"), yaml(&upstream, &["a"])).unwrap();
    exporter.until("its end", async |exporter| exporter.log().contains("has no error any more")).await;
    assert_eq!(failed(&exporter), 2, "{}", exporter.log());
    let page = exporter.scrape().await;
    assert_eq!(page.value("runpod_exporter_config_watch_successful", &[]), Some(1.0));
}

/// A file that the new configuration needs may come later than the configuration.
#[tokio::test]
async fn a_key_file_that_appears_later_is_noticed() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::start(&upstream, &["a"]).await;
    let later = yaml(&upstream, &["a", "b"]).replace("api_key_file: key", "api_key_file: later/key");
    std::fs::write(exporter.file("runpod.yml"), later).unwrap();
    exporter
        .until("rejected", async |exporter| exporter.log().contains("cannot read the API key file"))
        .await;
    write(&exporter.file("later/key"), KEY);
    until_accounts(&exporter, 2).await;
}

/// A pipe in place of a key blocks the thread that opens it. Requests are answered meanwhile.
#[tokio::test]
async fn a_pipe_without_a_writer_does_not_stop_the_server() {
    let upstream = Upstream::start(Options::default()).await;
    let exporter = Configured::start(&upstream, &["a"]).await;
    std::fs::remove_file(exporter.file("key")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(exporter.file("key")).status().unwrap().success());
    let mut reloads = tokio::task::JoinSet::new();
    for _ in 0..4 {
        reloads.spawn(client().post(format!("{}/-/reload", exporter.base)).send());
    }
    for _ in 0..8 {
        let health = client().get(format!("{}/health", exporter.base)).send();
        let health = tokio::time::timeout(Duration::from_secs(2), health).await;
        assert_eq!(health.unwrap().unwrap().status(), 200);
    }
    for reload in reloads.join_all().await {
        assert_eq!(reload.unwrap().status(), 500);
    }
    assert!(
        exporter.log().contains("could not be read within 5 s; a pipe needs a writer"),
        "{}",
        exporter.log()
    );
    assert_eq!(exporter.scrape().await.value("runpod_up", &[]), Some(1.0), "the previous key stays");
}
