//! What an account is made of, read so that it cannot be wrong: address, name, password.

use super::opaque;
use domain::json::{Refused, string};
use domain::text::is_invisible;
use serde_json::Value;

/// An e-mail address, lower-cased: at most 254 ASCII characters (RFC 5321 §4.5.3.1), one person each. Whether anybody reads
/// mail there is not checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

/// What others see: 1 to 200 characters, not all invisible, no control characters, trimmed.
#[derive(Clone, PartialEq, Eq)]
pub struct DisplayName(String);

/// A language: a well-formed BCP 47 tag of at most 35 characters (RFC 5646 §4.4.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Locale(String);

/// A time zone: a name of the IANA database.
#[derive(Clone, PartialEq, Eq)]
pub struct Timezone(String);

/// A device as its browser or program names itself: at most 200 characters, control characters left out.
#[derive(Clone, PartialEq, Eq)]
pub struct Device(String);

/// A new one has 10 to 1,024 bytes in the form of RFC 8265 (OpaqueString). One that is only compared is as it was sent.
pub struct Password(String);

/// Longest password that is only compared, in bytes, because one of 1,024 may be longer before it is composed.
const LONGEST_SENT: usize = 4_096;

impl Email {
    /// # Errors
    /// When it is no address.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let text = text.trim().to_ascii_lowercase();
        let parts = text.rsplit_once('@').filter(|(local, host)| is_local(local) && is_host(host));
        match parts {
            Some(_) if text.len() <= 254 => Ok(Self(text)),
            _ => Err(Refused::invalid("must be an e-mail address")),
        }
    }

    /// # Errors
    /// When it is no address.
    pub fn read(value: Value) -> Result<Self, Refused> {
        Self::parse(&string(value)?)
    }

    /// The address, lower-cased.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl DisplayName {
    /// # Errors
    /// When it is empty, too long, all invisible, or has control characters.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let text = text.trim();
        let fits = (1..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        match fits && !is_invisible(text) {
            true => Ok(Self(text.to_owned())),
            false => Err(Refused::invalid(
                "must be 1 to 200 characters that can be seen, without control characters",
            )),
        }
    }

    /// # Errors
    /// When it is no name.
    pub fn read(value: Value) -> Result<Self, Refused> {
        Self::parse(&string(value)?)
    }

    /// The name, trimmed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Locale {
    /// # Errors
    /// When it is no tag.
    pub fn read(value: Value) -> Result<Self, Refused> {
        let text = string(value)?;
        let mut subtags = text.split('-');
        let language = subtags
            .next()
            .is_some_and(|tag| (2..=8).contains(&tag.len()) && tag.bytes().all(|c| c.is_ascii_alphabetic()));
        let rest =
            subtags.all(|tag| (1..=8).contains(&tag.len()) && tag.bytes().all(|c| c.is_ascii_alphanumeric()));
        match language && rest && text.len() <= 35 {
            true => Ok(Self(text)),
            false => Err(Refused::invalid("must be a language tag, such as de or pt-BR")),
        }
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Timezone {
    /// # Errors
    /// When there is no such zone.
    pub fn read(value: Value) -> Result<Self, Refused> {
        let text = string(value)?;
        match jiff::tz::db().get(&text).ok().and_then(|zone| zone.iana_name().map(str::to_owned)) {
            Some(name) => Ok(Self(name)),
            None => Err(Refused::invalid("must be a time zone of the IANA database, such as Europe/Berlin")),
        }
    }

    /// The zone's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Device {
    /// `None` when nothing is left of it.
    pub fn parse(text: &str) -> Option<Self> {
        let kept: String = text.trim().chars().filter(|c| !c.is_control()).take(200).collect();
        (!kept.is_empty()).then_some(Self(kept))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Password {
    /// A new one.
    ///
    /// # Errors
    /// When it is too short or too long, or has characters that passwords may not have.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let forbidden = "must have only letters, marks, numbers, symbols, punctuation and spaces";
        let normal = match text.len() <= LONGEST_SENT && !text.is_empty() {
            true => opaque::enforce(text).ok_or_else(|| Refused::invalid(forbidden))?,
            false => String::new(),
        };
        match (10..=1_024).contains(&normal.len()) {
            true => Ok(Self(normal)),
            false => Err(Refused::invalid("must be 10 to 1024 bytes long")),
        }
    }

    /// A new one.
    ///
    /// # Errors
    /// As [`Password::parse`].
    pub fn read(value: Value) -> Result<Self, Refused> {
        Self::parse(&string(value)?)
    }

    /// One that is only compared, as it was sent: too short is merely wrong.
    ///
    /// # Errors
    /// When it is too long to look at.
    pub fn read_existing(value: Value) -> Result<Self, Refused> {
        let text = string(value)?;
        match text.len() <= LONGEST_SENT {
            true => Ok(Self(text)),
            false => Err(Refused::invalid(format!("must be at most {LONGEST_SENT} bytes long"))),
        }
    }

    /// The characters, to be hashed or compared.
    pub fn into_inner(self) -> String {
        self.0
    }
}

fn is_local(local: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&c);
    (1..=64).contains(&local.len())
        && local.bytes().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    !host.is_empty() && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_lower_cased_and_checked() {
        assert_eq!(
            Email::parse(" Ann.Lee+x@Example.ORG ").map(|e| e.0).ok().as_deref(),
            Some("ann.lee+x@example.org")
        );
        assert!(Email::parse("root@localhost").is_ok());
        let long = format!("{}@example.org", "a".repeat(65));
        for bad in [
            "", "a", "@b", "a@", "a b@c.d", "a@b..c", "a@-b.c", ".a@b.c", "a@b@c d", "a\0@b.c", "ä@b.c",
            &long,
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_and_passwords_have_bounds() {
        assert!(DisplayName::parse("Ann Lee").is_ok() && DisplayName::parse(&"ä".repeat(200)).is_ok());
        for bad in ["", "  ", "a\0b", "a\nb", "\u{200b}", &"a".repeat(201)] {
            assert!(DisplayName::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Password::parse("0123456789").is_ok());
        for bad in ["", "012345678", "0123456789\t", &"x".repeat(1_025), &"x".repeat(5_000)] {
            assert!(Password::parse(bad).is_err(), "{bad:?}");
        }
    }
}
