//! Trainings: layers that learn, their weights from and to files, their checkpoints, and what is asked of the trained network.

pub(crate) mod building;
pub(crate) mod checkpoint;
pub(crate) mod files;
pub(crate) mod given_weights;
pub(crate) mod learned;
pub(crate) mod looked_at;
pub(crate) mod onnx_export;
pub(crate) mod onnx_weights;
