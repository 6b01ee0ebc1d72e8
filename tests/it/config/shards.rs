//! Several exporters that share the accounts of one file.

use super::check_with;

const FILE: &str = "accounts:
  - {name: research, api_key_file: key}
  - {name: production, api_key_file: key}
  - {name: video, api_key_file: key}
";

fn shard(file: &str, shard: &str) -> (i32, String) {
    check_with(file, &[&format!("--config.shard={shard}")])
}

#[test]
fn a_shard_has_the_accounts_of_its_index() {
    let valid = |whose: &str| (0, format!("the configuration is valid; accounts of shard {whose}\n"));
    assert_eq!(shard(FILE, "0/3"), valid("0/3: video"));
    assert_eq!(shard(FILE, "1/3"), valid("1/3: production"));
    assert_eq!(shard(FILE, "2/3"), valid("2/3: research"));
    assert_eq!(shard(FILE, "0/1"), valid("0/1: research, production, video"));
    let one = "accounts: [{name: research, api_key_file: key}]";
    assert_eq!(shard(one, "0/3"), valid("0/3: none"));
}

#[test]
fn a_mistake_in_an_account_costs_its_own_shard() {
    let file =
        FILE.replace("{name: production, api_key_file: key}", "{name: production, api_key_file: nowhere}");
    assert_eq!(shard(&file, "2/3").0, 0);
    let (code, output) = shard(&file, "1/3");
    assert!(code == 64 && output.contains("account \"production\""), "{output}");
    // Without the flag, every account is checked.
    assert_eq!(check_with(&file, &[]).0, 64);
}

#[test]
fn what_concerns_all_accounts_is_checked_in_each_shard() {
    let file = format!("{FILE}  - {{name: production, api_key_file: key}}\n");
    for index in ["0/3", "1/3", "2/3"] {
        let (code, output) = shard(&file, index);
        assert!(code == 64 && output.contains("listed twice"), "{index}: {output}");
        assert_eq!(shard("accounts: []", index).0, 64);
    }
}

#[test]
fn only_accounts_of_a_file_are_shared() {
    let (code, output) = shard("refresh: {billing: 1h}", "0/3");
    assert!(code == 64 && output.contains("no accounts configured"), "{output}");
    let (code, output) = shard(FILE, "3/3");
    assert!(code == 64 && output.contains("there is no shard 3 of 3; use an index from 0 to 2"), "{output}");
}
