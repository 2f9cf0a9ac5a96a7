//! Small dense systems of linear equations, by Gaussian elimination with row exchanges.

/// Factors a matrix, row by row, in its place; `exchanges` receives the row taken at each column. False where it is singular.
pub(super) fn factor(matrix: &mut [f64], exchanges: &mut [usize]) -> bool {
    let size = exchanges.len();
    for column in 0..size {
        let largest = (column..size).max_by(|&a, &b| {
            let size_of = |row: usize| matrix[row * size + column].abs();
            size_of(a).total_cmp(&size_of(b))
        });
        let pivot_row = largest.unwrap_or(column);
        exchanges[column] = pivot_row;
        let pivot = matrix[pivot_row * size + column];
        if pivot == 0.0 || !pivot.is_finite() {
            return false;
        }
        if pivot_row != column {
            for place in 0..size {
                matrix.swap(pivot_row * size + place, column * size + place);
            }
        }
        for row in column + 1..size {
            let factor = matrix[row * size + column] / pivot;
            matrix[row * size + column] = factor;
            if factor != 0.0 {
                for place in column + 1..size {
                    matrix[row * size + place] -= factor * matrix[column * size + place];
                }
            }
        }
    }
    true
}

/// Solves for a right side, in its place, with a matrix that [`factor`] has factored.
pub(super) fn solve(matrix: &[f64], exchanges: &[usize], right: &mut [f64]) {
    let size = exchanges.len();
    for (row, &other) in exchanges.iter().enumerate() {
        right.swap(row, other);
    }
    for row in 0..size {
        for place in 0..row {
            right[row] -= matrix[row * size + place] * right[place];
        }
    }
    for row in (0..size).rev() {
        for place in row + 1..size {
            right[row] -= matrix[row * size + place] * right[place];
        }
        right[row] /= matrix[row * size + row];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solutions_solve() {
        let matrix = [0.0, 2.0, 1.0, 4.0, -1.0, 3.0, 1e-3, 5.0, 0.5];
        let solution = [1.5, -2.0, 0.25];
        let mut right: Vec<f64> = (0..3)
            .map(|row| (0..3).map(|k| matrix[row * 3 + k] * solution[k]).sum())
            .collect();
        let (mut factored, mut exchanges) = (matrix, [0; 3]);
        assert!(factor(&mut factored, &mut exchanges));
        solve(&factored, &exchanges, &mut right);
        for (found, right) in right.iter().zip(solution) {
            assert!((found - right).abs() < 1e-13, "{found} for {right}");
        }
    }

    #[test]
    fn singular_matrices_are_told() {
        assert!(!factor(&mut [1.0, 2.0, 2.0, 4.0], &mut [0; 2]));
        assert!(!factor(&mut [f64::NAN, 2.0, 2.0, 4.0], &mut [0; 2]));
    }
}
