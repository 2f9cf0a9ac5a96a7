//! oscine-random
