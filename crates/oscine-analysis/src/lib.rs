//! oscine-analysis
