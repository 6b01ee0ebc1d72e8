//! The accounts of the configuration file: validated, and completed with the values of the flags.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::file::{self, Entry, FileError, Interval, Intervals, Patterns};
use super::keys::key_of_file;
use super::variable::variable_of;
use super::{Account, Inputs, Webhook, base_url, collectors, name, pattern, share};
use crate::settings::{Collector, Collectors, Filter, Invalid, Reading, Refresh, Shard};
use runpod::{ApiKey, KeyError, Limits, Urls};

/// The values of the flags, which are the defaults of each account in the file.
#[derive(Debug, Clone)]
pub(crate) struct Defaults {
    /// The URLs of the APIs.
    pub urls: Urls,
    /// What is read, and how often.
    pub reading: Reading,
    /// The limits of requests.
    pub limits: Limits,
    /// How finished jobs are accepted.
    pub webhook: Webhook,
    /// Whether to allow plain HTTP to other machines.
    pub allow_insecure: bool,
    /// The share of the accounts to read. `None`: all of them.
    pub shard: Option<Shard>,
}

/// Reads a file. Returns its accounts, if it has any, and updates `defaults` with its settings for all accounts.
pub(crate) fn from_file(
    path: &Path,
    defaults: &mut Defaults,
    inputs: &Inputs,
) -> Result<Option<Vec<Account>>, FileError> {
    let file = file::read(path, inputs)?;
    defaults.reading.refresh = refresh(&file.refresh, &Refresh::default());
    let invalid = |error: Invalid| FileError::new(path, error.to_string());
    let thresholds = file.thresholds.thresholds().map_err(|error| invalid(error.within("thresholds")))?;
    defaults.reading.thresholds = Arc::new(thresholds);
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let webhook = file.webhook.over(defaults.webhook.clone(), folder, inputs);
    defaults.webhook = webhook.map_err(|error| invalid(error.within("webhook")))?;
    let Some(entries) = file.accounts else { return Ok(None) };
    if entries.is_empty() {
        return Err(FileError::new(path, "the list of accounts is empty; add at least one"));
    }
    let mut names = BTreeSet::new();
    let (mut numbers, mut accounts) = (Vec::new(), Vec::new());
    for (n, entry) in (1..).zip(entries) {
        let name = entry.name.clone();
        name::check(&name).map_err(|error| invalid(error.within(format!("account {n}"))))?;
        let invalid_account = |error: Invalid| invalid(error.within(format!("account \"{name}\"")));
        if !names.insert(name.clone()) {
            let error = Invalid::new("is listed twice; give each account a unique name");
            return Err(invalid_account(error));
        }
        // A mistake in an account costs its own shard only, and a shard needs no keys but its own.
        if defaults.shard.is_none_or(|shard| shard.reads(&name)) {
            accounts.push(account(entry, path, defaults, inputs).map_err(invalid_account)?);
            numbers.push(n);
        }
    }
    if let Some(n) = name_that_is_a_key(&accounts).and_then(|at| numbers.get(at)) {
        let error = Invalid::new("the name is an API key, and names are shown in metrics; use another name");
        return Err(invalid(error.within(format!("account {n}"))));
    }
    Ok(Some(accounts))
}

/// The place of the first account whose name is a key, of itself or of another account.
fn name_that_is_a_key(accounts: &[Account]) -> Option<usize> {
    let is_key = |name: &str| {
        let mut keys = accounts.iter().flat_map(|account| {
            [Some(&account.key), account.metrics_key.as_ref().map(|(_, key)| key)].into_iter().flatten()
        });
        keys.any(|key| key.is(name))
    };
    accounts.iter().position(|account| is_key(&account.name))
}

