//! Reading single settings.

use super::error::{ConfigError, Result};
use std::collections::HashMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// A value that is never shown, not even by `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself. Look twice where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// All settings as text.
pub struct Source {
    values: HashMap<String, String>,
}

impl Source {
    /// The environment over the file that `LOCKSTEP_CONFIG` names.
    ///
    /// # Errors
    /// When that file cannot be read, or holds a line that is no setting.
    pub fn open() -> Result<Self> {
        Self::over_file(std::env::vars().collect())
    }

    /// `environment` over the file that it names.
    pub(super) fn over_file(mut environment: HashMap<String, String>) -> Result<Self> {
        environment.retain(|_, value| !value.is_empty());
        let mut values = match environment.get("LOCKSTEP_CONFIG") {
            Some(path) => file(path)?,
            None => HashMap::new(),
        };
        values.extend(environment);
        Ok(Self { values })
    }

    /// These settings and no others.
    #[cfg(test)]
    pub fn of(values: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { values: values.iter().map(own).collect() }
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.values.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// A secret, from `name` or from the file that `<name>_FILE` names, without the line's end.
    ///
    /// # Errors
    /// When both are given, or the file cannot be read.
    pub fn secret(&self, name: &str) -> Result<Option<Secret>> {
        let by_file = format!("{name}_FILE");
        match (self.text(name), self.text(&by_file)) {
            (Some(_), Some(_)) => {
                Err(ConfigError(format!("{name} and {by_file} are both set: allowed is one of them")))
            }
            (Some(value), None) => Ok(Some(Secret(value))),
            (None, Some(path)) => {
                let read = std::fs::read_to_string(&path).map_err(|error| {
                    ConfigError(format!("{by_file} is \"{path}\": it must name a readable file ({error})"))
                })?;
                Ok(Some(Secret(read.trim_end_matches(['\r', '\n']).to_owned())))
            }
            (None, None) => Ok(None),
        }
    }

    /// # Errors
    /// When the value does not parse.
    pub fn parsed<T: FromStr>(&self, name: &str, allowed: &str) -> Result<Option<T>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| wrong(name, &text, allowed))
    }

    /// # Errors
    /// When the value is not one of `choices`.
    pub fn choice<T: Copy>(&self, name: &str, default: T, choices: &[(&str, T)]) -> Result<T> {
        let Some(text) = self.text(name) else { return Ok(default) };
        let chosen = choices.iter().find(|(word, _)| *word == text);
        chosen.map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            wrong(name, &text, &words.join(", "))
        })
    }

    /// # Errors
    /// When the value is not an integer of `range`.
    pub fn number<T: FromStr + PartialOrd + fmt::Display>(
        &self,
        name: &str,
        default: T,
        range: RangeInclusive<T>,
    ) -> Result<T> {
        let allowed = format!("a whole number from {} to {}", range.start(), range.end());
        let number = self.parsed(name, &allowed)?.unwrap_or(default);
        if range.contains(&number) { Ok(number) } else { Err(wrong(name, &number.to_string(), &allowed)) }
    }

    /// A time in milliseconds, at most ten minutes.
    ///
    /// # Errors
    /// When the value is none.
    pub fn millis(&self, name: &str, default: u64) -> Result<Duration> {
        self.number(name, default, 1..=600_000).map(Duration::from_millis)
    }

    /// A list, separated by commas.
    ///
    /// # Errors
    /// When `read` takes an item for none.
    pub fn list<T>(&self, name: &str, allowed: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>> {
        let text = self.text(name).unwrap_or_default();
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(|item| read(item).ok_or_else(|| wrong(name, item, allowed))).collect()
    }
}

fn wrong(name: &str, value: &str, allowed: &str) -> ConfigError {
    ConfigError(format!("{name} is \"{value}\": allowed is {allowed}"))
}

/// The settings of a file. A message about a wrong line names the setting before it and nothing of the line, because it may hold
/// a secret.
fn file(path: &str) -> Result<HashMap<String, String>> {
    let mut values = HashMap::new();
    let mut place = "at its beginning".to_owned();
    for setting in dotenvy::from_path_iter(path).map_err(|error| wrong_file(path, &place, &error))? {
        let (name, value) = setting.map_err(|error| wrong_file(path, &place, &error))?;
        if !is_name(&name) {
            return Err(wrong_line(path, &place));
        }
        place = format!("after {name}");
        values.insert(name, value);
    }
    Ok(values)
}

fn wrong_file(path: &str, place: &str, error: &dotenvy::Error) -> ConfigError {
    let dotenvy::Error::Io(error) = error else { return wrong_line(path, place) };
    ConfigError(format!("LOCKSTEP_CONFIG is \"{path}\": it must name a readable file ({error})"))
}

fn wrong_line(path: &str, place: &str) -> ConfigError {
    ConfigError(format!(
        "{path}, {place}: allowed is NAME=value, with the value in single quotes if it has spaces, quotes, #, $ or \\"
    ))
}

fn is_name(name: &str) -> bool {
    name.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_')
}
