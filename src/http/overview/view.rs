//! Filter and order of the endpoints: URL parameters, so that a view can be shared and works without a script.

use std::cmp::Ordering;

use serde::Deserialize;

use super::headline::{Census, is_noted};
use crate::diagnosis::Health;
use crate::status::EndpointStatus;

/// The URL parameters. Unknown values are ignored.
#[derive(Debug, Clone, Default, Hash, Deserialize)]
#[serde(default)]
pub(in crate::http) struct View {
    /// The column to sort by; the state by default.
    pub(super) sort: String,
    /// `asc` or `desc`; by default, the worst or largest value comes first.
    pub(super) order: String,
    /// Part of a name or an id.
    pub(super) find: String,
    /// The name of a [`Filter`]; all endpoints by default.
    pub(super) state: String,
}

/// Which endpoints are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    All,
    Unhealthy,
    Degraded,
    Unknown,
    Healthy,
    /// Healthy ones with findings.
    Notes,
}

impl Filter {
    pub(super) const ALL: [Self; 6] =
        [Self::All, Self::Unhealthy, Self::Degraded, Self::Unknown, Self::Healthy, Self::Notes];

    /// The name in the URL and on the page.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Unhealthy => "unhealthy",
            Self::Degraded => "degraded",
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Notes => "notes",
        }
    }

    /// How many endpoints it shows.
    pub(super) const fn count(self, census: Census) -> usize {
        match self {
            Self::All => census.total(),
            Self::Unhealthy => census.unhealthy,
            Self::Degraded => census.degraded,
            Self::Unknown => census.unknown,
            Self::Healthy => census.healthy,
            Self::Notes => census.noted,
        }
    }

    fn shows(self, endpoint: &EndpointStatus) -> bool {
        match self {
            Self::All => true,
            Self::Unhealthy => endpoint.health == Some(Health::Unhealthy),
            Self::Degraded => endpoint.health == Some(Health::Degraded),
            Self::Unknown => endpoint.health.is_none(),
            Self::Healthy => endpoint.health == Some(Health::Healthy),
            Self::Notes => is_noted(endpoint),
        }
    }
}

/// A column to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    State,
    Queue,
    Wait,
    Rate,
    Failed,
    P95,
    Today,
}

impl Column {
    pub(super) const ALL: [Self; 8] =
        [Self::Name, Self::State, Self::Queue, Self::Wait, Self::Rate, Self::Failed, Self::P95, Self::Today];

    /// The name in the URL.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::State => "state",
            Self::Queue => "queue",
            Self::Wait => "wait",
            Self::Rate => "rate",
            Self::Failed => "failed",
            Self::P95 => "p95",
            Self::Today => "today",
        }
    }

    /// Whether the order is ascending by default: names from A.
    const fn ascends(self) -> bool {
        matches!(self, Self::Name)
    }

    fn value(self, endpoint: &EndpointStatus) -> Option<f64> {
        match self {
            Self::Name => None,
            Self::State => Some(endpoint.priority()),
            Self::Queue => endpoint.queue_depth,
            // With jobs that wait while none completes, the wait is unknown and longer than any other.
            Self::Wait => {
                endpoint.estimated_wait_seconds.or_else(|| endpoint.is_blocked().then_some(f64::INFINITY))
            }
            Self::Rate => endpoint.requests.per_minute,
            Self::Failed => endpoint.requests.success_ratio.map(|ratio| 1.0 - ratio),
            Self::P95 => endpoint.p95().map(|(seconds, _)| seconds),
            Self::Today => endpoint.billed_today_dollars,
        }
    }

    /// Compares two endpoints. Unknown values come last in both orders.
    fn compare(self, one: &EndpointStatus, other: &EndpointStatus, ascends: bool) -> Ordering {
        let directed = |order: Ordering| if ascends { order } else { order.reverse() };
        if self == Self::Name {
            return directed(one.name.cmp(&other.name));
        }
        match (self.value(one), self.value(other)) {
            (Some(one), Some(other)) => directed(one.total_cmp(&other)),
            (known, unknown) => unknown.is_some().cmp(&known.is_some()),
        }
    }
}

impl View {
    /// The column, and whether the order is ascending.
    pub(super) fn sorting(&self) -> (Column, bool) {
        let named = Column::ALL.into_iter().find(|column| column.key() == self.sort);
        let column = named.unwrap_or(Column::State);
        let ascends = match &*self.order {
            "asc" => true,
            "desc" => false,
            _ => column.ascends(),
        };
        (column, ascends)
    }

    /// The chosen filter by state.
    pub(super) fn filter(&self) -> Filter {
        Filter::ALL.into_iter().find(|filter| filter.key() == self.state).unwrap_or(Filter::All)
    }

