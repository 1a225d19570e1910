//! How much one socket may ask. Counted by GCRA (`governor`), which is a few numbers and no memory that grows.

use crate::config::Limits;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// So many seconds' worth may come at once. Clients with many subscriptions send all of them after a reconnect.
const BURST_SECONDS: NonZeroU32 = NonZeroU32::new(10).expect("not zero");

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    Taken,
    /// It is refused; the client may try again.
    Refused,
    /// The client went on and on. Its connection ends.
    Flood,
}

/// The rates of one socket.
pub struct Rates {
    messages: DefaultDirectRateLimiter,
    refusals: DefaultDirectRateLimiter,
    asides: DefaultDirectRateLimiter,
}

impl Rates {
    pub fn of(limits: &Limits) -> Rates {
        let messages = at_least_one(limits.socket_messages_per_second);
        let asides = at_least_one(limits.socket_asides_per_second);
        let in_bursts = Quota::per_second(messages).allow_burst(messages.saturating_mul(BURST_SECONDS));
        Rates {
            messages: RateLimiter::direct(in_bursts),
            refusals: RateLimiter::direct(in_bursts),
            asides: RateLimiter::direct(Quota::per_second(asides)),
        }
    }

    /// Counts a message. As many as are taken at once are refused before it is a flood.
    pub fn message(&self) -> Judgement {
        if self.messages.check().is_ok() {
            return Judgement::Taken;
        }
        match self.refusals.check() {
            Ok(()) => Judgement::Refused,
            Err(_) => Judgement::Flood,
        }
    }

    /// Counts a message that costs more than others, or reaches others. `true`: it is taken.
    pub fn aside(&self) -> bool {
        self.asides.check().is_ok()
    }
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves S8.
    #[test]
    fn a_flood_is_first_refused_and_then_ended() {
        let limits = Limits { socket_messages_per_second: 1, ..Limits::default() };
        let rates = Rates::of(&limits);
        let judged: Vec<Judgement> = (0..30).map(|_| rates.message()).collect();
        assert_eq!(judged[0], Judgement::Taken);
        assert_eq!(judged[15], Judgement::Refused);
        assert_eq!(judged[29], Judgement::Flood);
    }
}
