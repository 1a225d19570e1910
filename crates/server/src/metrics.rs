//! What an operator watches: counters and gauges of this instance, in the text format of OpenMetrics.
//!
//! The engine's stand beside what they count. Labels have few values that are known beforehand: never an id,
//! a name or an address.

use crate::telemetry::LostLines;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// The metrics of one instance.
pub struct Metrics {
    registry: Registry,
    /// Answers to HTTP requests, by the first digit of their status.
    pub answers: Family<Status, Counter>,
}

/// `2xx`, `3xx` …
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Status {
    status: String,
}

impl Metrics {
    /// Those of the doors, and those of the engine.
    pub fn new(engine: &engine::metrics::Metrics) -> Metrics {
        let mut registry = Registry::with_prefix("lockstep");
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program that runs", build);
        let answers = Family::default();
        registry.register("http_answers", "Answers to HTTP requests", answers.clone());
        registry.register_collector(Box::new(LostLines));
        engine.register(&mut registry);
        Metrics { registry, answers }
    }

    /// All of them as text.
    ///
    /// # Errors
    /// When a metric cannot be written, which is a defect.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Status {
    pub fn of(status: u16) -> Status {
        Status { status: format!("{}xx", status / 100) }
    }
}
