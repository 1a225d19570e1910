use super::*;
use std::collections::HashMap;
use std::io::Write;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NEEDED: [(&str, &str); 2] =
    [("DATABASE_URL", "postgres://me:hidden@localhost/lockstep"), ("LOCKSTEP_TOKEN_SECRET", SECRET)];

fn with(more: &[(&str, &str)]) -> Result<Config> {
    Config::read(&Source::of(&[&NEEDED, more].concat()))
}

fn refusal(more: &[(&str, &str)]) -> String {
    with(more).expect_err("a wrong setting").to_string()
}

#[test]
fn the_documented_defaults_hold() {
    let config = with(&[]).expect("enough");
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.operator_listen.to_string(), "127.0.0.1:9090");
    assert_eq!(config.own_origin(), "http://127.0.0.1:8080");
    assert_eq!(config.signup, Signup::Invite);
    assert_eq!(config.name, "Lockstep");
    assert!(!config.is_secure());
}

#[test]
fn a_wrong_value_is_told_with_its_name_and_what_is_allowed() {
    assert_eq!(
        refusal(&[("LOCKSTEP_SIGNUP", "maybe")]),
        "LOCKSTEP_SIGNUP is \"maybe\": allowed is open, invite, closed"
    );
    assert!(refusal(&[("LOCKSTEP_LISTEN", "8080")]).starts_with("LOCKSTEP_LISTEN is \"8080\": allowed is"));
    assert!(refusal(&[("LOCKSTEP_POOL_READ", "0")]).contains("from 1 to 1000"));
    assert!(refusal(&[("LOCKSTEP_PUBLIC_URL", "ftp://x")]).contains("http:// or https://"));
    assert!(
        refusal(&[("LOCKSTEP_ALLOWED_ORIGINS", "https://a.org, https://b.org/")]).contains("https://b.org/")
    );
    assert!(refusal(&[("LOCKSTEP_TRUSTED_PROXIES", "10.0.0.0/99")]).contains("networks"));
    assert!(refusal(&[("LOCKSTEP_INSTANCE", "a b")]).contains("LOCKSTEP_INSTANCE"));
    for name in ["x".repeat(65), "two\nlines".to_owned(), "  ".to_owned()] {
        assert!(refusal(&[("LOCKSTEP_NAME", &name)]).starts_with("LOCKSTEP_NAME is"), "{name:?}");
    }
}

#[test]
fn a_secret_is_never_shown() {
    for name in ["LOCKSTEP_TOKEN_SECRET", "DATABASE_URL", "DATABASE_REPLICA_URL", "REDIS_URL"] {
        let settings: Vec<_> =
            NEEDED.into_iter().filter(|(needed, _)| *needed != name).chain([(name, "hush")]).collect();
        let refusal = Config::read(&Source::of(&settings)).expect_err("wrong").to_string();
        assert!(refusal.contains(name) && !refusal.contains("hush"), "{refusal}");
    }
    assert!(!format!("{:?}", with(&[]).expect("enough")).contains(SECRET));
}

#[test]
fn what_is_missing_is_named() {
    let refusal = Config::read(&Source::of(&[])).expect_err("nothing set").to_string();
    assert!(refusal.starts_with("DATABASE_URL is not set"));
    let refusal = Config::read(&Source::of(&NEEDED[..1])).expect_err("no secret").to_string();
    assert!(refusal.starts_with("LOCKSTEP_TOKEN_SECRET is not set"));
}

#[test]
fn the_example_names_every_setting_with_its_default() {
    let example = include_str!("../../../../.env.example");
    let sources = [include_str!("mod.rs"), include_str!("limits.rs"), include_str!("../telemetry.rs")];
    let quoted = sources.iter().flat_map(|source| source.split('"')).filter(|text| {
        text.starts_with("LOCKSTEP_") && text.bytes().all(|c| c.is_ascii_uppercase() || c == b'_')
    });
    for name in quoted.chain(["DATABASE_URL", "DATABASE_REPLICA_URL", "REDIS_URL"]) {
        assert!(example.contains(&format!("{name}=")), "{name} is missing in .env.example");
    }
    let numbers: Vec<(&str, &str)> = example
        .lines()
        .filter_map(|line| line.strip_prefix('#')?.split_once('='))
        .filter(|(name, value)| *name != "LOCKSTEP_WORKERS" && value.parse::<u64>().is_ok())
        .collect();
    assert_eq!(format!("{:?}", with(&numbers).expect("enough")), format!("{:?}", with(&[]).expect("enough")));
}

