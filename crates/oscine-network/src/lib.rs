//! oscine-network