    /// Whether the filter by state shows an endpoint.
    pub(super) fn shows(&self, endpoint: &EndpointStatus) -> bool {
        self.filter().shows(endpoint)
    }

    /// Whether the filter by text shows an endpoint: each word is a part of its name or its id.
    pub(super) fn finds(&self, endpoint: &EndpointStatus) -> bool {
        let (name, id) = (endpoint.name.to_lowercase(), endpoint.id.to_lowercase());
        self.find.to_lowercase().split_whitespace().all(|word| name.contains(word) || id.contains(word))
    }

    /// Sorts endpoints; equal ones keep their order.
    pub(super) fn sort<T>(&self, rows: &mut [T], endpoint: impl Fn(&T) -> &EndpointStatus) {
        let (column, ascends) = self.sorting();
        rows.sort_by(|one, other| column.compare(endpoint(one), endpoint(other), ascends));
    }

    /// The URL of the page sorted by a column, or in the opposite order if it is sorted by this column.
    pub(super) fn address(&self, column: Column) -> String {
        let (current, ascends) = self.sorting();
        let ascends = if current == column { !ascends } else { column.ascends() };
        let order = if ascends { "asc" } else { "desc" };
        query([("sort", column.key()), ("order", order), ("find", &self.find), ("state", &self.state)])
    }

    /// The URL of the page with this filter by state.
    pub(super) fn with_state(&self, state: &str) -> String {
        query([("sort", &self.sort), ("order", &self.order), ("find", &self.find), ("state", state)])
    }
}

/// The parameters that have a value.
fn query(pairs: [(&str, &str); 4]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
    format!("?{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(sort: &str, order: &str) -> View {
        View { sort: sort.to_owned(), order: order.to_owned(), ..View::default() }
    }

    #[test]
    fn a_column_starts_with_the_worst_value_and_the_next_click_reverses_it() {
        assert_eq!(view("", "").sorting(), (Column::State, false));
        assert_eq!(view("unknown", "up").sorting(), (Column::State, false));
        assert_eq!(view("failed", "").sorting(), (Column::Failed, false));
        assert_eq!(view("queue", "desc").address(Column::Queue), "?sort=queue&order=asc");
        assert_eq!(view("queue", "asc").address(Column::Queue), "?sort=queue&order=desc");
        let found = View { find: "a&b".to_owned(), ..view("queue", "asc") };
        assert_eq!(found.address(Column::Name), "?sort=name&order=asc&find=a%26b");
        assert_eq!(found.with_state("degraded"), "?sort=queue&order=asc&find=a%26b&state=degraded");
        assert_eq!(View::default().with_state("all"), "?state=all");
    }

    #[test]
    fn the_filters_show_what_they_name() {
        let endpoint = |health, id: &str| EndpointStatus {
            id: id.into(),
            name: "Llama-3-70B".into(),
            health,
            ..EndpointStatus::default()
        };
        let shown = |state: &str, health| {
            View { state: state.to_owned(), ..View::default() }.shows(&endpoint(health, "e1"))
        };
        assert!(shown("", None) && shown("all", None) && shown("bogus", Some(Health::Healthy)));
        assert!(shown("unknown", None) && !shown("unknown", Some(Health::Degraded)));
        assert!(!shown("degraded", None) && !shown("healthy", None) && !shown("unhealthy", None));
        assert!(shown("degraded", Some(Health::Degraded)) && !shown("unhealthy", Some(Health::Degraded)));
        assert!(!shown("notes", Some(Health::Healthy)), "it has no findings");
        let finds =
            |find: &str| View { find: find.to_owned(), ..View::default() }.finds(&endpoint(None, "Ab1"));
        assert!(finds("") && finds(" LLAMA ") && finds("70b llama") && finds("ab1") && finds("llama AB"));
        assert!(!finds("llama mixtral"));
    }

    #[test]
    fn unknown_values_come_last_in_both_orders() {
        let endpoint = |id: &str, queue_depth| EndpointStatus {
            id: id.into(),
            queue_depth,
            ..EndpointStatus::default()
        };
        let (few, many, unknown) =
            (endpoint("few", Some(1.0)), endpoint("many", Some(9.0)), endpoint("?", None));
        let sorted = |order| {
            let mut rows = [&unknown, &few, &many];
            view("queue", order).sort(&mut rows, |row| row);
            rows.map(|row| &*row.id)
        };
        assert_eq!(sorted("asc"), ["few", "many", "?"]);
        assert_eq!(sorted("desc"), ["many", "few", "?"]);
    }
}
