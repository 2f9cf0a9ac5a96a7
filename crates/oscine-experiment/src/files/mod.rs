//! Files: the results folder, tables as Parquet and CSV, and columns of numbers that a person brings.

pub(crate) mod csv;
pub(crate) mod folder;
pub(crate) mod numbers;
pub(crate) mod symbol;
pub(crate) mod table;
pub(crate) mod table_reader;
pub(crate) mod table_writer;
pub(crate) mod task_examples;
