//! `docs/limits.md`: its numbers are those of the constants, and its series exist.

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;
use runpod_exporter::testing::metrics::families;

/// The row of the page, the file of the constant, and its name.
const ROWS: &[(&str, &str, &str)] = &[
    ("response, decompressed", "crates/runpod/src/limits.rs", "body"),
    ("health of an endpoint", "crates/runpod/src/job_api.rs", "HEALTH_LIMIT"),
    ("recent requests of an endpoint", "crates/runpod/src/job_api.rs", "REQUESTS_LIMIT"),
    ("hourly latencies of an endpoint", "crates/runpod/src/job_api.rs", "METRICS_LIMIT"),
    ("batches of an endpoint, response", "crates/runpod/src/job_api.rs", "BATCHES_LIMIT"),
    ("description of the REST API", "crates/runpod/src/rest/discovery.rs", "OPENAPI_LIMIT"),
    ("pages of a list", "crates/runpod/src/rest/page.rs", "MAX_PAGES"),
    ("endpoints, pods, volumes", "crates/runpod/src/wire/mod.rs", "MAX_OBJECTS"),
    ("machines of a host", "crates/runpod/src/wire/host.rs", "MAX_MACHINES"),
    ("daily earnings", "crates/runpod/src/wire/host.rs", "MAX_EARNINGS"),
    ("workers of an endpoint", "crates/runpod/src/wire/rest/serverless.rs", "MAX_WORKERS"),
    ("workers of an endpoint", "crates/runpod/src/wire/endpoint.rs", "MAX_WORKERS"),
    ("elements in a list of recent requests", "crates/runpod/src/wire/requests.rs", "MAX_REQUESTS"),
    ("hours in a list of latencies", "crates/runpod/src/wire/requests.rs", "MAX_BUCKETS"),
    ("batches of an endpoint, number", "crates/runpod/src/wire/batch.rs", "MAX_BATCHES"),
    ("GPU types and CPU types of a data center", "crates/runpod/src/wire/rest/market.rs", "MAX_TYPES"),
    ("GPUs of a pod", "crates/runpod/src/wire/pod.rs", "MAX_GPUS"),
    ("GPUs of a pod", "crates/runpod/src/wire/rest/pod.rs", "MAX_GPUS"),
    ("ports of a pod", "crates/runpod/src/wire/pod.rs", "MAX_PORTS"),
    ("ports of a pod", "crates/runpod/src/wire/rest/pod.rs", "MAX_PORTS"),
    ("savings plans", "crates/runpod/src/wire/account.rs", "MAX_SAVINGS_PLANS"),
    ("records of a bill", "crates/runpod/src/wire/rest/billing.rs", "MAX_RECORDS"),
    ("amounts in a record", "crates/runpod/src/wire/rest/billing.rs", "MAX_PARTS"),
    ("types of resources", "src/snapshot/bill/sums.rs", "MAX_RESOURCES"),
    ("names |", "crates/lenient-json/src/leaf.rs", "MAX_NAME"),
    ("ids |", "crates/lenient-json/src/leaf.rs", "MAX_ID"),
    ("other texts", "crates/lenient-json/src/leaf.rs", "MAX_TEXT"),
    ("elements of a list of texts", "crates/lenient-json/src/containers.rs", "MAX_TEXTS"),
    ("windows of the REST quota", "crates/runpod/src/quota/header.rs", "MAX_WINDOWS"),
    ("REST requests of an account", "crates/runpod/src/quota/mod.rs", "EXEMPT_RATE"),
    ("length of a window", "crates/runpod/src/quota/window.rs", "LONGEST"),
    ("pause after 429", "crates/runpod/src/backoff.rs", "LONGEST_PAUSE"),
    ("places with damage", "src/instruments/damage.rs", "MAX_PLACES"),
    ("time of a request", "crates/runpod/src/limits.rs", "timeout"),
    ("requests in flight", "crates/runpod/src/limits.rs", "concurrency"),
    ("times that such a request", "crates/runpod/src/transport/retry.rs", "MAX_REFUSALS"),
    ("streams of an HTTP/2", "crates/runpod/src/transport/pool.rs", "STREAMS"),
    ("time without a sign of life", "crates/runpod/src/transport/pool.rs", "SILENCE"),
    ("shards (", "src/settings/shard.rs", "MAX_COUNT"),
    ("`--runpod.concurrency` itself", "src/config/mod.rs", "MAX_CONCURRENCY"),
    ("retries on new connections", "crates/runpod/src/limits.rs", "FRESH_CONNECTIONS"),
    ("open files (`ulimit -n`)", "src/config/mod.rs", "OWN_FILES"),
    ("gatherings of an account", "src/gather/places.rs", "MAX_GATHERINGS"),
    ("gatherings that clients start", "src/scrape/inflight.rs", "ALWAYS"),
    ("time before the deadline", "src/scrape/lead.rs", "MARGIN"),
    ("time after the deadline", "src/scrape/mod.rs", "GRACE"),
    ("scrape timeout of a client", "src/http/metrics.rs", "MAX_TIMEOUT"),
    ("endpoints or pods in one", "crates/runpod/src/graphql/mod.rs", "BATCH"),
    ("rounds of a negotiation", "crates/runpod/src/graphql/negotiate.rs", "MAX_ROUNDS"),
    ("share of the remaining", "crates/runpod/src/limits.rs", "rest_share"),
    ("time until the head", "src/http/server/mod.rs", "head"),
    ("time between two requests", "src/http/server/mod.rs", "idle"),
    ("time to read a response", "src/http/server/mod.rs", "write"),
    ("head of a request", "src/http/server/connection.rs", "MAX_HEAD"),
    ("parameter of `/sd/pods`", "src/http/discovery/query.rs", "MAX_LENGTH"),
    ("ports of one request", "src/http/discovery/query.rs", "MAX_PORTS"),
    ("age of the last scrape", "src/http/discovery/known.rs", "MAX_AGE"),
    ("time after a signal", "src/command/serve.rs", "DRAIN"),
    ("body of a webhook", "src/config/webhook.rs", "MAX_BODY"),
    ("body of a push", "src/http/jobs.rs", "MAX_PUSH"),
    ("time to receive a body", "src/http/jobs.rs", "TIMEOUT"),
    ("bodies in memory", "src/http/body.rs", "MAX_IN_FLIGHT"),
    ("large webhooks", "src/http/jobs.rs", "MAX_LARGE"),
    ("pushes that are parsed", "src/http/jobs.rs", "MAX_PUSHES"),
    ("remembered jobs", "src/jobs/seen.rs", "CAPACITY"),
    ("scrapes after which a job", "src/jobs/seen.rs", "MAX_AGE"),
    ("shortest time after which a job", "src/jobs/seen.rs", "MIN_AGE"),
    ("remembered ends", "src/jobs/seen.rs", "MAX_ENDINGS"),
    ("endpoints that no list", "src/instruments/jobs/store.rs", "MAX_UNLISTED"),
    ("id of an endpoint", "src/instruments/jobs/store.rs", "LONGEST_ID"),
    ("length of a time of a job", "src/jobs/time.rs", "MAX"),
    ("line |", "crates/runpod/src/logs/sse.rs", "LIMIT"),
    ("line |", "crates/runpod/src/logs/socket.rs", "LIMIT"),
    ("lines in the queue", "src/logs/loki/mod.rs", "queue_lines"),
    ("size of the queue", "src/logs/loki/mod.rs", "queue_bytes"),
    ("remembered lines", "src/logs/cursor.rs", "MAX_REMEMBERED"),
    ("remembered positions", "src/logs/collect.rs", "MAX_CURSORS"),
    ("error lines of an endpoint", "src/logs/errors.rs", "MAX_ERRORS"),
    ("length of such a line", "src/logs/errors.rs", "MAX_ERROR_LENGTH"),
    ("time of a request to Alertmanager", "src/alerts/client.rs", "TIMEOUT"),
    ("response of Alertmanager", "src/alerts/client.rs", "MAX_RESPONSE"),
    ("time between two requests to Alertmanager", "src/alerts/mod.rs", "INTERVAL"),
    ("file |", "src/config/inputs/read.rs", "MAX_SIZE"),
    ("time to read all files", "src/config/inputs/mod.rs", "READ_TIMEOUT"),
    ("values of the configuration", "src/config/yaml.rs", "MAX_VALUES"),
    ("levels of the configuration", "src/config/yaml.rs", "MAX_DEPTH"),
    ("name of an account", "src/config/name.rs", "MAX_LENGTH"),
    ("key |", "crates/runpod/src/key/flaw.rs", "MAX_LENGTH"),
    ("interval between two reads", "src/config/file.rs", "MIN_INTERVAL"),
    ("webhook token", "src/config/webhook.rs", "MIN_TOKEN"),
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of the page without their first bar.
fn rows(page: &str) -> Vec<&str> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| "));
    rows.filter(|row| !row.starts_with("what |")).collect()
}

