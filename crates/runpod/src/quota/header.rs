//! The headers `RateLimit` and `RateLimit-Policy` (structured fields, RFC 9651). Parameters may be missing, and invalid
//! ones are ignored.

use std::time::Duration;

use reqwest::header::HeaderMap;
use sfv::{BareItem, Item, ListEntry, Parameters, Parser};

/// Maximum number of windows: more than any quota has.
pub(super) const MAX_WINDOWS: usize = 8;

/// What the headers report about one window.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Reported {
    /// The name, in lower case. Becomes a label value.
    pub(super) name: String,
    /// `r`: number of requests left.
    pub(super) remaining: Option<f64>,
    /// `t`: time until the window ends, in whole seconds.
    pub(super) ends_in: Option<Duration>,
    /// `q`: number of requests allowed.
    pub(super) limit: Option<f64>,
    /// `w`: duration of the window, in whole seconds.
    pub(super) width: Option<Duration>,
}

/// The names of the headers.
const NAMES: [&str; 2] = ["ratelimit", "ratelimit-policy"];

/// Whether a response has a quota header, valid or not.
pub(super) fn is_present(headers: &HeaderMap) -> bool {
    NAMES.iter().any(|name| headers.contains_key(*name))
}

/// The windows in the headers of a response, each name once.
pub(super) fn read(headers: &HeaderMap) -> Vec<Reported> {
    let mut windows: Vec<Reported> = Vec::new();
    for name in NAMES {
        for (name, parameters) in items(headers, name) {
            let known = windows.iter().position(|window| window.name == name);
            let position = known.unwrap_or_else(|| {
                windows.push(Reported { name, ..Reported::default() });
                windows.len() - 1
            });
            if let Some(window) = windows.get_mut(position) {
                window.merge(&parameters);
            }
        }
    }
    windows.truncate(MAX_WINDOWS);
    windows
}

impl Reported {
    /// Sets what is not set yet.
    fn merge(&mut self, parameters: &Parameters) {
        let number = |key: &str| {
            let number = match parameters.get(key)? {
                BareItem::Integer(number) => i64::from(*number).to_string().parse().ok(),
                BareItem::Decimal(number) => number.to_string().parse().ok(),
                _ => None,
            };
            number.filter(|number: &f64| *number >= 0.0)
        };
        let seconds = |key: &str| Duration::try_from_secs_f64(number(key)?).ok();
        self.remaining = self.remaining.or(number("r"));
        self.ends_in = self.ends_in.or(seconds("t"));
        self.limit = self.limit.or(number("q"));
        self.width = self.width.or(seconds("w").filter(|width| !width.is_zero()));
    }
}

/// The items of a list with the names of their windows. A header in several lines is one list.
fn items(headers: &HeaderMap, name: &str) -> Vec<(String, Parameters)> {
    let lines: Vec<_> = headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    let list: Result<sfv::List, _> = Parser::new(&lines.join(", ")).parse();
    let named = |entry: ListEntry| match entry {
        ListEntry::Item(Item { bare_item, params }) => {
            let name = match &bare_item {
                BareItem::String(name) => name.as_str(),
                BareItem::Token(name) => name.as_str(),
                _ => return None,
            };
            is_label(name).then(|| (name.to_ascii_lowercase(), params))
        }
        ListEntry::InnerList(_) => None,
    };
    list.unwrap_or_default().into_iter().filter_map(named).collect()
}

/// Whether a name can be a label value: the server chooses the names.
fn is_label(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_ ".contains(&byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn parsed(headers: &[(&'static str, &str)]) -> Vec<Reported> {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        read(&headers.iter().map(pair).collect())
    }

    fn window(name: &str, [r, t, q, w]: [Option<u32>; 4]) -> Reported {
        let seconds = |number: Option<u32>| number.map(|number| Duration::from_secs(number.into()));
        let (remaining, limit) = (r.map(f64::from), q.map(f64::from));
        Reported { name: name.to_owned(), remaining, ends_in: seconds(t), limit, width: seconds(w) }
    }

    #[test]
    fn the_recorded_headers() {
        let recorded: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/fixtures/rest_v2_429_headers.json"))
                .unwrap();
        let header = |name: &str| recorded["headers"][name].as_str().unwrap();
        let windows =
            parsed(&[("ratelimit", header("RateLimit")), ("ratelimit-policy", header("RateLimit-Policy"))]);
        let expected = [
            window("minute", [Some(0), Some(12), Some(60), Some(60)]),
            window("hour", [Some(2800), Some(1812), Some(3000), Some(3600)]),
            window("day", [Some(49500), Some(45012), Some(50000), Some(86400)]),
        ];
        assert_eq!(windows, expected);
    }

    #[test]
    fn a_missing_or_invalid_parameter_affects_only_itself() {
        let minute = |numbers| vec![window("minute", numbers)];
        for (header, expected) in [
            ("\"minute\";r=5", minute([Some(5), None, None, None])),
            ("minute;r=5;t=1", minute([Some(5), Some(1), None, None])),
            ("\"Minute\"; r=5; pk=:AAA=:", minute([Some(5), None, None, None])),
            ("\"minute\"", minute([None; 4])),
            ("\"minute\";r=\"five\";t=-3", minute([None; 4])),
            ("\"minute\";r=5, \"minute\";r=3", minute([Some(5), None, None, None])),
            ("\"a\nb\";r=5, 17;r=3, (\"x\" \"y\");r=2", vec![]),
            ("minute r=5", vec![]),
            ("", vec![]),
        ] {
            let header = header.replace('\n', "%0A");
            assert_eq!(parsed(&[("ratelimit", &header)]), expected, "{header}");
        }
    }

    proptest! {
        #[test]
        fn any_header_gives_valid_names(value in "[ -~]{0,80}") {
            let windows = parsed(&[("ratelimit", &value), ("ratelimit-policy", &value)]);
            prop_assert!(windows.iter().all(|window| is_label(&window.name)));
        }
    }
}
