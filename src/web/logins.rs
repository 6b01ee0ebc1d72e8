//! Logins by name and password. The passwords are known by their bcrypt hashes only.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use bcrypt::HashParts;
use parking_lot::Mutex;
use program::task::{self, Task};
use ring::hmac;
use ring::rand::SystemRandom;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

/// What follows the cost in a hash that no password has. A login without a user is compared with it, so that it takes as long
/// as one with a wrong password.
const DECOY: &str = "......................................................"; // 22 characters of salt, 31 of hash

/// The lowest and the highest cost of bcrypt that is accepted. The highest takes a minute.
const COSTS: std::ops::RangeInclusive<u32> = 4..=20;

/// A bcrypt hash. `Debug` hides it.
#[derive(Clone)]
pub struct Hash {
    text: String,
    cost: u32,
}

/// Why a text is not the hash of a password. The message does not repeat it: it may be the password.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Another format.
    #[error("the password is not a bcrypt hash; make one with: htpasswd -nBC 10 NAME")]
    Format,
    /// Comparing would take too long.
    #[error("the cost {0} of the bcrypt hash is out of range; use 4 to 20, for example 10")]
    Cost(u32),
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let text = text.trim();
        let parts: HashParts = text.parse().map_err(|_invalid| HashError::Format)?;
        let cost = parts.get_cost();
        if !COSTS.contains(&cost) {
            return Err(HashError::Cost(cost));
        }
        Ok(Self { text: text.to_owned(), cost })
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hash").field("cost", &self.cost).finish_non_exhaustive()
    }
}

/// The users that can log in, and the logins that were verified.
pub struct Logins {
    users: BTreeMap<String, Hash>,
    decoy: String,
    /// The MAC of each user's verified password. bcrypt is slow on purpose, and Prometheus logs in with each scrape.
    verified: Mutex<HashMap<String, hmac::Tag>>,
    /// Random, so that the MACs are worth nothing outside of this process.
    key: hmac::Key,
    /// One password is compared at a time: wrong ones cannot occupy more than one processor.
    turn: Semaphore,
}

impl Logins {
    /// Logins of these users, at least one. `None` if the system has no random numbers.
    pub fn new(users: BTreeMap<String, Hash>) -> Option<Self> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok()?;
        let cost = users.values().map(|hash| hash.cost).max().unwrap_or(*COSTS.start());
        let decoy = format!("$2b${cost:02}${}", DECOY.get(..53).unwrap_or(DECOY));
        Some(Self { users, decoy, verified: Mutex::default(), key, turn: Semaphore::new(1) })
    }

    /// Whether the user has this password.
    pub async fn accepts(&self, user: &str, password: &SecretString) -> bool {
        if self.was_verified(user, password) {
            return true;
        }
        let _turn = self.turn.acquire().await; // never closed
        if self.was_verified(user, password) {
            return true;
        }
        let hash = self.users.get(user).map_or(&self.decoy, |hash| &hash.text).clone();
        let given = password.clone();
        let compare = move || bcrypt::verify(given.expose_secret(), &hash).unwrap_or_default();
        let is_equal = task::blocking(Task::Http, compare).await.unwrap_or_default();
        let is_accepted = is_equal && self.users.contains_key(user);
        if is_accepted {
            let tag = hmac::sign(&self.key, password.expose_secret().as_bytes());
            self.verified.lock().insert(user.to_owned(), tag);
        }
        is_accepted
    }

    fn was_verified(&self, user: &str, password: &SecretString) -> bool {
        let tag = self.verified.lock().get(user).copied();
        let is_same = |tag: hmac::Tag| {
            hmac::verify(&self.key, password.expose_secret().as_bytes(), tag.as_ref()).is_ok()
        };
        tag.is_some_and(is_same)
    }
}

impl fmt::Debug for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logins").field("users", &self.users).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logins(users: &[(&str, &str)]) -> Logins {
        let hash = |password: &str| bcrypt::hash(password, 4).unwrap().parse().unwrap();
        Logins::new(users.iter().map(|(user, password)| ((*user).to_owned(), hash(password))).collect())
            .unwrap()
    }

    #[tokio::test]
    async fn a_user_has_one_password() {
        let logins = logins(&[("prometheus", "one"), ("grafana", "two")]);
        for _ in 0..2 {
            for (user, password, expected) in [
                ("prometheus", "one", true),
                ("prometheus", "two", false),
                ("grafana", "two", true),
                ("grafana", "", false),
                ("nobody", "one", false),
                ("", "", false),
            ] {
                let accepted = logins.accepts(user, &password.into()).await;
                assert_eq!(accepted, expected, "{user} {password}");
            }
        }
        assert_eq!(logins.verified.lock().len(), 2, "only verified logins are kept");
    }

    /// The decoy has the format of a hash: without it, a login without a user would be faster than others.
    #[test]
    fn a_login_without_a_user_is_compared_as_well() {
        let logins = logins(&[("prometheus", "one")]);
        assert!(matches!(bcrypt::verify("one", &logins.decoy), Ok(false)), "{}", logins.decoy);
        assert_eq!(logins.decoy.parse::<Hash>().unwrap().cost, 4);
    }

    #[test]
    fn a_password_is_not_a_hash_and_is_not_repeated() {
        for (text, word) in [
            ("hunter2", "htpasswd"),
            ("", "htpasswd"),
            ("$2y$10$short", "htpasswd"),
            ("$2y$31$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi", "cost 31"),
        ] {
            let error = text.parse::<Hash>().unwrap_err().to_string();
            assert!(error.contains(word) && !error.contains("hunter2"), "{error}");
        }
        let shown = format!("{:?}", logins(&[("prometheus", "one")]));
        assert!(shown.contains("prometheus") && !shown.contains("$2"), "{shown}");
    }
}
