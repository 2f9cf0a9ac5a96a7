//! The terminal: its width, and whether it shows colours (<https://no-color.org>).

use std::io::{IsTerminal, stderr, stdout};

/// Where text goes.
#[derive(Clone, Copy)]
pub enum OutputStream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// Whether text to a stream may be coloured.
pub fn in_colour(stream: OutputStream) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !refused && is_terminal(stream)
}

/// Whether a stream ends on a terminal.
pub fn is_terminal(stream: OutputStream) -> bool {
    match stream {
        OutputStream::Output => stdout().is_terminal(),
        OutputStream::Error => stderr().is_terminal(),
    }
}

/// Characters a line.
pub fn width() -> usize {
    const UNKNOWN: usize = 80;
    terminal_size::terminal_size().map_or(UNKNOWN, |(width, _)| usize::from(width.0).clamp(40, 120))
}

/// A number to so many significant digits; `none` where it is none.
pub fn rounded(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "none".into();
    }
    let rounded: f64 = format!("{value:.*e}", digits - 1).parse().unwrap_or(value);
    match rounded.abs() {
        0.0 => "0".into(),
        size if (1e-3..1e6).contains(&size) => rounded.to_string(),
        _ => format!("{rounded:e}"),
    }
}
