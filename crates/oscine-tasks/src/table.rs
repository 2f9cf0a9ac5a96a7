//! A table of numbers with a header: one column is to be known from the others.

use std::path::Path;

use oscine_network::Task;

use crate::{Examples, Shape, Targets, TaskError};

/// Reads a CSV file. The target is a class where it is text or the task names classes, else a value.
///
/// # Errors
/// A file that cannot be read, a column that is not there, a cell that is no number.
pub(crate) fn read(path: &Path, task: &Task) -> Result<Examples, TaskError> {
    let unreadable = |error: csv::Error| TaskError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(unreadable)?;
    let header: Vec<String> = reader
        .headers()
        .map_err(unreadable)?
        .iter()
        .map(str::to_owned)
        .collect();
    let place_of = |name: &str| {
        header
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| TaskError::NoColumn {
                name: name.to_owned(),
                there: header.join(", "),
            })
    };
    let target = match &task.target {
        Some(name) => place_of(&name.value)?,
        None => header.len().saturating_sub(1),
    };
    let columns: Vec<usize> = match task.inputs.is_empty() {
        true => (0..header.len())
            .filter(|&column| column != target)
            .collect(),
        false => task
            .inputs
            .iter()
            .map(|(name, _)| place_of(name))
            .collect::<Result<_, _>>()?,
    };
    let (mut inputs, mut written) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, csv::Position::line);
        for &column in &columns {
            let value = number(
                path,
                line,
                &header[column],
                record.get(column).unwrap_or(""),
            )?;
            inputs.push(value as f32);
        }
        written.push((line, record.get(target).unwrap_or("").to_owned()));
    }
    if written.is_empty() || columns.is_empty() {
        return Err(TaskError::Unreadable {
            path: path.to_owned(),
            reason:
                "it needs a header, a column to see and one to know, and a line of numbers at least"
                    .into(),
        });
    }
    let is_text = written
        .iter()
        .any(|(_, value)| value.parse::<f64>().is_err());
    let targets = if is_text || !task.classes.is_empty() {
        let mut names: Vec<String> = written.iter().map(|(_, value)| value.clone()).collect();
        names.sort();
        names.dedup();
        let class = |value: &String| names.binary_search(value).unwrap_or(0) as u32;
        Targets::Classes {
            of: written.iter().map(|(_, value)| class(value)).collect(),
            names: names.clone(),
        }
    } else {
        let values = written
            .iter()
            .map(|(line, value)| number(path, *line, &header[target], value));
        Targets::Values {
            values: values.collect::<Result<_, _>>()?,
            names: vec![header[target].clone()],
        }
    };
    Ok(Examples {
        inputs,
        shape: Shape {
            channels: columns.len(),
            height: 1,
            width: 1,
        },
        targets,
    })
}

fn number(path: &Path, line: u64, column: &str, written: &str) -> Result<f64, TaskError> {
    let value: Option<f64> = written.parse().ok().filter(|value: &f64| value.is_finite());
    value.ok_or_else(|| TaskError::NotANumber {
        path: path.to_owned(),
        line,
        column: column.to_owned(),
        written: written.to_owned(),
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
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        std::fs::write(&path, text).unwrap();
        read(&path, &task(target))
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
}
