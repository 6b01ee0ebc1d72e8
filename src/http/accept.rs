//! Content negotiation (RFC 9110, 12.5): the format and the encoding that a client prefers among those that the exporter has. A client
//! that accepts none of them gets the text format all the same.

use std::cmp::Reverse;

use axum::http::header::{ACCEPT, ACCEPT_ENCODING, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use mediatype::{MediaType, MediaTypeList, ReadParams as _};

use crate::exposition::{Encoding, Format};

/// A format as a client requested it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Representation {
    pub(super) format: Format,
    /// The `Content-Type` of the response.
    pub(super) content_type: HeaderValue,
}

/// The schemes by which Prometheus has names with other characters escaped. The exporter has none, so that all schemes lead to the
/// same response.
const ESCAPINGS: [&str; 4] = ["allow-utf-8", "underscores", "dots", "values"];

/// The format with the highest weight in `Accept`; of several, the most specific or the first.
pub(super) fn representation(headers: &HeaderMap) -> Representation {
    let lists = values(headers, &ACCEPT);
    let ranges = lists.flat_map(MediaTypeList::new).filter_map(Result::ok);
    let weighted = ranges.filter_map(|range| {
        let (representation, is_specific) = offered(&range)?;
        let weight = weight(parameter(&range, "q").as_deref())?;
        Some(((Reverse(weight), !is_specific), representation))
    });
    let preferred = weighted.min_by_key(|(rank, _)| *rank); // the first of equals
    preferred.map_or_else(|| of(Format::Text, "0.0.4", None), |(_, representation)| representation)
}

/// What the exporter offers for a media range, and whether the range names a format.
fn offered(range: &MediaType<'_>) -> Option<(Representation, bool)> {
    let version = parameter(range, "version");
    let escaping = parameter(range, "escaping").filter(|name| ESCAPINGS.contains(&&**name));
    let specific = |format, version| Some((of(format, version, escaping.as_deref()), true));
    let essence = format!("{}/{}", range.ty, range.subty).to_ascii_lowercase();
    match (&*essence, version.as_deref()) {
        ("application/vnd.google.protobuf", _) => {
            let is_family = parameter(range, "proto").as_deref() == Some("io.prometheus.client.MetricFamily");
            let is_delimited = parameter(range, "encoding").as_deref() == Some("delimited");
            if is_family && is_delimited { specific(Format::Protobuf, "") } else { None }
        }
        ("application/openmetrics-text", None | Some("1.0.0")) => specific(Format::OpenMetrics, "1.0.0"),
        // What Prometheus requested before the format was final, with the same content.
        ("application/openmetrics-text", Some("0.0.1")) => specific(Format::OpenMetrics, "0.0.1"),
        // The same as 0.0.4 for names without other characters.
        ("text/plain", Some("1.0.0")) => specific(Format::Text, "1.0.0"),
        ("text/plain", None | Some("0.0.4")) => specific(Format::Text, "0.0.4"),
        ("text/*" | "*/*", None) => Some((of(Format::Text, "0.0.4", None), false)),
        _ => None,
    }
}

/// A format in a version, which protobuf does not have.
fn of(format: Format, version: &str, escaping: Option<&str>) -> Representation {
    let mut content_type = match format {
        Format::Text => format!("text/plain; version={version}; charset=utf-8"),
        Format::OpenMetrics => format!("application/openmetrics-text; version={version}; charset=utf-8"),
        Format::Protobuf => {
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
                .to_owned()
        }
    };
    if let Some(escaping) = escaping {
        content_type.extend(["; escaping=", escaping]);
    }
    let content_type = HeaderValue::from_str(&content_type)
        .unwrap_or_else(|_invalid| HeaderValue::from_static("text/plain"));
    Representation { format, content_type }
}

/// The encoding with the highest weight in `Accept-Encoding`; of several, the first of this list. The text as it is comes last, unless
/// it is listed itself.
pub(super) fn encoding(headers: &HeaderMap) -> Encoding {
    const COMPRESSED: [(Encoding, &str); 2] = [(Encoding::Zstd, "zstd"), (Encoding::Gzip, "gzip")];
    let codings: Vec<_> =
        values(headers, &ACCEPT_ENCODING).flat_map(|list| list.split(',')).map(coding).collect();
    let named = |name: &str| codings.iter().find(|(coding, _)| coding.eq_ignore_ascii_case(name));
    let weight = |name: &str| named(name).or_else(|| named("*"))?.1;
    let weighted = COMPRESSED.into_iter().filter_map(|(encoding, name)| Some((weight(name)?, encoding)));
    let identity = named("identity").and_then(|(_, weight)| *weight).unwrap_or_default();
    let best = weighted.rev().max_by_key(|(weight, _)| *weight); // of equals, the last one
    best.filter(|(weight, _)| *weight >= identity).map_or(Encoding::Identity, |(_, encoding)| encoding)
}

/// A content coding and its weight; no weight if it is not accepted.
fn coding(element: &str) -> (&str, Option<u16>) {
    let mut parts = element.split(';').map(str::trim);
    let coding = parts.next().unwrap_or_default();
    let mut parameters = parts.filter_map(|part| part.split_once('='));
    let q = parameters.find(|(name, _)| name.eq_ignore_ascii_case("q"));
    (coding, weight(q.map(|(_, value)| value)))
}

