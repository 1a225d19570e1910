//! What a task's `config` may be, and merge patches of it and of `fields`.

use crate::json::Refused;
use serde_json::{Map, Value};

/// Largest `config` of a task, in bytes of canonical JSON.
pub const CONFIG_BYTES: usize = 65_536;
/// Deepest nesting of a `config`.
pub const CONFIG_DEPTH: usize = 16;

/// `target` with a JSON merge patch (RFC 7396) applied.
pub fn merged(target: &Map<String, Value>, patch: &Map<String, Value>) -> Map<String, Value> {
    let mut merged = Value::Object(target.clone());
    json_patch::merge(&mut merged, &Value::Object(patch.clone()));
    let Value::Object(merged) = merged else { unreachable!("an object merged into an object is an object") };
    merged
}

/// The merge patch (RFC 7396) that makes `to` of `from`. Such a patch exists because no object that was merged has a null
/// among its members.
pub fn patch_between(from: &Map<String, Value>, to: &Map<String, Value>) -> Map<String, Value> {
    let gone = from.keys().filter(|key| !to.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    let set = to.iter().filter(|(key, value)| from.get(*key) != Some(value)).map(|(key, value)| {
        let value = match (from.get(key), value) {
            (Some(Value::Object(from)), Value::Object(to)) => Value::Object(patch_between(from, to)),
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    gone.chain(set).collect()
}

/// Checks what a `config` may be, once merged.
///
/// # Errors
/// When it is too large, too deep, or has U+0000 in a text.
pub fn check_config(config: &Map<String, Value>) -> Result<(), Refused> {
    check(config, CONFIG_BYTES, "config_too_large", "config_too_deep")
}

/// Checks an object that means nothing to the server, once merged: at most so many bytes of canonical JSON, and as deep as a
/// `config` may be. The codes are those of the refusals.
///
/// # Errors
/// When it is too large, too deep, or has U+0000 in a text.
pub fn check(
    config: &Map<String, Value>,
    most_bytes: usize,
    too_large: &'static str,
    too_deep: &'static str,
) -> Result<(), Refused> {
    if config.iter().any(|(key, value)| key.contains('\0') || has_nul(value)) {
        return Err(Refused { code: "invalid_text", detail: "must not contain U+0000".to_owned() });
    }
    if 1 + config.values().map(depth).max().unwrap_or(0) > CONFIG_DEPTH {
        let detail = format!("must not be deeper than {CONFIG_DEPTH}");
        return Err(Refused { code: too_deep, detail });
    }
    let bytes = serde_json_canonicalizer::to_vec(config).expect("a map is JSON").len();
    if bytes > most_bytes {
        let detail = format!("must have at most {most_bytes} bytes as canonical JSON, not {bytes}");
        return Err(Refused { code: too_large, detail });
    }
    Ok(())
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn a_merge_patch_follows_rfc_7396() {
        let target = map(json!({"a": {"b": 1, "c": 2}, "d": [1], "e": 5}));
        let patch = map(json!({"a": {"b": null, "x": {"y": null, "z": 1}}, "d": [2], "e": null}));
        assert_eq!(Value::Object(merged(&target, &patch)), json!({"a": {"c": 2, "x": {"z": 1}}, "d": [2]}));
    }

    #[test]
    fn the_patch_between_two_configs_makes_the_one_of_the_other() {
        let configs = [
            json!({}),
            json!({"a": {}}),
            json!({"a": {"b": {"c": 1}}, "d": [null, {"e": null}]}),
            json!({"a": {"b": 2, "x": true}, "d": [null]}),
            json!({"a": 5, "f": ""}),
        ];
        for (from, to) in configs.iter().flat_map(|from| configs.iter().map(move |to| (from, to))) {
            let (from, to) = (map(from.clone()), map(to.clone()));
            assert_eq!(merged(&from, &patch_between(&from, &to)), to);
        }
    }

    #[test]
    fn a_config_is_at_most_65536_bytes_and_16_deep_and_without_nul() {
        let nested = |n: usize| (1..n).fold(json!({}), |inner, _| json!({"a": inner}));
        assert!(check_config(&map(nested(16))).is_ok());
        let large = |n: usize| map(json!({"a": "x".repeat(n - 8)}));
        assert!(check_config(&large(65_536)).is_ok());
        for (bad, code) in [
            (map(nested(17)), "config_too_deep"),
            (large(65_537), "config_too_large"),
            (map(json!({"a": ["\0"]})), "invalid_text"),
        ] {
            assert_eq!(check_config(&bad).expect_err("refused").code, code);
        }
    }
}
