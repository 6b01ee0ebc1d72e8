//! Stand-ins of numbers: as many digits, with the sign, the point and the exponent where they were.

use super::stand_in::StandIns;

use serde_json::value::RawValue;

/// Number of digits of an exponent from which they are replaced, too: a shorter one is not a phone, card or account number.
const LONG_EXPONENT: usize = 3;

/// Maximum number of draws until a stand-in differs from the number.
const DRAWS: u32 = 16;

/// Whether a word is a number of JSON.
pub(super) fn is_json_number(word: &str) -> bool {
    let is_numeric = word.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    is_numeric && serde_json::from_str::<&RawValue>(word).is_ok_and(|number| number.get() == word)
}

impl StandIns {
    /// The stand-in of a number of JSON, which is a number that can be read like the first one.
    pub(super) fn of_number(&self, number: &str) -> String {
        let mut drawn = (0..DRAWS).map(|draw| self.draw_number(number, draw));
        drawn.find(|drawn| drawn != number).unwrap_or_else(|| number.to_owned()) // a zero
    }

    fn draw_number(&self, number: &str, draw: u32) -> String {
        let mut random = self.random(number, draw);
        let (mantissa, exponent) = split_exponent(number);
        let mut out = String::with_capacity(number.len());
        let mut is_first = true;
        for character in mantissa.chars() {
            let drawn = match character {
                '0' if is_first => '0',
                '1'..='9' if is_first => random.first_digit(),
                '0'..='9' => random.digit(),
                mark => mark,
            };
            is_first &= !character.is_ascii_digit();
            out.push(drawn);
        }
        let Some(exponent) = exponent else { return out };
        out.extend(number.chars().nth(mantissa.chars().count()));
        // One of three digits stays below the maximum of a floating-point number.
        let is_long = exponent.bytes().filter(u8::is_ascii_digit).count() >= LONG_EXPONENT;
        let mut is_first = true;
        for character in exponent.chars() {
            let is_digit = character.is_ascii_digit();
            out.push(match character {
                '0'..='9' if is_long && is_first => '1',
                '0'..='9' if is_long => random.digit(),
                other => other,
            });
            is_first &= !is_digit;
        }
        out
    }
}

fn split_exponent(number: &str) -> (&str, Option<&str>) {
    number.split_once(['e', 'E']).map_or((number, None), |(mantissa, exponent)| (mantissa, Some(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_json() {
        for number in ["0", "-0", "1.10", "-1e400", "12345678901234567890", "0.5E-3", "1e+5"] {
            assert!(is_json_number(number), "{number}");
        }
        for text in [
            "",
            "-",
            "01",
            "1.",
            ".5",
            "+1",
            "10.66.77.88",
            "4111-1111",
            "+1-555-222",
            "1e",
            "1e+",
            "e5",
            "1-2",
        ] {
            assert!(!is_json_number(text), "{text}");
        }
    }

    #[test]
    fn stand_ins_have_the_form_of_the_number() {
        let stand_ins = StandIns::new(b"salt");
        let form = |number: &str| number.replace(|c: char| c.is_ascii_digit(), "0");
        for number in ["4111222233334444", "-7", "10.05", "0.25", "1.7e308", "2E-300", "9e15559998888"] {
            let stand_in = stand_ins.of_number(number);
            assert!(is_json_number(&stand_in) && stand_in != number, "{stand_in}");
            assert_eq!(form(&stand_in), form(number));
            assert_eq!(stand_in, stand_ins.of_number(number));
        }
        assert_eq!(stand_ins.of_number("0"), "0");
        assert!(stand_ins.of_number("1.7e308").parse::<f64>().is_ok_and(f64::is_finite));
    }
}
