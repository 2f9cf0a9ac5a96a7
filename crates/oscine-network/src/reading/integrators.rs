//! The names of the integrators, as they stand in `integrator = "…"`.

use super::fields::Fields;

/// Every integrator by name.
pub const INTEGRATORS: [&str; 8] = [
    "exact",
    "exponential-euler",
    "euler",
    "rk2",
    "rk4",
    "heun",
    "milstein",
    "rosenbrock",
];

/// Reads the key `integrator`.
pub(crate) fn read(fields: &Fields) -> Option<String> {
    fields
        .choice("integrator", &INTEGRATORS)
        .map(str::to_string)
}
