//! Forms of strings that are harmless: a timestamp, a GPU type, a data center. Each has so few words or letters that nothing else
//! fits in. Which fields may have which form is in `fields.rs`.

use std::ops::RangeInclusive;

use jiff::civil::{self, DateTime};

use super::number;

/// The first words in the names of GPU and CPU types.
const BRANDS: &[&str] = &["NVIDIA", "AMD", "Intel", "Tesla", "GeForce", "Quadro", "Instinct", "RTX", "GTX"];

/// Further words in them. Models are recognized by their form.
const PRODUCT_WORDS: &[&str] = &[
    "PRO",
    "Ada",
    "Generation",
    "Blackwell",
    "Hopper",
    "Ampere",
    "Server",
    "Workstation",
    "Max",
    "Edition",
    "OAM",
    "Super",
    "SUPER",
    "Ti",
    "PCIe",
    "PCIE",
    "FHHL",
    "SXM",
    "NVL",
    "TITAN",
    "Q",
];

/// The pools of GPUs: a generation, gigabytes, and whether they are the faster ones.
const GENERATIONS: &[&str] = &["AMPERE", "ADA", "HOPPER", "BLACKWELL", "AMD", "TURING", "VOLTA"];

/// Maximum length of a list of products or places. Those of the APIs are shorter; the order of a longer one could encode a text.
const MAX_LIST: usize = 512;

/// Maximum number of words with digits in the name of a product, as in `A100 SXM4 80GB`. More of them could be an account number in parts.
const MAX_MODELS: usize = 3;

/// Maximum number of digits of a model or a size. A phone, card or account number is longer.
const MAX_MODEL_DIGITS: usize = 4;

/// Numbers of digits of the gigabytes of a pool. A year or a PIN has more.
const POOL_DIGITS: RangeInclusive<usize> = 2..=3;

/// Maximum number of digits in the name of a data center. A longer number could be a part of a phone number.
const MAX_CENTER_DIGITS: usize = 2;

/// Numbers of parts of a version. An IPv4 address has four.
const VERSION_PARTS: RangeInclusive<usize> = 2..=3;

/// Maximum number of digits of each of them. The groups of a card number have four.
const MAX_VERSION_DIGITS: usize = 3;

/// Maximum length of a decimal: the longest that a floating-point number needs. Further digits could be an account number.
const MAX_DECIMAL: usize = 24;

/// Maximum length of the part before its point: that of a Unix timestamp in milliseconds. A card number has at least 14 digits.
const MAX_WHOLE: usize = 13;

/// Maximum length of a fraction of a second, with its point: nanoseconds. A phone number with its area code is longer.
const MAX_FRACTION: usize = 10;

/// Whether a text is a time as the APIs write it: RFC 3339, the same with a space, or a date.
pub(crate) fn is_timestamp(text: &str) -> bool {
    let (main, rest) = text.split_at_checked(19).unwrap_or((text, ""));
    let is_shape = |shape: &str| {
        main.len() == shape.len()
            && main.bytes().zip(shape.bytes()).all(|(byte, of)| match of {
                b'0' => byte.is_ascii_digit(),
                b'T' => byte == b'T' || byte == b' ',
                of => byte == of,
            })
    };
    let fraction =
        rest.strip_prefix(['.', ',']).map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let zone = fraction.unwrap_or(rest);
    let digits = rest.len().saturating_sub(zone.len());
    let is_offset = |zone: &str| {
        let digits = zone.replacen(':', "", 1);
        digits.len() == 4 && is_digits(&digits) && zone.find(':').is_none_or(|at| at == 2)
    };
    let is_zone = zone.is_empty() || zone == "Z" || zone.strip_prefix(['+', '-']).is_some_and(is_offset);
    let is_main = (is_shape("0000-00-00") && rest.is_empty())
        || (is_shape("0000-00-00T00:00:00") && is_zone && digits <= MAX_FRACTION);
    is_main && is_time(main)
}

/// Whether a date with or without a time is in this century, or is the one that stands for none.
fn is_time(main: &str) -> bool {
    main.parse::<DateTime>()
        .is_ok_and(|time| (2000..=2100).contains(&time.year()) || time.date() == civil::date(1, 1, 1))
}

/// Whether each element of a list is a GPU or CPU type, or a pool of them; a dash excludes it.
pub(super) fn are_products(text: &str) -> bool {
    text.len() <= MAX_LIST
        && text.split(',').all(|product| is_product(product.trim().trim_start_matches('-')))
}

fn is_product(text: &str) -> bool {
    let words: Vec<_> = text.split([' ', '-']).collect();
    let is_word = |word: &&&str| BRANDS.contains(*word) || PRODUCT_WORDS.contains(*word);
    let is_name = words.first().is_some_and(|first| BRANDS.contains(first))
        && words.iter().filter(|word| !is_word(word)).count() <= MAX_MODELS
        && words.iter().all(|word| is_word(&word) || is_model(word));
    is_name || is_pool(text) || is_cpu(text) || is_data_center(text)
}

/// The letters before and after the digits of a model or a size.
const SERIES: &[&str] =
    &["", "A", "B", "G", "GB", "GH", "H", "HBM", "K", "L", "M", "MI", "P", "R", "SXM", "T", "V", "W"];
const VARIANTS: &[&str] = &["", "A", "E", "GB", "Q", "S", "X", "Ti", "c", "e", "m"];

