use super::*;

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
