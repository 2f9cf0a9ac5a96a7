//! The terminal: its width, and whether it shows colours (<https://no-color.org>).

use std::io::{IsTerminal, stderr, stdout};

/// Where text goes.
#[derive(Clone, Copy)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

/// Whether text to a stream may be coloured.
pub fn in_colour(stream: Stream) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !refused && is_terminal(stream)
}

/// Whether a stream ends on a terminal.
pub fn is_terminal(stream: Stream) -> bool {
    match stream {
        Stream::Output => stdout().is_terminal(),
        Stream::Error => stderr().is_terminal(),
    }
}

/// Characters a line.
pub fn width() -> usize {
    const UNKNOWN: usize = 80;
    terminal_size::terminal_size().map_or(UNKNOWN, |(width, _)| usize::from(width.0).clamp(40, 120))
}
