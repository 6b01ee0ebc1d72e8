//! The variables that the configuration file names.

use secrecy::zeroize::Zeroizing;

use super::Inputs;
use crate::settings::Invalid;
use runpod::looks_like_a_key;

/// The value of the variable that a setting names. A name that cannot be one is not repeated: it may be the key itself.
pub(super) fn variable_of(setting: &str, name: &str, inputs: &Inputs) -> Result<Zeroizing<String>, Invalid> {
    let is_name = !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if name.is_empty() || !is_name || looks_like_a_key(name) {
        let problem =
            "not the name of a variable; use the name of the variable that has the value, not the value";
        return Err(Invalid::new(problem).within(setting));
    }
    let not_set = || Invalid::new(format!("the variable {name} is not set or empty")).within(setting);
    inputs.secret_variable(name).ok_or_else(not_set)
}