/// The expression that a constant or a default is set to.
fn expression(file: &str, name: &str) -> String {
    let number = r"\d[\d_.]*(?: \* \d+)*|(?:Signed)?Duration::from_\w+\([^)]*\)";
    let value = Regex::new(&format!(r"\b{name}: (?:\w+ = )?({number})")).unwrap();
    let source = read(file);
    let found = value.captures(&source).unwrap_or_else(|| panic!("{file}: no {name}"));
    found[1].to_owned()
}

fn product(expression: &str) -> u64 {
    let factor =
        |text: &str| text.trim().replace('_', "").parse::<u64>().unwrap_or_else(|_| panic!("{expression}"));
    expression.split('*').map(factor).product()
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let head = digits.len() % 3;
    let (head, tail) = digits.split_at(head);
    let tail = tail.as_bytes().chunks(3).map(|chunk| String::from_utf8_lossy(chunk).into_owned());
    let parts: Vec<_> =
        Some(head.to_owned()).filter(|head| !head.is_empty()).into_iter().chain(tail).collect();
    parts.join(",")
}

/// As the page writes it.
fn written(expression: &str) -> String {
    let Some(duration) = expression.trim_start_matches("Signed").strip_prefix("Duration::from_") else {
        if expression.contains('.') {
            return expression.to_owned();
        }
        return match product(expression) {
            number if expression.ends_with("1024 * 1024") => format!("{} MiB", number / 1024 / 1024),
            number if expression.ends_with("* 1024") => format!("{} KiB", number / 1024),
            number => grouped(number),
        };
    };
    let (unit, number) = duration.trim_end_matches(')').split_once('(').unwrap();
    match (unit, product(number)) {
        ("hours", hours) if hours > 24 => format!("{} days", hours / 24),
        ("hours", hours) => format!("{hours} h"),
        ("mins", minutes) => format!("{minutes} min"),
        ("secs", seconds) => format!("{seconds} s"),
        ("millis", milliseconds) => format!("{milliseconds} ms"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_page_has_the_numbers_of_the_constants() {
    let page = read("docs/limits.md");
    let rows = rows(&page);
    for (start, file, name) in ROWS {
        let row = rows.iter().find(|row| row.starts_with(start)).unwrap_or_else(|| panic!("no row {start}"));
        let limit = row.split(" | ").nth(1).unwrap();
        let number = written(&expression(file, name));
        let has = Regex::new(&format!(r"(^|[^\d.,]){}($|[^\d.,]|[,.]\D)", regex::escape(&number))).unwrap();
        assert!(has.is_match(limit), "{start}: {limit}, but {name} in {file} is {number}");
    }
    let of_no_constant = ["open connections", "the same while a server"];
    for row in rows {
        let is_known = ROWS.iter().any(|(start, ..)| row.starts_with(start))
            || of_no_constant.iter().any(|start| row.starts_with(start));
        assert!(is_known, "add the constant of this row to the test: {row}");
    }
}

#[test]
fn the_series_of_the_page_exist() {
    let names: BTreeSet<String> = families().map(|family| family.header().name).collect();
    let page = read("docs/limits.md");
    for row in rows(&page) {
        let cells: Vec<_> = row.trim_end_matches(" |").split(" | ").collect();
        assert_eq!(cells.len(), 4, "{row}");
        let series = cells[3].trim_matches('`');
        assert!(series == "-" || names.contains(series), "{row}");
    }
}
