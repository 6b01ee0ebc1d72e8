//! Pagination over the wire.

use super::*;

/// The ids of all pages, and the size of each page.
async fn walk(running: &Running, path: &str, name: &str, limit: usize) -> (Vec<String>, Vec<usize>) {
    let (mut seen, mut sizes) = (Vec::new(), Vec::new());
    let mut request = format!("{path}?limit={limit}");
    loop {
        let page = running.json(&request).await;
        seen.extend(ids(&page, name).into_iter().map(str::to_owned));
        sizes.push(array(&page, name).len());
        let pagination = &page["pagination"];
        assert_eq!(pagination["hasNextPage"], json!(pagination["nextCursor"].is_string()));
        let Some(cursor) = pagination["nextCursor"].as_str() else { return (seen, sizes) };
        request = format!("{path}?cursor={cursor}&limit={limit}");
        assert!(sizes.len() < 200, "no end");
    }
}

#[tokio::test]
async fn every_object_is_on_one_page() {
    let rest = RestOptions { quota: "off".parse().unwrap(), ..RestOptions::default() };
    let running = Running::start(&Options { endpoints: 23, pods: 20, rest, ..Options::default() }).await;
    running.clock.advance(jiff::SignedDuration::from_hours(50));
    let releases = format!("serverless/{}/releases", running.first_endpoint());
    for (path, name) in [("pods", "pods"), ("serverless", "endpoints"), (&releases, "releases")] {
        let whole = running.json(path).await;
        assert_eq!(whole["pagination"], json!({ "nextCursor": null, "hasNextPage": false }));
        let whole = ids(&whole, name);
        assert!(whole.len() > 10, "{name}: {whole:?}");
        for limit in [1, 2, 3, 5, 7, whole.len(), 1_000] {
            let (seen, sizes) = walk(&running, path, name, limit).await;
            assert_eq!(seen, whole, "{limit}");
            assert!(sizes.iter().all(|size| *size <= limit));
        }
    }
    let (_, sizes) = walk(&running, "pods", "pods", 2).await;
    assert!(sizes[..sizes.len() - 1].contains(&1), "no incomplete page before the last: {sizes:?}");
    let (_, sizes) = walk(&running, "pods", "pods", 1).await;
    assert!(sizes.contains(&0), "no empty page before the last: {sizes:?}");
}

#[tokio::test]
async fn added_and_removed_endpoints_do_not_hide_others() {
    let running = Running::start(&Options { endpoints: 9, ..Options::default() }).await;
    let first = running.json("serverless?limit=4").await;
    let cursor = first["pagination"]["nextCursor"].as_str().unwrap();
    let world = running.simulator.world();
    for id in [ids(&first, "endpoints")[0], ids(&first, "endpoints")[3]] {
        assert!(world.remove_endpoint(id));
    }
    let added = world.add_endpoint("new");
    let rest = running.json(&format!("serverless?cursor={cursor}")).await;
    assert_eq!(ids(&rest, "endpoints").len(), 6);
    assert_eq!(ids(&rest, "endpoints").last(), Some(&added.as_str()));
}

#[tokio::test]
async fn older_servers_have_no_pagination() {
    let running = Running::with_rest(RestOptions { pagination: false, ..RestOptions::default() }).await;
    for (path, name) in [("pods", "pods"), ("serverless", "endpoints")] {
        let list = running.json(&format!("{path}?limit=1&cursor=nonsense")).await;
        assert!(array(&list, name).len() > 5);
        assert!(list.get("pagination").is_none());
    }
}

#[tokio::test]
async fn what_is_unknown_in_a_query_is_ignored() {
    let running = Running::start(&Options::default()).await;
    for path in PATHS {
        let sign = if path.contains('?') { '&' } else { '?' };
        assert_eq!(running.json(path).await, running.json(&format!("{path}{sign}color=blue&x=%FF")).await);
    }
}
