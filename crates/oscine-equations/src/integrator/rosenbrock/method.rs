//! The coefficients of RODAS3, a Rosenbrock method of order 3 with an embedded method of order 2 for the error, L-stable and
//! stiffly accurate (Sandu et al. 1997, Atmospheric Environment 31:3459), for `dy/dt = f(t, y)` with `J = ∂f/∂y`:
//!
//! `(1/(γh) - J) u_i = f(t + α_i h, y + Σ_j a_ij u_j) + Σ_j (c_ij/h) u_j + γ_i h ∂f/∂t`, then `y + Σ_i m_i u_i`, its error `Σ_i e_i u_i`.
//!
//! The second stage takes the derivative of the first, so that a step computes `f` three times.

/// `γ`
pub(super) const GAMMA: f64 = 0.5;

/// `a_ij`: of the third and of the fourth stage; the first two begin at the start.
pub(super) const A: [[f64; 4]; 4] = [
    [0.0; 4],
    [0.0; 4],
    [2.0, 0.0, 0.0, 0.0],
    [2.0, 0.0, 1.0, 0.0],
];

/// `c_ij`
pub(super) const C: [[f64; 4]; 4] = [
    [0.0; 4],
    [4.0, 0.0, 0.0, 0.0],
    [1.0, -1.0, 0.0, 0.0],
    [1.0, -1.0, -8.0 / 3.0, 0.0],
];

/// `m_i`
pub(super) const M: [f64; 4] = [2.0, 0.0, 1.0, 1.0];

/// `e_i`
pub(super) const E: [f64; 4] = [0.0, 0.0, 0.0, 1.0];

/// `α_i`
pub(super) const ALPHA: [f64; 4] = [0.0, 0.0, 1.0, 1.0];

/// `γ_i`
pub(super) const GAMMAS: [f64; 4] = [0.5, 1.5, 0.0, 0.0];

/// The error falls with this power of the step.
pub(super) const ERROR_ORDER: f64 = 3.0;

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Matrix4, RowVector4, Vector4};

    /// The method in its first form (Hairer & Wanner 1996, IV.7): `α`, `Γ`, and the weights `b` and `b̂`.
    fn first_form() -> (Matrix4<f64>, Matrix4<f64>, RowVector4<f64>, RowVector4<f64>) {
        let square = |rows: [[f64; 4]; 4]| Matrix4::from_fn(|i, j| rows[i][j]);
        let inverse = Matrix4::identity() / GAMMA - square(C);
        let gamma = inverse.try_inverse().expect("a triangle without zeros");
        let weights = RowVector4::from(M);
        let embedded = weights - RowVector4::from(E);
        (square(A) * gamma, gamma, weights * gamma, embedded * gamma)
    }

    fn near(found: f64, right: f64) {
        assert!((found - right).abs() < 1e-14, "{found} for {right}");
    }

    #[test]
    fn order_conditions_hold_to_order_3_and_of_the_embedded_method_to_order_2() {
        let (alpha, gamma, b, embedded) = first_form();
        let ones = Vector4::repeat(1.0);
        let beta = alpha + gamma;
        let squares = (alpha * ones).map(|x| x * x);
        near(b.sum(), 1.0);
        near((b * beta * ones)[0], 1.0 / 2.0);
        near((b * squares)[0], 1.0 / 3.0);
        near((b * beta * beta * ones)[0], 1.0 / 6.0);
        near(embedded.sum(), 1.0);
        near((embedded * beta * ones)[0], 1.0 / 2.0);
        // And no more: the difference of the two is an error of order 3.
        assert!(((embedded * squares)[0] - 1.0 / 3.0).abs() > 0.01);
        for stage in 0..4 {
            near(alpha.row(stage).sum(), ALPHA[stage]);
            near(gamma.row(stage).sum(), GAMMAS[stage]);
        }
    }

    #[test]
    fn the_last_stage_is_the_step_so_that_what_is_stiff_is_damped() {
        let (alpha, gamma, b, _) = first_form();
        for stage in 0..4 {
            near((alpha + gamma)[(3, stage)], b[stage]);
        }
    }
}
