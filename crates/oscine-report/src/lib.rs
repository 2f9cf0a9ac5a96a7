//! oscine-report
