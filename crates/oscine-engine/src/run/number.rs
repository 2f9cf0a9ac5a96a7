//! For code over both precisions.

use oscine_equations::lanes::Real;

/// For code over both precisions.
pub(crate) trait Number: Real {
    /// Numbers as an array of a checkpoint.
    fn array(numbers: Vec<Self>) -> crate::Array;
    /// The numbers of an array of this precision.
    fn numbers(array: &crate::Array) -> Option<&[Self]>;
}

impl Number for f64 {
    fn array(numbers: Vec<Self>) -> crate::Array {
        crate::Array::F64(numbers)
    }
    fn numbers(array: &crate::Array) -> Option<&[Self]> {
        match array {
            crate::Array::F64(numbers) => Some(numbers),
            _ => None,
        }
    }
}

impl Number for f32 {
    fn array(numbers: Vec<Self>) -> crate::Array {
        crate::Array::F32(numbers)
    }
    fn numbers(array: &crate::Array) -> Option<&[Self]> {
        match array {
            crate::Array::F32(numbers) => Some(numbers),
            _ => None,
        }
    }
}
