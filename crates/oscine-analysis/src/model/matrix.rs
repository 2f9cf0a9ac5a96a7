//! The small matrices that Jacobians and return maps are: eigenvalues, and the border that continuation adds.

use nalgebra::{DMatrix, DVector};

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

/// A matrix with one row more: the equations of a branch, and how far along it.
pub(super) fn bordered(matrix: &DMatrix<f64>, row: &DVector<f64>) -> DMatrix<f64> {
    let n = matrix.nrows();
    let mut whole = DMatrix::zeros(n + 1, n + 1);
    whole.view_mut((0, 0), (n, n + 1)).copy_from(matrix);
    whole.row_mut(n).copy_from(&row.transpose());
    whole
}