/// What is read from a file with this text: a setting, or the message without the file's name.
fn read_file(text: &str, name: &str) -> std::result::Result<Option<String>, String> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    let path = file.path().to_str().expect("UTF-8");
    let source = Source::over_file(HashMap::from([("LOCKSTEP_CONFIG".to_owned(), path.to_owned())]));
    match source {
        Ok(source) => Ok(source.text(name)),
        Err(error) => Err(error.to_string().strip_prefix(path).expect("names the file").to_owned()),
    }
}

#[test]
fn a_value_in_single_quotes_is_what_stands_there() {
    for value in ["pa$$word", "a $HOME ${HOME} b", "# no comment", "a\\nb", "say \"hi\"", "", " "] {
        let read = read_file(&format!("A=1\n SECRET = '{value}' # a comment\nB=2\n"), "SECRET");
        assert_eq!(read, Ok(Some(value.to_owned()).filter(|value| !value.is_empty())), "{value}");
    }
}

#[test]
fn a_value_outside_single_quotes_is_read_as_a_shell_would() {
    for (line, value) in [
        ("A=plain#text", "plain#text"),
        ("export A=x # a comment", "x"),
        ("A=postgres://me:pa\\$\\$word@host/db", "postgres://me:pa$$word@host/db"),
        ("A=${BASE}/b", "/base/b"),
        ("A=\"${BASE} b\"", "/base b"),
        ("A=\"\\$BASE \\\\ \\\"\"", "$BASE \\ \""),
        ("A=1\nA=2", "2"),
    ] {
        assert_eq!(read_file(&format!("BASE=/base\n{line}\n"), "A"), Ok(Some(value.to_owned())), "{line}");
    }
    assert_eq!(read_file("# A=1\n\nA=#x\n", "A"), Ok(None));
}

#[test]
fn a_wrong_line_is_told_by_what_stands_before_it_and_never_shown() {
    for line in
        ["hush", "hush=x", "SECRET=hush hush", "SECRET='hush", "SECRET=\"hush", "SECRET=hu\\sh", "=hush"]
    {
        let said = read_file(&format!("FIRST=1\n{line}\nLAST=2\n"), "FIRST").expect_err(line);
        assert!(said.starts_with(", after FIRST: allowed is NAME=value") && !said.contains("hush"), "{said}");
        let said = read_file(&format!("{line}\n"), "FIRST").expect_err(line);
        assert!(said.starts_with(", at its beginning: allowed is NAME=value"), "{said}");
    }
}

#[test]
fn the_environment_is_over_the_file_and_a_file_that_is_missing_is_named() {
    let mut environment = HashMap::from([("LOCKSTEP_CONFIG".to_owned(), "/nowhere/lockstep.env".to_owned())]);
    let said = Source::over_file(environment.clone()).err().expect("no file").to_string();
    assert!(
        said.starts_with("LOCKSTEP_CONFIG is \"/nowhere/lockstep.env\": it must name a readable file"),
        "{said}"
    );
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(b"A=file\nB=file\n").expect("written");
    environment.insert("LOCKSTEP_CONFIG".to_owned(), file.path().to_str().expect("UTF-8").to_owned());
    environment.extend([("A".to_owned(), "environment".to_owned()), ("B".to_owned(), String::new())]);
    let source = Source::over_file(environment).expect("settings");
    assert_eq!(
        (source.text("A").as_deref(), source.text("B").as_deref()),
        (Some("environment"), Some("file"))
    );
}

#[test]
fn the_example_can_be_read_as_a_file_of_settings() {
    let example = include_str!("../../../../.env.example");
    let set = |line: &'static str| {
        line.strip_prefix('#').filter(|rest| !rest.starts_with([' ', '-'])).unwrap_or(line)
    };
    let text: Vec<&str> = example.lines().map(set).collect();
    let origins = read_file(&text.join("\n"), "LOCKSTEP_ALLOWED_ORIGINS");
    assert_eq!(origins, Ok(Some("https://app.example.org".to_owned())));
}