fn account(entry: Entry, path: &Path, defaults: &Defaults, inputs: &Inputs) -> Result<Account, Invalid> {
    let Entry {
        name,
        api_key_file,
        api_key_env,
        api_key: forbidden_key,
        metrics_key_file,
        graphql_url,
        jobs_url,
        rest_url,
        rest_quota_share,
        each_worker,
        refresh: intervals,
        collectors: names,
        endpoints,
        pods,
    } = entry;
    if forbidden_key.is_some() {
        return Err(Invalid::new("keys are not allowed in this file; store the key in a separate file and set api_key_file, or in an environment variable and set api_key_env").within("api_key"));
    }
    // A relative path is relative to this file, not to the working directory.
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let key_file = api_key_file.map(|file| folder.join(file));
    let key = account_key(key_file.as_deref(), api_key_env.as_deref(), inputs)?;
    let metrics_key = match metrics_key_file {
        None => None,
        Some(file) => {
            let file = folder.join(file);
            let key = key_of_file(inputs, &file, "metrics_key_file");
            Some((file, key.map_err(|error| Invalid::new(error.to_string()))?))
        }
    };
    let url = |field: &str, text: Option<String>, default: &url::Url| match text {
        None => Ok(default.clone()),
        Some(text) => base_url(&text, defaults.allow_insecure)
            .map_err(|error| Invalid::new(error.about(field)).within(field)),
    };
    let filter = |field: &str, Patterns { include, exclude }: Patterns| {
        Filter::new(&include, &exclude).map_err(|error| pattern(&error).within(field))
    };
    let rest_share = match rest_quota_share {
        None => defaults.limits.rest_share,
        Some(value) => share(value).map_err(|error| error.within("rest_quota_share"))?,
    };
    Ok(Account {
        name: Arc::from(name),
        key,
        key_file,
        metrics_key,
        urls: Urls {
            graphql: url("graphql_url", graphql_url, &defaults.urls.graphql)?,
            jobs: url("jobs_url", jobs_url, &defaults.urls.jobs)?,
            rest: url("rest_url", rest_url, &defaults.urls.rest)?,
        },
        limits: Limits { rest_share, ..defaults.limits },
        reading: Reading {
            collectors: enabled(names, &defaults.reading.collectors)?,
            endpoints: filter("endpoints", endpoints)?,
            pods: filter("pods", pods)?,
            refresh: refresh(&intervals, &defaults.reading.refresh),
            each_worker: each_worker.unwrap_or(defaults.reading.each_worker),
            thresholds: Arc::clone(&defaults.reading.thresholds),
        },
    })
}

/// The key of an account: from its file or from its environment variable.
fn account_key(file: Option<&Path>, variable: Option<&str>, inputs: &Inputs) -> Result<ApiKey, Invalid> {
    match (file, variable) {
        (None, None) => Err(Invalid::new("has no key; set api_key_file or api_key_env")),
        (Some(_), Some(_)) => {
            Err(Invalid::new("api_key_file and api_key_env are both set; remove one of them"))
        }
        (Some(file), None) => {
            let key = key_of_file(inputs, file, "api_key_file");
            key.map_err(|error| Invalid::new(error.to_string()))
        }
        (None, Some(name)) => {
            let value = variable_of("api_key_env", name, inputs)?;
            let invalid = |error: KeyError| Invalid::new(format!("{name}: {error}")).within("api_key_env");
            ApiKey::parse(&value).map_err(invalid)
        }
    }
}

/// The collectors of an account: those that it names, or else the default ones.
fn enabled(names: Option<Vec<String>>, defaults: &Collectors) -> Result<Collectors, Invalid> {
    let enabled = match names {
        None => defaults.clone(),
        Some(names) => {
            let parsed = names.iter().map(|name| name.parse::<Collector>()).collect::<Result<_, _>>();
            parsed.map_err(|error| Invalid::new(error.to_string()).within("collectors"))?
        }
    };
    collectors(enabled).map_err(|error| Invalid::new(error.to_string()))
}

/// The intervals of an account, with the given defaults.
pub(super) fn refresh(intervals: &Intervals, defaults: &Refresh) -> Refresh {
    let Intervals {
        account,
        endpoints,
        workers,
        pods,
        clusters,
        requests,
        latency,
        batches,
        billing,
        volumes,
        market,
        host,
    } = intervals;
    let configured = [
        (Collector::Account, account),
        (Collector::Endpoints, endpoints),
        (Collector::Workers, workers),
        (Collector::Pods, pods),
        (Collector::Clusters, clusters),
        (Collector::Requests, requests),
        (Collector::Latency, latency),
        (Collector::Batches, batches),
        (Collector::Billing, billing),
        (Collector::Volumes, volumes),
        (Collector::Market, market),
        (Collector::Host, host),
    ];
    let every = |collector, interval: &Option<Interval>| {
        interval.map_or_else(|| defaults.every(collector), |Interval(every)| every)
    };
    configured.into_iter().map(|(collector, interval)| (collector, every(collector, interval))).collect()
}
