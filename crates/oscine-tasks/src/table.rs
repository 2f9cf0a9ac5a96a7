//! A table with names for its columns: one column is to be known from the others.

use std::path::Path;

use oscine_network::{Examples, Shape, Targets, Task};

use crate::TaskError;
use crate::cells::Cells;

/// Reads the examples of a CSV or a Parquet file. The target is a class where no cell of it is a number, or where the task names
/// classes; else a value.
///
/// # Errors
/// A file that cannot be read, a column that is not there, a cell that holds no number, a target that is also an input.
pub(crate) fn read(path: &Path, task: &Task) -> Result<Examples, TaskError> {
    let cells = Cells::read(path)?;
    let target = match &task.target {
        Some(name) => cells.column(&name.value)?,
        None => cells.names.len().saturating_sub(1),
    };
    let columns = inputs(&cells, task, target)?;
    let mut inputs = Vec::with_capacity(cells.rows.len() * columns.len());
    for row in 0..cells.rows.len() {
        for &column in &columns {
            inputs.push(cells.number(row, column, "")? as f32);
        }
    }
    Ok(Examples {
        inputs,
        shape: Shape {
            channels: columns.len(),
            height: 1,
            width: 1,
        },
        targets: targets(&cells, task, target)?,
    })
}

/// The columns that are seen.
fn inputs(cells: &Cells, task: &Task, target: usize) -> Result<Vec<usize>, TaskError> {
    let columns: Vec<usize> = if task.inputs.is_empty() {
        (0..cells.names.len())
            .filter(|&column| column != target)
            .collect()
    } else {
        let names = task.inputs.iter().map(|(name, _)| cells.column(name));
        names.collect::<Result<_, _>>()?
    };
    let known = &cells.names[target];
    if columns.contains(&target) {
        return Err(TaskError::TargetSeen {
            name: known.clone(),
        });
    }
    if columns.is_empty() {
        return Err(TaskError::NothingSeen {
            name: known.clone(),
        });
    }
    Ok(columns)
}

fn targets(cells: &Cells, task: &Task, target: usize) -> Result<Targets, TaskError> {
    let rows = 0..cells.rows.len();
    let is_number = |row: usize| cells.rows[row].1[target].parse::<f64>().is_ok();
    if task.classes.is_empty() && rows.clone().any(is_number) {
        let hint =
            "; where the column holds names of classes, list them: `classes = [...]` in [task]";
        let values = rows.map(|row| cells.number(row, target, hint));
        return Ok(Targets::Values {
            values: values.collect::<Result<_, _>>()?,
            names: vec![cells.names[target].clone()],
        });
    }
    let written: Vec<&str> = rows
        .map(|row| cells.name(row, target))
        .collect::<Result<_, _>>()?;
    let mut names = written.clone();
    names.sort_unstable();
    names.dedup();
    let class = |name: &&str| names.binary_search(name).unwrap_or(0) as u32;
    Ok(Targets::Classes {
        of: written.iter().map(class).collect(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_network::Text;

    fn task(target: Option<&str>) -> Task {
        Task {
            data: Text::new("table.csv"),
            classes: Vec::new(),
            validation: 0.0,
            test: None,
            training: None,
            target: target.map(Text::new),
            inputs: Vec::new(),
            targets: Vec::new(),
            examples: None,
        }
    }

    fn read_text(text: &str, target: Option<&str>) -> Result<Examples, TaskError> {
        read_as(text, &task(target))
    }

    fn read_as(text: &str, task: &Task) -> Result<Examples, TaskError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        std::fs::write(&path, text).unwrap();
        read(&path, task)
    }

    #[test]
    fn text_is_a_class_and_a_number_a_value() {
        let examples = read_text("a, b, kind\n1, 2, cat\n3, 4, ape\n", None).unwrap();
        assert_eq!(examples.inputs, [1.0, 2.0, 3.0, 4.0]);
        let names = vec!["ape".to_owned(), "cat".to_owned()];
        assert_eq!(
            examples.targets,
            Targets::Classes {
                of: vec![1, 0],
                names
            }
        );
        let examples = read_text("a,b\n1,2\n3,4\n", Some("a")).unwrap();
        assert_eq!(examples.inputs, [2.0, 4.0]);
        let names = vec!["a".to_owned()];
        assert_eq!(
            examples.targets,
            Targets::Values {
                values: vec![1.0, 3.0],
                names
            }
        );
    }

    #[test]
    fn a_cell_that_is_no_number_is_named() {
        let said = read_text("a,b\n1,2\n1,two\nx,2\n", None)
            .unwrap_err()
            .to_string();
        assert!(said.contains("line 4, column `a`: `x`"), "{said}");
        let said = read_text("a,b\n1,2\n", Some("c")).unwrap_err().to_string();
        assert!(said.contains("no column `c`; there are a, b"), "{said}");
    }

    #[test]
    fn one_cell_that_is_no_number_makes_no_classes_of_values() {
        let said = |text: &str| read_text(text, None).unwrap_err().to_string();
        let empty = said("a,b\n1,2\n1,\n");
        assert!(empty.contains("line 3, column `b`: it is empty"), "{empty}");
        let word = said("a,b\n1,2\n1,lots\n");
        assert!(
            word.contains("`lots` is not a number") && word.contains("classes"),
            "{word}"
        );
        let large = said("a,b\n1,2\n1,1e300\n");
        assert!(large.contains("`1e300`"), "{large}");
        let unnamed = said("a,kind\n1,cat\n2,\n");
        assert!(
            unnamed.contains("line 3, column `kind`: it is empty"),
            "{unnamed}"
        );
        // With its classes named, a column of numbers holds names.
        let mut named = task(None);
        named.classes = vec!["2".into(), "3".into()];
        let examples = read_as("a,b\n1,2\n1,3\n", &named).unwrap();
        assert!(matches!(examples.targets, Targets::Classes { .. }));
    }

    #[test]
    fn what_is_to_be_known_is_not_seen() {
        let mut leaking = task(Some("b"));
        leaking.inputs = ["a", "b"]
            .map(|name| (name.to_owned(), Text::new(name)))
            .to_vec();
        let said = read_as("a,b\n1,2\n", &leaking).unwrap_err().to_string();
        assert!(
            said.contains("`b` is the target, and `inputs` names it too"),
            "{said}"
        );
        let said = read_text("b\n1\n", None).unwrap_err().to_string();
        assert!(said.contains("no column beside `b`"), "{said}");
        let said = read_text("a,a,b\n1,2,3\n", None).unwrap_err().to_string();
        assert!(said.contains("two columns called `a`"), "{said}");
    }

    #[test]
    fn a_parquet_file_is_a_table_too() {
        use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
        use parquet::file::writer::SerializedFileWriter;
        use std::sync::Arc;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.parquet");
        let schema = "message m { required double size; required binary kind (UTF8); }";
        let schema = parquet::schema::parser::parse_message_type(schema).unwrap();
        let file = std::fs::File::create(&path).unwrap();
        let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::default()).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let sizes = [0.1, -2e-7, 3.0];
        column
            .typed::<DoubleType>()
            .write_batch(&sizes, None, None)
            .unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let kinds = ["ape", "cat", "ape"].map(ByteArray::from);
        column
            .typed::<ByteArrayType>()
            .write_batch(&kinds, None, None)
            .unwrap();
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        let examples = read(&path, &task(None)).unwrap();
        assert_eq!(examples.inputs, [0.1, -2e-7, 3.0]);
        let Targets::Classes { of, .. } = examples.targets else {
            panic!("text is a class");
        };
        assert_eq!(of, [0, 1, 0]);
    }
}
