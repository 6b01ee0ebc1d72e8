//! What the configuration file means: its accounts, checked, and completed from the flags.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::file::{self, Entry, FileError, Intervals, Patterns};
use super::{Account, Webhook, api_key, base_url, collectors, metrics_key, pattern, share};
use crate::settings::{Collector, Filter, Reading, Refresh};
use runpod::{Limits, Urls};

/// What an account has where the file says nothing: what the flags say.
#[derive(Debug, Clone)]
pub struct Defaults {
    /// Where the APIs are.
    pub urls: Urls,
    /// What is read.
    pub reading: Reading,
    /// How much may be asked.
    pub limits: Limits,
    /// How finished jobs are taken.
    pub webhook: Webhook,
    /// Whether plain http to other machines is meant.
    pub allow_insecure: bool,
}

/// Reads a file: its accounts, if they are in it, and what it says for all of them. `environment` looks a variable up.
pub fn from_file(
    path: &Path,
    defaults: &mut Defaults,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Vec<Account>>, FileError> {
    let file = file::read(path)?;
    defaults.reading.refresh = refresh(&file.refresh, &Refresh::default());
    let thresholds = file.thresholds.thresholds().map_err(|told| FileError::new(path, told))?;
    defaults.reading.thresholds = Arc::new(thresholds);
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let webhook = file.webhook.over(defaults.webhook.clone(), folder, environment);
    defaults.webhook = webhook.map_err(|told| FileError::new(path, format!("webhook: {told}")))?;
    let Some(entries) = file.accounts else { return Ok(None) };
    let mut names = BTreeSet::new();
    let mut accounts = Vec::new();
    for entry in entries {
        let name = entry.name.clone();
        let wrong = |told: String| FileError::new(path, format!("account \"{name}\": {told}"));
        if name.trim().is_empty() {
            return Err(FileError::new(path, "an account has an empty name; give each a unique name"));
        }
        if !names.insert(name.clone()) {
            return Err(wrong("is listed twice; give each account a unique name".to_owned()));
        }
        accounts.push(account(entry, path, defaults, environment).map_err(wrong)?);
    }
    if accounts.is_empty() {
        return Err(FileError::new(path, "the list of accounts is empty; add at least one"));
    }
    Ok(Some(accounts))
}

fn account(
    entry: Entry,
    path: &Path,
    defaults: &Defaults,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Account, String> {
    let Entry {
        name,
        api_key_file,
        api_key_env,
        api_key: in_file,
        metrics_key_file,
        graphql_url,
        jobs_url,
        rest_url,
        rest_quota_share,
        each_worker,
        refresh: intervals,
        collectors: wanted,
        endpoints,
        pods,
    } = entry;
    if in_file.is_some() {
        return Err("api_key: keys are not allowed in this file; store the key in a separate file and set api_key_file, or in an environment variable and set api_key_env".to_owned());
    }
    let variable = match (&api_key_file, &api_key_env) {
        (None, None) => return Err("has no key; set api_key_file or api_key_env".to_owned()),
        (Some(_), Some(_)) => {
            return Err("api_key_file and api_key_env are both set; remove one of them".to_owned());
        }
        (Some(_), None) => None,
        (None, Some(variable)) => {
            let value = environment(variable);
            Some(value.ok_or_else(|| format!("api_key_env: the variable {variable} is not set"))?)
        }
    };
    // A relative path is relative to the file that names it, wherever the exporter was started.
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let key_file = api_key_file.map(|file| folder.join(file));
    let key = api_key(variable.as_deref(), key_file.as_deref()).map_err(|error| match error {
        super::ConfigError::Key { cause, .. } => cause.to_string(),
        super::ConfigError::NoKey => "api_key_env: the environment variable is empty".to_owned(),
        error => error.to_string(),
    })?;
    let metrics_key = metrics_key_file.map(|file| metrics_key(&folder.join(file))).transpose();
    let metrics_key = metrics_key.map_err(|error| error.to_string())?;
    let url = |field: &str, text: Option<String>, default: &url::Url| match text {
        None => Ok(default.clone()),
        Some(text) => base_url(&text, defaults.allow_insecure).map_err(|error| format!("{field}: {error}")),
    };
    let wanted = match wanted {
        None => defaults.reading.collectors.clone(),
        Some(names) => {
            let names = names.iter().map(|name| name.parse::<Collector>());
            names.collect::<Result<_, _>>().map_err(|error| format!("collectors: {error}"))?
        }
    };
    let filter = |field: &str, Patterns { include, exclude }: Patterns| {
        Filter::new(&include, &exclude).map_err(|error| format!("{field}: {}", pattern(&error)))
    };
    let rest_share = rest_quota_share.map_or(Ok(defaults.limits.rest_share), share);
    let rest_share = rest_share.map_err(|told| format!("rest_quota_share: {told}"))?;
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
            collectors: collectors(wanted).map_err(|error| error.to_string())?,
            endpoints: filter("endpoints", endpoints)?,
            pods: filter("pods", pods)?,
            refresh: refresh(&intervals, &defaults.reading.refresh),
            each_worker: each_worker.unwrap_or(defaults.reading.each_worker),
            thresholds: Arc::clone(&defaults.reading.thresholds),
        },
    })
}

/// What an account says of its intervals, over what is said for all of them.
fn refresh(intervals: &Intervals, defaults: &Refresh) -> Refresh {
    let Intervals { account, endpoints, workers, pods, requests, latency, billing, volumes, market, host } =
        intervals;
    let said = [
        (Collector::Account, account),
        (Collector::Endpoints, endpoints),
        (Collector::Workers, workers),
        (Collector::Pods, pods),
        (Collector::Requests, requests),
        (Collector::Latency, latency),
        (Collector::Billing, billing),
        (Collector::Volumes, volumes),
        (Collector::Market, market),
        (Collector::Host, host),
    ];
    said.into_iter()
        .map(|(collector, said)| (collector, said.map_or_else(|| defaults.every(collector), |said| said.0)))
        .collect()
}
