//! The share of the accounts that one of several exporters reads.

use std::fmt;
use std::str::FromStr;

use ring::digest::{SHA256, digest};

use super::Invalid;

/// Maximum number of shards. Each account is hashed once for each of them.
const MAX_COUNT: u32 = 1000;

/// One of several exporters that share the accounts of one configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Shard {
    /// Whether this shard reads the account with this name.
    pub fn reads(self, account: &str) -> bool {
        self.of(account) == self
    }

    /// The shard that reads the account with this name: the one with the highest hash of index and name (rendezvous hashing).
    /// Another number of shards moves no more accounts than it must. The hash is part of the interface: during an upgrade,
    /// shards of two versions run beside each other.
    #[must_use]
    pub fn of(self, account: &str) -> Self {
        let hash = |index: u32| digest(&SHA256, format!("{index}/{account}").as_bytes());
        let highest = (0..self.count).max_by(|one, two| hash(*one).as_ref().cmp(hash(*two).as_ref()));
        Self { index: highest.unwrap_or_default(), ..self }
    }

    /// Whether the accounts are shared at all.
    pub fn is_all(self) -> bool {
        self.count == 1
    }
}

impl FromStr for Shard {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("use INDEX/COUNT, for example 0/3 for the first of three");
        let (index, count) = text.trim().split_once('/').ok_or_else(invalid)?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let number = |text: &str| text.parse::<u32>().ok().filter(|_| digits(text)).ok_or_else(invalid);
        let (index, count) = (number(index)?, number(count)?);
        if !(1..=MAX_COUNT).contains(&count) {
            return Err(Invalid::new(format!("the number of shards is out of range; use 1 to {MAX_COUNT}")));
        }
        if index >= count {
            let last = count.saturating_sub(1);
            return Err(Invalid::new(format!(
                "there is no shard {index} of {count}; use an index from 0 to {last}"
            )));
        }
        Ok(Self { index, count })
    }
}

/// As the flag writes it.
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn shard(text: &str) -> Shard {
        text.parse().unwrap()
    }

    fn names() -> Vec<String> {
        (0..1000).map(|n| format!("account-{n}")).collect()
    }

    #[test]
    fn a_shard_is_an_index_below_a_count() {
        assert_eq!(shard(" 2/3\n").to_string(), "2/3");
        assert_eq!(shard("999/1000").to_string(), "999/1000");
        for text in [
            "",
            "1",
            "/",
            "1/",
            "/3",
            "-1/3",
            "+1/3",
            "1/3/4",
            "a/3",
            "1 / 3",
            "0/0",
            "3/3",
            "0/1001",
            "0/99999999999",
        ] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        let error = "3/3".parse::<Shard>().unwrap_err().to_string();
        assert_eq!(error, "there is no shard 3 of 3; use an index from 0 to 2");
    }

    #[test]
    fn each_account_has_one_shard_and_each_shard_a_fair_share() {
        let mut shares = BTreeMap::<String, usize>::new();
        for name in names() {
            let readers: Vec<_> =
                (0..5).map(|n| shard(&format!("{n}/5"))).filter(|one| one.reads(&name)).collect();
            assert_eq!(readers.len(), 1, "{name}");
            *shares.entry(readers[0].to_string()).or_default() += 1;
        }
        assert!(shares.len() == 5 && shares.values().all(|share| (150..250).contains(share)), "{shares:?}");
    }

    #[test]
    fn another_shard_takes_accounts_only_for_itself() {
        let moved: Vec<_> = names()
            .into_iter()
            .filter(|name| shard("0/4").of(name).index != shard("0/5").of(name).index)
            .collect();
        assert!(moved.iter().all(|name| shard("0/5").of(name).index == 4), "{moved:?}");
        assert!((150..250).contains(&moved.len()), "{}", moved.len());
    }

    /// Shards of two versions agree only if these never change.
    #[test]
    fn the_shard_of_an_account_never_changes() {
        let of = |name| shard("0/3").of(name).to_string();
        let names = ["default", "production", "research", "ünïcode", "a/b", "video"];
        assert_eq!(names.map(of), ["1/3", "1/3", "2/3", "1/3", "1/3", "0/3"]);
        assert_eq!(shard("0/1").of("default").to_string(), "0/1");
    }
}
