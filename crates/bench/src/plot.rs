//! Bars and curves as SVG, for `docs/BENCHMARKS.md`.

use crate::report::{Report, Row, figure};
use std::fmt::Write;
use std::path::Path;

const WIDTH: f64 = 760.0;
const LABELS: f64 = 250.0;
const BAR: f64 = 18.0;

/// One picture of each section: every figure beside its limits, each group scaled by its own largest.
pub fn write_all(report: &Report, folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut sections: Vec<&str> = report.rows.iter().map(|row| row.section).collect();
    sections.dedup();
    for section in sections {
        let rows: Vec<&Row> =
            report.rows.iter().filter(|row| row.section == section && !row.beside.is_empty()).collect();
        let name: String =
            section.chars().take_while(|c| *c != ':').map(|c| if c == ' ' { '-' } else { c }).collect();
        std::fs::write(folder.join(format!("{name}.svg")), bars(&rows))?;
    }
    Ok(())
}

fn bars(rows: &[&Row]) -> String {
    let (mut body, mut y) = (String::new(), 10.0);
    for row in rows {
        let mut all = vec![("lockstep", row.ours)];
        all.extend(row.beside.iter().filter(|(_, value)| value.is_finite()));
        let largest = all.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
        y += 16.0;
        // Writing into a String cannot fail.
        let _ = writeln!(
            body,
            r#"<text x="0" y="{y}" font-weight="bold">{} ({})</text>"#,
            escape(&row.what),
            row.unit
        );
        y += 6.0;
        for (name, value) in all {
            let length = (WIDTH - LABELS - 90.0) * value / largest;
            let colour = if name == "lockstep" { "#2563eb" } else { "#9ca3af" };
            let middle = y + BAR - 5.0;
            let _ = writeln!(
                body,
                r#"<text x="{}" y="{middle}" text-anchor="end">{}</text><rect x="{LABELS}" y="{y}" width="{length:.1}" height="{}" fill="{colour}"/><text x="{:.1}" y="{middle}">{}</text>"#,
                LABELS - 8.0,
                escape(name),
                BAR - 4.0,
                LABELS + length + 6.0,
                figure(value)
            );
            y += BAR;
        }
        y += 8.0;
    }
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{0}" viewBox="0 0 {WIDTH} {0}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
{body}</svg>
"#,
        y + 10.0
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_bar_is_the_longest_and_no_text_breaks_the_picture() {
        let row = Row {
            section: "s",
            what: "a < b".to_owned(),
            unit: "ms",
            ours: 1.0,
            beside: vec![("peer", 2.0), ("absent", f64::NAN)],
            wanted: None,
        };
        let svg = bars(&[&row]);
        assert!(svg.contains("a &lt; b") && !svg.contains("absent") && !svg.contains("NaN"));
        assert!(svg.contains(r#"width="420.0""#) && svg.contains(r#"width="210.0""#), "{svg}");
    }
}