/// A weight in thousandths, which is 1 by default. `None` if it is 0 or not valid: then the element is not accepted.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 0 and at most 1,000")]
fn weight(q: Option<&str>) -> Option<u16> {
    let Some(q) = q else { return Some(1_000) };
    let weight = q.parse::<f32>().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
    Some((weight * 1_000.0).round() as u16).filter(|weight| *weight > 0)
}

/// A parameter of a media range.
fn parameter(range: &MediaType<'_>, name: &str) -> Option<String> {
    let value = range.params().find(|(known, _)| *known == *name)?.1;
    Some(value.unquoted_str().into_owned())
}

/// The values of all headers with this name.
fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> + use<'a> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}

/// The content type and the encoding that a client with these headers receives.
pub fn chosen(headers: &HeaderMap) -> (HeaderValue, Encoding) {
    (representation(headers).content_type, encoding(headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROTOBUF: &str =
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn chosen(accept: &[&str]) -> String {
        representation(&headers(&ACCEPT, accept)).content_type.to_str().unwrap().to_owned()
    }

    /// What versions of Prometheus and other scrapers send.
    #[test]
    fn scrapers_get_the_format_that_they_prefer() {
        const PROMETHEUS_2: &str = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        const NATIVE: &str = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        const PROMETHEUS_3: &str = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
        const ONLY_TEXT_1: &str = "text/plain;version=1.0.0;escaping=underscores;q=0.3,*/*;q=0.1";
        const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8";
        let escaped = format!("{OPENMETRICS}; escaping=allow-utf-8");
        for (accept, expected) in [
            (PROMETHEUS_2, OPENMETRICS),
            (NATIVE, PROTOBUF),
            (PROMETHEUS_3, &escaped),
            (ONLY_TEXT_1, "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"),
            (BROWSER, TEXT),
            ("*/*", TEXT),
            ("text/plain", TEXT),
        ] {
            assert_eq!(chosen(&[accept]), expected, "{accept}");
        }
    }

    #[test]
    fn weights_decide_and_then_the_more_specific_range_and_then_the_order() {
        for (accept, expected) in [
            ("application/openmetrics-text;q=0.4, text/plain;q=0.5", TEXT),
            ("text/plain;q=0.4, application/openmetrics-text;q=0.5", OPENMETRICS),
            ("*/*, application/openmetrics-text", OPENMETRICS),
            ("text/plain, application/openmetrics-text", TEXT),
            ("APPLICATION/OpenMetrics-Text; Version=\"1.0.0\"; Q=1", OPENMETRICS),
            ("application/openmetrics-text; version=\"1,0\", application/openmetrics-text", OPENMETRICS),
            (
                "application/openmetrics-text;version=0.0.1",
                "application/openmetrics-text; version=0.0.1; charset=utf-8",
            ),
            ("application/openmetrics-text;q=0.001, */*;q=0", OPENMETRICS),
            ("application/openmetrics-text;escaping=other", OPENMETRICS),
        ] {
            assert_eq!(chosen(&[accept]), expected, "{accept}");
        }
        assert_eq!(chosen(&["text/plain;q=0.5", "application/openmetrics-text"]), OPENMETRICS, "two headers");
    }

    #[test]
    fn a_client_that_accepts_nothing_that_there_is_gets_text() {
        for accept in [
            "",
            ",,",
            "application/json",
            "text/plain;q=0",
            "application/openmetrics-text;q=0, */*",
            "application/openmetrics-text;q=2",
            "application/openmetrics-text;q=x",
            "application/openmetrics-text;version=9.9.9",
            "application/vnd.google.protobuf",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
            "application/vnd.google.protobuf;proto=other;encoding=delimited",
            "application/openmetrics-text;;;=,",
            "\"",
        ] {
            assert_eq!(chosen(&[accept]), TEXT, "{accept}");
        }
        assert_eq!(chosen(&[]), TEXT);
    }

    #[test]
    fn the_encoding_with_the_highest_weight_is_used() {
        let chosen = |accept: &[&str]| encoding(&headers(&ACCEPT_ENCODING, accept));
        for gzip in [
            "gzip",
            "GZIP",
            "deflate, gzip;q=0.5",
            "identity;q=0.5, gzip",
            "gzip, identity",
            "zstd;q=0.4, gzip;Q=0.5",
            "zstd;q=0, *",
        ] {
            assert_eq!(chosen(&[gzip]), Encoding::Gzip, "{gzip}");
        }
        for zstd in [
            "zstd",
            "gzip, deflate, br, zstd",
            "*",
            "br;q=1, *;q=0.1",
            "gzip;q=0.8, zstd;q=0.9",
            "gzip;q=0, *",
        ] {
            assert_eq!(chosen(&[zstd]), Encoding::Zstd, "{zstd}");
        }
        for identity in [
            "",
            "identity",
            "gzip;q=0",
            "br",
            "*;q=0",
            "gzip;q=x",
            "gzip;q=0.5, identity",
            "identity;q=0",
            "zstd;q=1.5",
        ] {
            assert_eq!(chosen(&[identity]), Encoding::Identity, "{identity}");
        }
        assert_eq!(chosen(&[]), Encoding::Identity);
        assert_eq!(chosen(&["br", "gzip"]), Encoding::Gzip, "two headers");
    }
}
