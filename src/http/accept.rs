//! Content negotiation: gzip or not.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_ENCODING;

/// Whether the client accepts gzip (RFC 9110, 12.5.3): it is named, or covered by `*`, with a weight above 0.
pub(super) fn gzip(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = false;
    for element in lists.flat_map(|list| list.split(',')) {
        let mut parts = element.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        let is_accepted = weight.is_ok_and(|weight| weight > 0.0);
        if coding.eq_ignore_ascii_case("gzip") {
            return is_accepted;
        }
        any |= coding == "*" && is_accepted;
    }
    any
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn gzip_is_accepted_with_a_weight_above_zero() {
        let accepts = |value: &'static str| {
            gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))]))
        };
        for yes in ["gzip", "GZIP", "deflate, gzip;q=0.5", "*", "br;q=1, *;q=0.1"] {
            assert!(accepts(yes), "{yes}");
        }
        for no in ["", "identity", "gzip;q=0", "gzip; q=0, *", "br", "*;q=0", "gzip;q=x"] {
            assert!(!accepts(no), "{no}");
        }
        assert!(!gzip(&HeaderMap::new()));
    }
}
