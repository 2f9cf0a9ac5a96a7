//! oscine-engine
