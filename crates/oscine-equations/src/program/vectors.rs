//! Which of the processor's vector instructions a program runs on. The choice does not change a bit of the results among those
//! that fuse multiplication and addition.

/// A set of vector instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vectors {
    /// What every processor of the architecture has (SSE2), multiplying and adding in two roundings.
    Baseline,
    /// The same with fused multiply-adds, where every processor of the architecture has them (NEON); in the tests of this crate
    /// everywhere, as a slow reference.
    FusedBaseline,
    /// Four numbers in double precision at once.
    Avx2,
    /// Eight numbers in double precision at once.
    Avx512,
}

impl Vectors {
    /// Every set.
    pub const ALL: [Vectors; 4] = [
        Vectors::Baseline,
        Vectors::FusedBaseline,
        Vectors::Avx2,
        Vectors::Avx512,
    ];

    /// The widest that the processor has.
    pub fn widest() -> Vectors {
        if Vectors::Avx512.is_available() {
            Vectors::Avx512
        } else if Vectors::Avx2.is_available() {
            Vectors::Avx2
        } else if cfg!(target_arch = "aarch64") {
            Vectors::FusedBaseline
        } else {
            Vectors::Baseline
        }
    }

    /// Whether this processor has it.
    pub fn is_available(self) -> bool {
        match self {
            Vectors::Baseline => true,
            Vectors::FusedBaseline => cfg!(any(test, not(target_arch = "x86_64"))),
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Vectors::Avx512 => {
                Vectors::Avx2.is_available()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(not(target_arch = "x86_64"))]
            Vectors::Avx2 | Vectors::Avx512 => false,
        }
    }

    /// Whether a multiplication and an addition round once.
    pub fn is_fused(self) -> bool {
        self != Vectors::Baseline
    }
}
