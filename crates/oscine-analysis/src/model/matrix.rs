//! Eigenvalues of the small matrices that Jacobians and return maps are.

use nalgebra::DMatrix;

use super::ModelError;

/// A complex number, as eigenvalues and impedances are.
pub type Complex = nalgebra::Complex<f64>;

/// Rounds of the QR algorithm for each eigenvalue.
const MOST_ROUNDS: usize = 10_000;

/// All eigenvalues, the one with the largest real part first.
pub(crate) fn eigenvalues(matrix: &DMatrix<f64>) -> Result<Vec<Complex>, ModelError> {
    let size = matrix.nrows();
    if size == 0 {
        return Ok(Vec::new());
    }
    let failed = ModelError::Eigenvalues { size };
    if matrix.iter().any(|value| !value.is_finite()) {
        return Err(failed);
    }
    // Volts beside amperes: without balancing the entries of a Jacobian differ by twenty orders of magnitude.
    let mut balanced = matrix.clone();
    nalgebra::linalg::balancing::balance_parlett_reinsch(&mut balanced);
    let schur = nalgebra::Schur::try_new(balanced, f64::EPSILON, MOST_ROUNDS).ok_or(failed)?;
    let mut found: Vec<Complex> = schur.complex_eigenvalues().iter().copied().collect();
    found.sort_by(|a, b| b.re.total_cmp(&a.re).then(b.im.total_cmp(&a.im)));
    Ok(found)
}
