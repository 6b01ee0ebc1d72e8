//! Numbers as Prometheus and its client libraries write them.

use std::io::Write as _;

/// Larger numbers are left to the standard library.
const MAX: f64 = 1e15;

/// Number of characters of decimals that may be one of two that are equally near to a number.
const LONG: usize = 16;

/// The shortest decimal that reads back as the same number, without an exponent; infinity and NaN as Prometheus spells them.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "numbers up to the maximum fit"
)]
#[expect(clippy::float_cmp, reason = "compares a number with its whole part")]
pub(super) fn number(out: &mut Vec<u8>, value: f64) {
    let whole = value as i64; // 0 if it is not a number
    if value.is_infinite() {
        out.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    } else if value.is_nan() || value.abs() > MAX {
        plain(out, value);
    } else if whole as f64 == value && (whole != 0 || value.is_sign_positive()) {
        out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
    } else {
        let mut buffer = zmij::Buffer::new();
        let digits = buffer.format_finite(value);
        if digits.contains('e') || may_tie(value, digits) {
            plain(out, value);
        } else {
            out.extend_from_slice(digits.strip_suffix(".0").unwrap_or(digits).as_bytes());
        }
    }
}

/// Whether a number may lie exactly between this decimal and another one of the same length. The standard library may then choose
/// the other. Such a number has exactly one more decimal place, so that it is a whole number of powers of one half.
fn may_tie(value: f64, digits: &str) -> bool {
    if digits.len() < LONG {
        return false;
    }
    let places = digits.rsplit('.').next().map_or(0, str::len) + 1;
    let halves = i32::try_from(places).map_or(f64::NAN, |places| 2_f64.powi(places));
    (value * halves).fract() == 0.0
}

fn plain(out: &mut Vec<u8>, value: f64) {
    let written = write!(out, "{value}");
    debug_assert!(written.is_ok(), "writing to a Vec cannot fail");
}

/// The same with a decimal place, as OpenMetrics demands it of bounds.
pub(super) fn canonical(out: &mut Vec<u8>, value: f64) {
    let start = out.len();
    number(out, value);
    let digits = out.get(start..).unwrap_or_default();
    if value.is_finite() && !digits.contains(&b'.') {
        out.extend_from_slice(b".0");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: fn(&mut Vec<u8>, f64), value: f64) -> String {
        let mut out = Vec::new();
        write(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_that_are_special() {
        for (value, expected) in [
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
            (0.0, "0"),
            (-0.0, "-0"),
            (MAX, "1000000000000000"),
            (6_500_488_929_693_613.0 / 4.0, "1625122232423403.3"),
            (1e300_f64.recip(), &format!("0.{}1", "0".repeat(299))),
        ] {
            assert_eq!(written(number, value), expected);
        }
        let bounds = [0.1, 1.0, 600.0, f64::INFINITY].map(|bound| written(canonical, bound));
        assert_eq!(bounds, ["0.1", "1.0", "600.0", "+Inf"]);
    }

    /// A number that has few decimal places in base two, which is often in the middle between two decimals.
    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    fn ratio(whole: u64, bits: u32) -> f64 {
        (whole >> 11) as f64 / 2_f64.powi(bits.cast_signed())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn any_number_is_written_as_the_standard_library_does(value in any::<f64>().prop_filter("spelled otherwise", |value| !value.is_infinite())) {
            prop_assert_eq!(written(number, value), value.to_string());
        }

        #[test]
        fn any_whole_number_and_any_price_too(value in any::<i32>(), large in 0x42f0_0000_0000_0000..0x4370_0000_0000_0000_u64, cents in 0_u32..10_000_000,
            whole in any::<u64>(), bits in 0_u32..52) {
            for value in [f64::from(value), f64::from_bits(large), f64::from(cents) / 100.0, ratio(whole, bits)] {
                prop_assert_eq!(written(number, value), value.to_string());
            }
        }
    }
}
