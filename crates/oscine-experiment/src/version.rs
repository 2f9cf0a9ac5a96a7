//! The version of Oscine, which stands in every file that it writes.

/// The version of Oscine.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
