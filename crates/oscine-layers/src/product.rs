//! Matrix products on parts of arrays, by the `gemm` crate, on one thread.

use oscine_equations::lanes::Real;

/// A matrix that is read: rows and columns at their distances in an array.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, R> {
    pub values: &'a [R],
    pub rows: usize,
    pub columns: usize,
    /// From one row to the next.
    pub row_stride: usize,
    /// From one column to the next.
    pub column_stride: usize,
}

impl<'a, R> Matrix<'a, R> {
    /// Row after row.
    pub fn by_rows(values: &'a [R], rows: usize, columns: usize) -> Self {
        Self {
            values,
            rows,
            columns,
            row_stride: columns,
            column_stride: 1,
        }
    }

    /// Rows for columns.
    pub fn transposed(self) -> Self {
        Self {
            values: self.values,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }

    /// Some of its rows.
    pub fn row_range(self, first: usize, rows: usize) -> Self {
        Self {
            values: &self.values[(first * self.row_stride).min(self.values.len())..],
            rows,
            ..self
        }
    }

    /// Some of its columns.
    pub fn column_range(self, first: usize, columns: usize) -> Self {
        Self {
            values: &self.values[(first * self.column_stride).min(self.values.len())..],
            columns,
            ..self
        }
    }
}

/// `target = left right`, or `target += left right`, where `target` has the given strides.
///
/// # Panics
/// Where the shapes do not fit, or an array is too short.
pub(crate) fn product<R: Real>(
    target: &mut [R],
    strides: (usize, usize),
    add: bool,
    left: Matrix<R>,
    right: Matrix<R>,
) {
    let (rows, columns, inner) = (left.rows, right.columns, left.columns);
    assert_eq!(inner, right.rows, "the shapes of a product");
    let reach = |rows: usize, columns: usize, (row, column): (usize, usize)| {
        if rows == 0 || columns == 0 {
            0
        } else {
            (rows - 1) * row + (columns - 1) * column + 1
        }
    };
    assert!(
        target.len() >= reach(rows, columns, strides),
        "the target of a product"
    );
    assert!(left.values.len() >= reach(rows, inner, (left.row_stride, left.column_stride)));
    assert!(right.values.len() >= reach(inner, columns, (right.row_stride, right.column_stride)));
    let scale = if add { R::ONE } else { R::ZERO };
    // SAFETY: every element that the shapes and strides reach lies in its slice, as asserted; the target is borrowed to be written,
    // so it is distinct; `R` is `f64` or `f32`, which `gemm` knows.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            target.as_mut_ptr(),
            strides.1 as isize,
            strides.0 as isize,
            add,
            left.values.as_ptr(),
            left.column_stride as isize,
            left.row_stride as isize,
            right.values.as_ptr(),
            right.column_stride as isize,
            right.row_stride as isize,
            scale,
            R::ONE,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_transposed_matrices_are_multiplied() {
        // [1 2 3; 4 5 6], its last two columns transposed, times itself.
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let matrix = Matrix::by_rows(&values, 2, 3);
        let left = matrix.column_range(1, 2).transposed();
        let mut target = [100.0; 6];
        product(&mut target, (3, 1), true, left, matrix);
        assert_eq!(target, [122.0, 129.0, 136.0, 127.0, 136.0, 145.0]);
        product(&mut target, (3, 1), false, left, matrix.row_range(0, 2));
        assert_eq!(target, [22.0, 29.0, 36.0, 27.0, 36.0, 45.0]);
    }
}
