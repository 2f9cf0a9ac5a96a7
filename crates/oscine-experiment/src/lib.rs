//! oscine-experiment