/// A model or a size, for example `4090`, `L40S`, `H100`, `MI300X`, `80GB` or `HBM3e`: known letters, and four digits at most.
fn is_model(word: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic();
    let tail = word.trim_start_matches(is_letter);
    let digits = tail.trim_end_matches(is_letter);
    digits.len() <= MAX_MODEL_DIGITS
        && is_digits(digits)
        && word.strip_suffix(tail).is_some_and(|series| SERIES.contains(&series))
        && tail.strip_prefix(digits).is_some_and(|variant| VARIANTS.contains(&variant))
}

fn is_pool(text: &str) -> bool {
    let text = text.strip_suffix("_PRO").unwrap_or(text);
    text.split_once('_').is_some_and(|(generation, size)| {
        GENERATIONS.contains(&generation) && POOL_DIGITS.contains(&size.len()) && is_digits(size)
    })
}

/// A CPU type, or an instance of it with its cores and gigabytes: `cpu3c-2-4`.
fn is_cpu(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("cpu") else { return false };
    let mut parts = rest.split('-');
    let is_flavor = parts
        .next()
        .is_some_and(|flavor| matches!(flavor.as_bytes(), [number, letter] if number.is_ascii_digit() && letter.is_ascii_lowercase()));
    is_flavor
        && parts.clone().count() <= 2
        && parts.all(|part| part.len() <= MAX_MODEL_DIGITS && is_digits(part))
}

/// Whether each element of a list is a data center, such as `EU-RO-1`, or a country.
pub(super) fn are_places(text: &str) -> bool {
    text.len() <= MAX_LIST
        && text.split(',').map(str::trim).all(|place| is_data_center(place) || is_code(place, 2..=2))
}

fn is_data_center(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let [continent, place, number] = *parts else { return false };
    is_code(continent, 2..=3)
        && is_code(place, 2..=3)
        && number.len() <= MAX_CENTER_DIGITS
        && is_digits(number)
}

fn is_code(text: &str, length: RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether a text is a version of two or three short numbers, such as `12.8`.
pub(super) fn is_version(text: &str) -> bool {
    let parts = || text.split('.');
    VERSION_PARTS.contains(&parts().count())
        && parts().all(|part| part.len() <= MAX_VERSION_DIGITS && is_digits(part))
}

/// Whether a text is a short number, as JSON has them.
pub(super) fn is_decimal(text: &str) -> bool {
    text.len() <= MAX_DECIMAL
        && number::is_json_number(text)
        && text.split(['.', 'e', 'E']).next().is_some_and(|whole| whole.len() <= MAX_WHOLE)
}

/// Whether a text has digits only.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_have_few_forms() {
        for text in [
            "2026-11-22T12:00:00Z",
            "2026-11-22T12:00:00.123456789Z",
            "2026-11-22 12:00:00",
            "2026-11-22",
            "2026-11-22T12:00:00+02:00",
            "0001-01-01T00:00:00Z",
            "2026-11-22 12:00:00,5",
        ] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in [
            "",
            "2026",
            "555-123-4567",
            "2026-11-22T12:00:00.1234567890123Z",
            "2026-11-22T12:00:00 secret",
            "2026-11-2212:00:00",
            "2026-11-22T12:00:00+secret",
            "192.168.100.100",
            "2026-11-22.5",
            "4111-11-11",
            "2026-13-22",
            "2026-11-22T99:00:00Z",
            "2026-11-22T12:00:00+12:345",
            "2026-11-22T12:00:00.1234567890Z",
            "2026-02-31",
            "2025-02-29T12:00:00Z",
            "2026-04-31 12:00:00",
            "0001-01-02",
            "1999-12-31",
        ] {
            assert!(!is_timestamp(text), "{text}");
        }
    }

    #[test]
    fn products_and_places_are_recognized_and_nothing_else_is() {
        for text in [
            "NVIDIA GeForce RTX 4090",
            "NVIDIA L40S",
            "NVIDIA A100 80GB PCIe",
            "NVIDIA H100 80GB HBM3",
            "NVIDIA A100-SXM4-80GB",
            "AMD Instinct MI300X OAM",
            "NVIDIA RTX 6000 Ada Generation",
            "RTX A6000",
            "NVIDIA RTX PRO 6000 Blackwell Server Edition",
            "NVIDIA B200",
            "NVIDIA H200 NVL",
            "Tesla V100-PCIE-16GB",
            "AMPERE_16,ADA_48_PRO,-NVIDIA L4",
            "cpu3c",
            "cpu5c-2-4",
            "EU-RO-1",
        ] {
            assert!(are_products(text), "{text}");
        }
        for text in [
            "llama-3-70b",
            "rpa_SECRET1",
            "john",
            "NVIDIA jane.doe@corp.example",
            "4111111111111111",
            "secret42",
            "A100-hunter2",
            "NVIDIA A100 hunter2000",
            "NVIDIA abc1234xy",
            "NVIDIA JD1984",
            "cpu-secret",
            "cpu3c-secret",
            "SECRET_16",
            "192.168.0.1",
            "Jane Doe",
            "prod1",
            "A100",
        ] {
            assert!(!are_products(text), "{text}");
        }
        assert!(are_places("EU-RO-1,US-KS-2, CA-MTL-3, US") && are_places("EUR-IS-1"));
        for text in ["eu-ro-1", "EU-RO-SECRET", "JOHN-DOE-1", "USA", "EU-RO-123"] {
            assert!(!are_places(text), "{text}");
        }
    }
}
