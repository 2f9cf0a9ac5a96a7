//! For code over both precisions.

use oscine_equations::lanes::Real;

use crate::save::checkpoint::StateArray;

/// For code over both precisions.
pub(crate) trait StateNumber: Real {
    /// Numbers as an array of a checkpoint.
    fn array(numbers: Vec<Self>) -> StateArray;
    /// The numbers of an array of this precision.
    fn numbers(array: &StateArray) -> Option<&[Self]>;
}

impl StateNumber for f64 {
    fn array(numbers: Vec<Self>) -> StateArray {
        StateArray::F64(numbers)
    }
    fn numbers(array: &StateArray) -> Option<&[Self]> {
        match array {
            StateArray::F64(numbers) => Some(numbers),
            _ => None,
        }
    }
}

impl StateNumber for f32 {
    fn array(numbers: Vec<Self>) -> StateArray {
        StateArray::F32(numbers)
    }
    fn numbers(array: &StateArray) -> Option<&[Self]> {
        match array {
            StateArray::F32(numbers) => Some(numbers),
            _ => None,
        }
    }
}
