//! For code over both precisions.

use oscine_equations::lanes::Real;

use crate::save::checkpoint::Array;

/// For code over both precisions.
pub(crate) trait Number: Real {
    /// Numbers as an array of a checkpoint.
    fn array(numbers: Vec<Self>) -> Array;
    /// The numbers of an array of this precision.
    fn numbers(array: &Array) -> Option<&[Self]>;
}

impl Number for f64 {
    fn array(numbers: Vec<Self>) -> Array {
        Array::F64(numbers)
    }
    fn numbers(array: &Array) -> Option<&[Self]> {
        match array {
            Array::F64(numbers) => Some(numbers),
            _ => None,
        }
    }
}

impl Number for f32 {
    fn array(numbers: Vec<Self>) -> Array {
        Array::F32(numbers)
    }
    fn numbers(array: &Array) -> Option<&[Self]> {
        match array {
            Array::F32(numbers) => Some(numbers),
            _ => None,
        }
    }
}
