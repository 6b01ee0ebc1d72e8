//! Filter and order of the endpoints: URL parameters, so that a view can be shared and works without a script.

use std::cmp::Ordering;

use serde::Deserialize;

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
}

/// A column to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    State,
    Queue,
    InProgress,
    Success,
    P95,
}

impl Column {
    pub(super) const ALL: [Self; 6] =
        [Self::Name, Self::State, Self::Queue, Self::InProgress, Self::Success, Self::P95];

    /// The name in the URL.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::State => "state",
            Self::Queue => "queue",
            Self::InProgress => "progress",
            Self::Success => "success",
            Self::P95 => "p95",
        }
    }

    /// Whether the order is ascending by default: names from A, and the lowest success rate first.
    const fn ascends(self) -> bool {
        matches!(self, Self::Name | Self::Success)
    }

    fn value(self, endpoint: &EndpointStatus) -> Option<f64> {
        match self {
            Self::Name => None,
            Self::State => Some(endpoint.priority()),
            Self::Queue => endpoint.queue_depth,
            Self::InProgress => endpoint.in_progress,
            Self::Success => endpoint.requests.success_ratio,
            Self::P95 => endpoint.p95().map(|(seconds, _)| seconds),
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

    /// Whether an endpoint is shown.
    pub(super) fn shows(&self, endpoint: &EndpointStatus) -> bool {
        let text = self.find.trim().to_lowercase();
        text.is_empty() || endpoint.name.to_lowercase().contains(&text) || endpoint.id.contains(&text)
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
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("sort", column.key()).append_pair("order", if ascends { "asc" } else { "desc" });
        if !self.find.is_empty() {
            query.append_pair("find", &self.find);
        }
        format!("?{}", query.finish())
    }
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
        assert_eq!(view("success", "").sorting(), (Column::Success, true));
        assert_eq!(view("queue", "desc").address(Column::Queue), "?sort=queue&order=asc");
        assert_eq!(view("queue", "asc").address(Column::Queue), "?sort=queue&order=desc");
        let found = View { find: "a&b".to_owned(), ..view("queue", "asc") };
        assert_eq!(found.address(Column::Name), "?sort=name&order=asc&find=a%26b");
    }

    #[test]
    fn unknown_values_come_last_in_both_orders() {
        let endpoint = |id: &str, queue_depth| EndpointStatus {
            id: id.to_owned(),
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
