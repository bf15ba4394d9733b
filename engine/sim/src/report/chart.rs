//! Charts as inline SVG: lines with bands over time, and bars. Colours come from the page's style, so that light and dark
//! are one drawing. It knows no results.

use std::fmt::Write as _;

/// Size of a drawing and of its margins, in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 28.0;
/// Lines across.
const STEPS: usize = 4;

/// One line of a chart.
pub(super) struct Line {
    pub(super) name: &'static str,
    /// Place, height, and half of the band's width.
    pub(super) points: Vec<(f64, f64, f64)>,
}

/// Lines over time, with their bands. The unit stands at the axis.
pub(super) fn lines(title: &str, unit: &str, lines: &[Line]) -> String {
    let points = || lines.iter().flat_map(|line| &line.points);
    let (first, last) =
        points().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), p| (low.min(p.0), high.max(p.0)));
    let top = points().map(|(_, y, band)| y + band).fold(0.0, f64::max);
    let frame = Frame::new(first, last, top);
    let mut out = frame.open(title, unit);
    for (number, line) in lines.iter().enumerate() {
        let band = line.points.iter().map(|(x, y, band)| (*x, y + band));
        let back = line.points.iter().rev().map(|(x, y, band)| (*x, (y - band).max(0.0)));
        let _ = write!(out, "<polygon class=\"b{number}\" points=\"{}\"/>", frame.path(band.chain(back)));
        let path = frame.path(line.points.iter().map(|(x, y, _)| (*x, *y)));
        let _ = write!(out, "<polyline class=\"l{number}\" points=\"{path}\"/>");
        let (x, y) = (LEFT + 12.0 + 150.0 * number as f64, TOP + 10.0);
        let _ =
            write!(out, "<rect class=\"k{number}\" x=\"{x}\" y=\"{}\" width=\"12\" height=\"4\"/>", y - 4.0);
        let _ = write!(out, "<text x=\"{}\" y=\"{y}\">{}</text>", x + 18.0, line.name);
    }
    for hour in frame.ticks() {
        let x = frame.x(hour);
        let _ = write!(out, "<text class=\"m\" x=\"{x:.1}\" y=\"{}\">{hour:.0} h</text>", HEIGHT - 8.0);
    }
    out.push_str("</svg>");
    out
}

/// Bars, each with its name below.
pub(super) fn bars(title: &str, unit: &str, bars: &[(String, f64)]) -> String {
    let top = bars.iter().map(|(_, height)| *height).fold(0.0, f64::max);
    let frame = Frame::new(0.0, bars.len().max(1) as f64, top);
    let mut out = frame.open(title, unit);
    let every = bars.len().div_ceil(10).max(1);
    for (number, (name, height)) in bars.iter().enumerate() {
        let (x, right) = (frame.x(number as f64) + 1.0, frame.x(number as f64 + 1.0) - 1.0);
        let (y, foot) = (frame.y(*height), frame.y(0.0));
        let (width, tall) = ((right - x).max(0.5), (foot - y).max(0.0));
        let _ = write!(
            out,
            "<rect class=\"k0\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{tall:.1}\">\
             <title>{}: {height:.2}</title></rect>",
            escape(name)
        );
        if number % every == 0 {
            let middle = (x + right) / 2.0;
            let _ = write!(
                out,
                "<text class=\"m\" x=\"{middle:.1}\" y=\"{}\">{}</text>",
                HEIGHT - 8.0,
                escape(name)
            );
        }
    }
    out.push_str("</svg>");
    out
}

/// Text within markup.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Where values lie on the drawing.
struct Frame {
    first: f64,
    last: f64,
    top: f64,
}

impl Frame {
    fn new(first: f64, last: f64, top: f64) -> Self {
        let last = if last > first { last } else { first + 1.0 };
        Self { first, last, top: round_up(top) }
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + (value - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)
    }

    fn path(&self, points: impl Iterator<Item = (f64, f64)>) -> String {
        let point = |(x, y): (f64, f64)| format!("{:.1},{:.1}", self.x(x), self.y(y));
        points.map(point).collect::<Vec<_>>().join(" ")
    }

    /// Whole hours to write below, at most thirteen.
    fn ticks(&self) -> impl Iterator<Item = f64> + use<> {
        let (first, last) = (self.first, self.last);
        let step = ((last - first) / 12.0).ceil().max(1.0);
        (0..14).map(move |tick| first.ceil() + step * f64::from(tick)).take_while(move |hour| *hour <= last)
    }

    fn open(&self, title: &str, unit: &str) -> String {
        let title = escape(title);
        let mut out = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>"
        );
        for step in 0..=STEPS {
            let value = self.top * step as f64 / STEPS as f64;
            let y = self.y(value);
            let digits = usize::from(self.top < 10.0) + usize::from(self.top < 1.0);
            let unit = if step == STEPS { unit } else { "" };
            let _ = write!(
                out,
                "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"e\" x=\"{}\" y=\"{:.1}\">{value:.digits$}{unit}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 4.0
            );
        }
        out
    }
}

/// The next number of 1, 2, 2.5 and 5 with a power of ten.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|step| step * power);
    steps.into_iter().find(|step| *step >= value * (1.0 - 1e-12)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        for (value, end) in [(0.0, 1.0), (0.7, 1.0), (1.0, 1.0), (13.0, 20.0), (240.0, 250.0), (9.9, 10.0)] {
            assert!((round_up(value) - end).abs() < 1e-9, "{value}: {}", round_up(value));
        }
    }
}
