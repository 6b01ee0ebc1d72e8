//! Stand-ins: strings of the same form. A letter becomes a letter of the same case and a digit a digit; spaces and punctuation
//! stay. The letters are consonants, so that a stand-in is not a word.
//!
//! The characters are drawn by a generator whose seed is an HMAC of the whole string with the salt of the recording, so that they say
//! nothing about the string without the salt, and parts of a string have nothing in common with it. Which strings get a stand-in is
//! decided in `mod.rs`; those of numbers are in `number.rs`.

use std::collections::{HashMap, HashSet};
use std::fmt;

use parking_lot::Mutex;
use rand::SeedableRng as _;
use rand::rngs::ChaCha20Rng;
use rand::seq::IndexedRandom as _;
use ring::hmac;

/// Maximum number of other draws if a stand-in is taken. There are few for a string of one or two characters.
const DRAWS: u32 = 64;

/// Maximum number of characters in a row that are neither letters nor digits. The others become dashes.
const MAX_PUNCTUATION: usize = 5;

/// Minimum number of characters of a hexadecimal id, such as `deadbeef1`. A shorter text may be a name with a digit.
const MIN_HEX: usize = 8;

const LOWER: &[u8] = b"bcdfghjklmnpqrstvwxz";
const UPPER: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
const LOWER_HEX: &[u8] = b"bcdf";
const UPPER_HEX: &[u8] = b"BCDF";
const DIGITS: &[u8] = b"0123456789";
const FIRST_DIGITS: &[u8] = b"123456789";
/// Letters of two, three and four bytes.
const WIDE: [[char; 4]; 3] = [['ä', 'ð', 'ñ', 'ø'], ['木', '火', '水', '金'], ['𝑏', '𝑐', '𝑑', '𝑓']];

/// The stand-ins of a recording.
pub(super) struct StandIns {
    salt: hmac::Key,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    by_text: HashMap<String, String>,
    taken: HashSet<String>,
}

impl StandIns {
    pub(super) fn new(salt: &[u8]) -> Self {
        Self { salt: hmac::Key::new(hmac::HMAC_SHA256, salt), known: Mutex::default() }
    }

    /// The stand-in of a whole string. Two strings have different ones, if there are enough of the form.
    pub(super) fn of(&self, text: &str) -> String {
        let mut known = self.known.lock();
        if let Some(stand_in) = known.by_text.get(text) {
            return stand_in.clone();
        }
        let is_free = |drawn: &String| drawn != text && !known.taken.contains(drawn);
        let found = (0..DRAWS).map(|draw| self.draw(text, draw)).find(is_free);
        let stand_in = found.unwrap_or_else(|| self.draw(text, DRAWS));
        known.taken.insert(stand_in.clone());
        known.by_text.insert(text.to_owned(), stand_in.clone());
        stand_in
    }

    fn draw(&self, text: &str, draw: u32) -> String {
        let mut random = self.random(text, draw);
        let mut scrambled = Scrambled::of(text);
        scrambled.push(text, &mut random);
        scrambled.text
    }

    /// The random numbers of a string.
    pub(super) fn random(&self, text: &str, draw: u32) -> Random {
        let tag = hmac::sign(&self.salt, &[&draw.to_be_bytes(), text.as_bytes()].concat());
        let mut seed = [0; 32];
        // HMAC-SHA256 has 32 bytes, too.
        seed.iter_mut().zip(tag.as_ref()).for_each(|(byte, from)| *byte = *from);
        Random(ChaCha20Rng::from_seed(seed))
    }
}

/// The random characters of a string.
pub(super) struct Random(ChaCha20Rng);

impl Random {
    /// A digit.
    pub(super) fn digit(&mut self) -> char {
        self.choose(DIGITS).map_or('5', char::from)
    }

    /// A digit that is not zero.
    pub(super) fn first_digit(&mut self) -> char {
        self.choose(FIRST_DIGITS).map_or('5', char::from)
    }

    fn choose<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        from.choose(&mut self.0).copied()
    }
}

/// A string that is being replaced part by part.
pub(super) struct Scrambled {
    pub(super) text: String,
    is_hex: bool,
    punctuation: usize,
}

impl Scrambled {
    /// Nothing yet of this string.
    pub(super) fn of(text: &str) -> Self {
        let mut characters = text.chars().filter(|character| character.is_alphanumeric());
        let is_hex = characters.clone().count() >= MIN_HEX
            && characters.all(|character| character.is_ascii_hexdigit())
            && text.bytes().any(|byte| byte.is_ascii_digit());
        Self { text: String::with_capacity(text.len()), is_hex, punctuation: 0 }
    }

    /// Adds a part as it is.
    pub(super) fn keep(&mut self, part: &str) {
        self.text.push_str(part);
        self.punctuation = 0;
    }

    /// Adds the stand-in of a part.
    pub(super) fn push(&mut self, part: &str, random: &mut Random) {
        let has_number = !part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit());
        for (at, character) in part.chars().enumerate() {
            let drawn = match character {
                '0'..='9' if at == 0 && has_number => random.choose(FIRST_DIGITS).map(char::from),
                '0'..='9' => random.choose(DIGITS).map(char::from),
                'a'..='f' if self.is_hex => random.choose(LOWER_HEX).map(char::from),
                'A'..='F' if self.is_hex => random.choose(UPPER_HEX).map(char::from),
                'a'..='z' => random.choose(LOWER).map(char::from),
                'A'..='Z' => random.choose(UPPER).map(char::from),
                letter if letter.is_alphanumeric() => wide(letter, random),
                // A terminal obeys it instead of showing it.
                other if other.is_control() && !matches!(other, '\t' | '\n' | '\r') => Some('-'),
                other => {
                    let is_blank = other == ' ' || other == '\t';
                    self.punctuation = if is_blank { 0 } else { self.punctuation.saturating_add(1) };
                    self.text.push(if self.punctuation > MAX_PUNCTUATION { '-' } else { other });
                    continue;
                }
            };
            self.punctuation = 0;
            self.text.push(drawn.unwrap_or('x'));
        }
    }
}

fn wide(letter: char, random: &mut Random) -> Option<char> {
    random.choose(WIDE.get(letter.len_utf8().saturating_sub(2))?)
}

impl fmt::Debug for StandIns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StandIns") // with neither the salt nor the strings
    }
}
