//! oscine
