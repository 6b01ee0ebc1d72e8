//! The API key and the metrics key, from a variable or a file.

use std::path::{Path, PathBuf};

use super::{ConfigError, Inputs};
use runpod::{ApiKey, looks_like_a_key};

/// The variable with the API key.
const VARIABLE: &str = "RUNPOD_API_KEY";

/// Whether the variable with the API key is set.
pub(crate) fn has_api_key(inputs: &Inputs) -> bool {
    inputs.secret_variable(VARIABLE).is_some()
}

/// Reads the API key from the variable or the file. There is no flag for the key, because `ps` would show it.
pub(crate) fn api_key(inputs: &Inputs, file: Option<&Path>) -> Result<ApiKey, ConfigError> {
    match (inputs.secret_variable(VARIABLE), file) {
        (None, None) => Err(ConfigError::NoKey),
        (Some(_), Some(_)) => Err(ConfigError::TwoKeys),
        (Some(value), None) => {
            ApiKey::parse(&value).map_err(|cause| ConfigError::Key { origin: VARIABLE.to_owned(), cause })
        }
        (None, Some(path)) => key_of_file(inputs, path, "--runpod.api-key-file (RUNPOD_API_KEY_FILE)"),
    }
}

/// Reads the metrics key from its file.
pub(crate) fn metrics_key(inputs: &Inputs, file: &Path) -> Result<(PathBuf, ApiKey), ConfigError> {
    let key = key_of_file(inputs, file, "--runpod.metrics-key-file (RUNPOD_METRICS_KEY_FILE)")?;
    Ok((file.to_owned(), key))
}

/// Reads a key from a file, whose path is the value of a setting.
pub(super) fn key_of_file(
    inputs: &Inputs,
    path: &Path,
    setting: &'static str,
) -> Result<ApiKey, ConfigError> {
    let name = path.display().to_string();
    let text = inputs.secret_file(path).map_err(|cause| {
        if looks_like_a_key(&name) {
            return ConfigError::KeyAsPath(setting);
        }
        ConfigError::KeyFile { path: name.clone(), cause }
    })?;
    ApiKey::parse(&text).map_err(|cause| ConfigError::Key { origin: name, cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(variable: fn(&str) -> Option<String>) -> Inputs {
        Inputs::new(PathBuf::new(), variable)
    }

    #[test]
    fn a_key_has_one_source() {
        let (none, blank, key) =
            (inputs(|_| None), inputs(|_| Some(" \n".to_owned())), inputs(|_| Some("rpa_x\n".to_owned())));
        assert!(matches!(api_key(&none, None), Err(ConfigError::NoKey)));
        assert!(matches!(api_key(&blank, None), Err(ConfigError::NoKey)));
        assert!(matches!(api_key(&key, Some(Path::new("/x"))), Err(ConfigError::TwoKeys)));
        assert!(api_key(&key, None).unwrap().is("rpa_x"));
        let error = api_key(&none, Some(Path::new("/nowhere/key"))).unwrap_err().to_string();
        assert!(error.starts_with("cannot read the API key file /nowhere/key: "), "{error}");
    }

    #[test]
    fn a_key_in_place_of_a_path_is_not_repeated() {
        for path in ["rpa_SECRET", "/run/rpa_SECRET", "A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6Q7R8S9T0"] {
            let error = api_key(&inputs(|_| None), Some(Path::new(path))).unwrap_err().to_string();
            assert!(
                error.starts_with("--runpod.api-key-file (RUNPOD_API_KEY_FILE) is set to a key"),
                "{error}"
            );
            assert!(!error.contains("SECRET") && !error.contains("A1B2"), "{error}");
        }
    }
}
