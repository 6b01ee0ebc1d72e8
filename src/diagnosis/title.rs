//! The findings in words. Their names are label values, made for queries.

use super::checks::Name;

/// What a finding is about, in words that go on after a colon.
pub(crate) const fn title(name: Name) -> &'static str {
    match name {
        Name::EndpointUnreadable => "cannot be read",
        Name::NoWorkers => "no workers",
        Name::WorkersStarting => "workers are starting",
        Name::QueueDeep => "long queue",
        Name::QueueStuckNoCapacity => "queue stuck, no GPU available",
        Name::QueueStuckUnhealthyWorkers => "queue stuck, workers unhealthy",
        Name::QueueStuckIdleWorkers => "queue stuck, workers take no jobs",
        Name::WorkersThrottled => "workers throttled",
        Name::WorkersUnhealthy => "workers unhealthy",
        Name::LatencyHigh => "high latency",
        Name::ErrorRatioHigh => "jobs fail",
        Name::EveryJobFails => "every job fails",
        Name::WorkersMaxZero => "max workers is 0",
        Name::WorkersMaxLowered => "max workers lowered",
        Name::StandbyWithoutMinimum => "standby workers with min workers 0",
        Name::WorkersStale => "workers on an old release",
        Name::PodIdle => "idle pod",
        Name::PodStoppedWithVolume => "stopped pod with a volume",
        Name::ClusterIncomplete => "cluster lacks pods",
        Name::BalanceGone => "no balance left",
        Name::BalanceRunwayShort => "balance used up soon",
        Name::SpendNearLimit => "spend near the limit",
        Name::KeyRejected => "API key rejected",
        Name::MetricsKeyRejected => "metrics key rejected",
        Name::ApiRetired => "API retired",
        Name::ApiRationed => "API quota low",
        Name::DataOld => "data out of date",
    }
}

/// The same at the beginning of a sentence.
pub(crate) fn sentence(name: Name) -> String {
    let (first, rest) = title(name).split_at_checked(1).unwrap_or_default();
    format!("{}{rest}", first.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_a_title_of_its_own() {
        let mut titles: Vec<_> = Name::ALL.iter().map(|name| title(*name)).collect();
        assert!(titles.iter().all(|title| title.is_ascii() && !title.contains('_')), "{titles:?}");
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), Name::ALL.len());
        assert_eq!(sentence(Name::QueueDeep), "Long queue");
        assert_eq!(sentence(Name::KeyRejected), "API key rejected");
    }
}
