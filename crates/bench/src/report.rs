//! What was measured, beside what: one table for people, one JSON file for programs.

use serde_json::{Value, json};

/// One figure beside its limits, of the same run.
#[derive(Debug, Clone)]
pub struct Row {
    pub section: &'static str,
    pub what: String,
    pub unit: &'static str,
    pub ours: f64,
    pub beside: Vec<(&'static str, f64)>,
    pub wanted: Option<Wanted>,
}

/// What is asked of a figure.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The figure that is judged, such as a ratio.
    pub judged: f64,
    pub bound: Bound,
    pub limit: f64,
    /// What `judged` is, in words.
    pub of: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    AtLeast,
    AtMost,
}

impl Wanted {
    pub fn at_least(judged: f64, limit: f64, of: impl Into<String>) -> Option<Wanted> {
        judged.is_finite().then(|| Wanted { judged, bound: Bound::AtLeast, limit, of: of.into() })
    }

    pub fn at_most(judged: f64, limit: f64, of: impl Into<String>) -> Option<Wanted> {
        judged.is_finite().then(|| Wanted { judged, bound: Bound::AtMost, limit, of: of.into() })
    }

    pub fn holds(&self) -> bool {
        match self.bound {
            Bound::AtLeast => self.judged >= self.limit,
            Bound::AtMost => self.judged <= self.limit,
        }
    }
}

#[derive(Debug, Default)]
pub struct Report {
    pub rows: Vec<Row>,
    pub skipped: Vec<String>,
    pub machine: Value,
    /// Whether figures are judged. Those of a smoke run are not, because it is too short.
    pub judges: bool,
}

impl Report {
    pub fn add(&mut self, mut row: Row) {
        row.wanted = row.wanted.filter(|_| self.judges);
        println!("  {}", line(&row));
        self.rows.push(row);
    }

    pub fn skip(&mut self, why: impl Into<String>) {
        let why = why.into();
        println!("  SKIPPED: {why}");
        self.skipped.push(why);
    }

    pub fn print(&self) {
        println!("\n{}", self.machine);
        let mut section = "";
        for row in &self.rows {
            if row.section != section {
                section = row.section;
                println!("\n{section}");
            }
            println!("  {}", line(row));
        }
        self.skipped.iter().for_each(|why| println!("SKIPPED: {why}"));
    }

    pub fn to_json(&self) -> Value {
        let rows: Vec<Value> = self.rows.iter().map(Row::to_json).collect();
        json!({"machine": self.machine, "rows": rows, "skipped": self.skipped})
    }
}

impl Row {
    fn to_json(&self) -> Value {
        let beside: serde_json::Map<String, Value> =
            self.beside.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let wanted = self.wanted.as_ref().map(|wanted| {
            json!({
                "of": wanted.of,
                "judged": wanted.judged,
                "bound": match wanted.bound { Bound::AtLeast => "at_least", Bound::AtMost => "at_most" },
                "limit": wanted.limit,
                "holds": wanted.holds(),
            })
        });
        json!({
            "section": self.section, "what": self.what, "unit": self.unit, "lockstep": self.ours,
            "beside": beside, "wanted": wanted,
        })
    }
}

fn line(row: &Row) -> String {
    let beside: Vec<String> =
        row.beside.iter().map(|(name, value)| format!("{name} {}", figure(*value))).collect();
    let wanted = row.wanted.as_ref().map_or(String::new(), |wanted| {
        let sign = match wanted.bound {
            Bound::AtLeast => "≥",
            Bound::AtMost => "≤",
        };
        let verdict = if wanted.holds() { "holds" } else { "DOES NOT HOLD" };
        format!("{} {} (wanted {sign} {}): {verdict}", wanted.of, figure(wanted.judged), figure(wanted.limit))
    });
    let text = format!(
        "{:<46} {:>9} {:<8} {:<50} {wanted}",
        row.what,
        figure(row.ours),
        row.unit,
        beside.join(", ")
    );
    text.trim_end().to_owned()
}

/// Three significant digits or so.
pub fn figure(value: f64) -> String {
    match value.abs() {
        v if !v.is_finite() => "–".to_owned(),
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_holds_at_its_limit_and_not_beyond() {
        assert!(Wanted::at_most(0.6, 0.6, "x").expect("finite").holds());
        assert!(!Wanted::at_most(0.61, 0.6, "x").expect("finite").holds());
        assert!(!Wanted::at_least(0.59, 0.6, "x").expect("finite").holds());
        assert!(Wanted::at_least(f64::NAN, 0.6, "x").is_none());
    }
}
