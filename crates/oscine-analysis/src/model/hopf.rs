//! Whether the oscillation that is born at a Hopf point is stable: the sign of the first Lyapunov coefficient
//!
//! l₁ = Re[⟨p, C(q, q, q̄)⟩ - 2⟨p, B(q, A⁻¹B(q, q̄))⟩ + ⟨p, B(q̄, (2iω - A)⁻¹B(q, q))⟩]/2ω
//!
//! with Aq = iωq, Aᵀp = -iωp, ⟨p, q⟩ = 1 and ⟨q, q⟩ = 1, where B and C are the second and third derivatives of the right-hand side.
//! Source: Kuznetsov, Elements of Applied Bifurcation Theory, eq. 5.62. B and C are differences of the symbolic Jacobian.

use nalgebra::{DMatrix, DVector};

use super::{Complex, DynamicalSystem, Mode, ModelError};

/// The length of the differences, in sizes of the variables: errors of the second (1e-6) and of the fourth order balance rounding.
const DIFFERENCE: f64 = 1e-3;

type Vector = DVector<Complex>;

/// The first Lyapunov coefficient, in variables divided by `sizes` and time in units of 1/ω.
pub(super) fn first_lyapunov_coefficient(
    system: &DynamicalSystem,
    state: &[f64],
    sizes: &[f64],
    omega: f64,
) -> Result<f64, ModelError> {
    let derivatives = Derivatives {
        system,
        state,
        sizes,
        omega,
    };
    let matrix = derivatives.jacobian(&DVector::zeros(state.len()))?;
    let complex = matrix.map(|value| Complex::new(value, 0.0));
    let i = Complex::new(0.0, 1.0);
    let n = state.len();
    let eye = DMatrix::<Complex>::identity(n, n);
    let q = null_vector(&(&complex - &eye * i));
    let p = null_vector(&(complex.transpose() + &eye * i));
    let p = &p / p.dotc(&q).conj();
    let failed = || ModelError::Eigenvalues { size: n };
    let conjugate = q.conjugate();
    let mixed = derivatives.second(&q, &conjugate)?;
    let solved = complex.clone().lu().solve(&mixed).ok_or_else(failed)?;
    let twice = derivatives.second(&q, &q)?;
    let shifted = &eye * (i * 2.0) - &complex;
    let doubled = shifted.lu().solve(&twice).ok_or_else(failed)?;
    let cubic = derivatives.third(&q, &conjugate)?;
    let sum = p.dotc(&cubic) - p.dotc(&derivatives.second(&q, &solved)?) * 2.0
        + p.dotc(&derivatives.second(&conjugate, &doubled)?);
    Ok(0.5 * sum.re)
}

/// The vector that a nearly singular matrix takes to 0: inverse iteration.
fn null_vector(matrix: &DMatrix<Complex>) -> Vector {
    let n = matrix.nrows();
    // A shift keeps the factors from being singular exactly.
    let shift = Complex::new(1e-12 * matrix.norm(), 0.0);
    let factors = (matrix + DMatrix::identity(n, n) * shift).lu();
    let mut vector = Vector::from_fn(n, |place, _| Complex::new(1.0, 0.3 * place as f64));
    for _ in 0..4 {
        if let Some(next) = factors.solve(&vector) {
            vector = next.normalize();
        }
    }
    vector
}

struct Derivatives<'a> {
    system: &'a DynamicalSystem,
    state: &'a [f64],
    sizes: &'a [f64],
    omega: f64,
}

impl Derivatives<'_> {
    /// The Jacobian in scaled variables, a shift away from the state.
    fn jacobian(&self, shift: &DVector<f64>) -> Result<DMatrix<f64>, ModelError> {
        let n = self.state.len();
        let state: Vec<f64> = (0..n)
            .map(|place| self.state[place] + shift[place] * self.sizes[place])
            .collect();
        let jacobian = self.system.jacobian(Mode::Active, 0.0, &state)?;
        Ok(DMatrix::from_fn(n, n, |row, column| {
            jacobian[(row, column)] * self.sizes[column] / (self.sizes[row] * self.omega)
        }))
    }

    /// The change of the Jacobian along a real direction, to fourth order in the difference.
    fn along(&self, direction: &DVector<f64>) -> Result<DMatrix<f64>, ModelError> {
        let at = |part: f64| self.jacobian(&(direction * (part * DIFFERENCE)));
        let near = at(1.0)? - at(-1.0)?;
        let far = at(2.0)? - at(-2.0)?;
        Ok((near * 8.0 - far) / (12.0 * DIFFERENCE))
    }

    /// The second change of the Jacobian along a real direction.
    fn twice_along(&self, direction: &DVector<f64>) -> Result<DMatrix<f64>, ModelError> {
        let length = 4.0 * DIFFERENCE;
        let sum = self.jacobian(&(direction * length))? + self.jacobian(&(direction * -length))?;
        let middle = self.jacobian(&DVector::zeros(self.state.len()))?;
        Ok((sum - middle * 2.0) / (length * length))
    }

    /// B(u, v).
    fn second(&self, u: &Vector, v: &Vector) -> Result<Vector, ModelError> {
        let real = self.along(&u.map(|value| value.re))?;
        let imaginary = self.along(&u.map(|value| value.im))?;
        let matrix = real.zip_map(&imaginary, Complex::new);
        Ok(matrix * v)
    }

    /// C(q, q, q̄): with q = a + ib, (C(a, a, ·) - C(b, b, ·) + 2i C(a, b, ·)) q̄.
    fn third(&self, q: &Vector, conjugate: &Vector) -> Result<Vector, ModelError> {
        let (a, b) = (q.map(|value| value.re), q.map(|value| value.im));
        let (of_a, of_b) = (self.twice_along(&a)?, self.twice_along(&b)?);
        let of_sum = self.twice_along(&(&a + &b))?;
        let twice_mixed = of_sum - &of_a - &of_b;
        let matrix = (of_a - of_b).zip_map(&twice_mixed, Complex::new);
        Ok(matrix * conjugate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_network::Neurons;

    /// x' = -ωy + c x r², y' = ωx + c y r²: C(q, q, q̄) = 4c q for q = (1, -i)/√2, so l₁ = 2c/ω.
    #[test]
    fn the_normal_form_has_the_coefficient_of_its_cubic_term() {
        for cubic in [-1.5, 0.7] {
            let neurons = Neurons::new(1)
                .equations(
                    "dx/dt = (-4*y + c*x*(x**2 + y**2))/second : 1
                     dy/dt = (4*x + c*y*(x**2 + y**2))/second : 1",
                )
                .parameter("c", cubic.to_string());
            let system = DynamicalSystem::read(&neurons, &[]).unwrap();
            let found = first_lyapunov_coefficient(&system, &[0.0, 0.0], &[1.0, 1.0], 4.0).unwrap();
            assert!((found - cubic / 2.0).abs() < 1e-6, "{found}");
        }
    }
}
