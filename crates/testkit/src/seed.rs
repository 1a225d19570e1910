//! Random plans that can be run again: the seed is printed, and `LOCKSTEP_TEST_SEED` sets it.

/// A seed and the generator it started.
pub struct Seed {
    pub value: u64,
    pub random: fastrand::Rng,
}

impl Seed {
    /// A fresh seed, or the one in `LOCKSTEP_TEST_SEED`; printed, so that a failure shows how to repeat it.
    pub fn from_env() -> Self {
        let value = match std::env::var("LOCKSTEP_TEST_SEED") {
            Ok(text) => text.parse().expect("LOCKSTEP_TEST_SEED is a whole number from 0 to 2^64-1"),
            Err(_) => fastrand::u64(..),
        };
        eprintln!("random plan: LOCKSTEP_TEST_SEED={value}");
        Self { value, random: fastrand::Rng::with_seed(value) }
    }

    /// An independent generator for one of several concurrent actors, the same in every run of this seed.
    pub fn actor(&self, number: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.value ^ (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors_of_one_seed_differ_and_repeat() {
        let seed = Seed { value: 7, random: fastrand::Rng::with_seed(7) };
        assert_eq!(seed.actor(0).u64(..), seed.actor(0).u64(..));
        assert_ne!(seed.actor(0).u64(..), seed.actor(1).u64(..));
    }
}
