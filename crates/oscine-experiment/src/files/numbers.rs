//! Columns of numbers from a person's own CSV or Parquet file.

use std::fs::File;
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

/// Columns of numbers by name, all of one length.
pub(crate) struct NumberColumns {
    pub names: Vec<String>,
    pub columns: Vec<Vec<f64>>,
}

impl NumberColumns {
    /// Reads a file; what it is shows in the ending of its name.
    ///
    /// # Errors
    /// A sentence that says what is wrong, and where.
    pub fn read(path: &Path) -> Result<Self, String> {
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or("");
        let numbers = match ending.to_ascii_lowercase().as_str() {
            "csv" => read_csv(path)?,
            "parquet" => read_parquet(path)?,
            _ => {
                return Err(format!(
                    "{} is neither `.csv` nor `.parquet`, the two that can be read",
                    path.display()
                ));
            }
        };
        for (name, column) in numbers.names.iter().zip(&numbers.columns) {
            if let Some(row) = column.iter().position(|value| !value.is_finite()) {
                return Err(format!(
                    "{}: column `{name}` is not finite in row {}",
                    path.display(),
                    row + 1
                ));
            }
        }
        Ok(numbers)
    }

    /// The column of a name.
    ///
    /// # Errors
    /// A sentence with the names that there are.
    pub fn column(&self, name: &str, path: &Path) -> Result<&[f64], String> {
        match self.names.iter().position(|known| known == name) {
            Some(place) => Ok(&self.columns[place]),
            None => Err(format!(
                "{} has no column `{name}`: it has {}",
                path.display(),
                self.names.join(", ")
            )),
        }
    }

    /// A column of whole numbers from 0.
    ///
    /// # Errors
    /// A sentence with the row that is none.
    pub fn indices(&self, name: &str, path: &Path) -> Result<Vec<usize>, String> {
        let column = self.column(name, path)?;
        column
            .iter()
            .enumerate()
            .map(|(row, value)| {
                if *value >= 0.0 && value.fract() == 0.0 && *value < 4e9 {
                    Ok(*value as usize)
                } else {
                    Err(format!(
                        "{}: column `{name}` has {value} in row {}, where an index from 0 was expected",
                        path.display(),
                        row + 1
                    ))
                }
            })
            .collect()
    }
}

fn read_csv(path: &Path) -> Result<NumberColumns, String> {
    let wrong = |error: csv::Error| format!("{} cannot be read: {error}", path.display());
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_path(path)
        .map_err(wrong)?;
    let names: Vec<String> = reader
        .headers()
        .map_err(wrong)?
        .iter()
        .map(str::to_owned)
        .collect();
    if names.iter().all(|name| name.parse::<f64>().is_ok()) {
        return Err(format!(
            "{}: the first line should name the columns, and it holds numbers",
            path.display()
        ));
    }
    let mut columns = vec![Vec::new(); names.len()];
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(wrong)?;
        for ((column, name), text) in columns.iter_mut().zip(&names).zip(&record) {
            column.push(text.parse().map_err(|_| {
                format!(
                    "{}: column `{name}` has `{text}` in row {}, where a number was expected",
                    path.display(),
                    row + 1
                )
            })?);
        }
    }
    Ok(NumberColumns { names, columns })
}

fn read_parquet(path: &Path) -> Result<NumberColumns, String> {
    let wrong =
        |error: &dyn std::fmt::Display| format!("{} cannot be read: {error}", path.display());
    let file = File::open(path).map_err(|error| wrong(&error))?;
    let reader = SerializedFileReader::new(file).map_err(|error| wrong(&error))?;
    let fields = reader
        .metadata()
        .file_metadata()
        .schema()
        .get_fields()
        .to_vec();
    let names: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let mut columns = vec![Vec::new(); names.len()];
    let rows = reader.get_row_iter(None).map_err(|error| wrong(&error))?;
    for row in rows {
        let row = row.map_err(|error| wrong(&error))?;
        for ((name, field), column) in row.get_column_iter().zip(&mut columns) {
            let value = number(field).ok_or_else(|| {
                format!("{}: column `{name}` does not hold numbers", path.display())
            })?;
            column.push(value);
        }
    }
    Ok(NumberColumns { names, columns })
}

fn number(field: &Field) -> Option<f64> {
    Some(match field {
        Field::Double(value) => *value,
        Field::Float(value) => f64::from(*value),
        Field::Byte(value) => f64::from(*value),
        Field::Short(value) => f64::from(*value),
        Field::Int(value) => f64::from(*value),
        Field::Long(value) => *value as f64,
        Field::UByte(value) => f64::from(*value),
        Field::UShort(value) => f64::from(*value),
        Field::UInt(value) => f64::from(*value),
        Field::ULong(value) => *value as f64,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str) -> Result<NumberColumns, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("numbers.csv");
        std::fs::write(&path, text).expect("written");
        NumberColumns::read(&path)
    }

    #[test]
    fn columns_come_by_name() {
        let numbers = csv("time, index\n0.1, 3\n# a comment\n0.2,4\n").expect("read");
        let path = Path::new("numbers.csv");
        assert_eq!(numbers.column("time", path).expect("there"), [0.1, 0.2]);
        assert_eq!(numbers.indices("index", path).expect("indices"), [3, 4]);
        assert!(
            numbers
                .column("tiem", path)
                .unwrap_err()
                .contains("it has time, index")
        );
        assert!(
            numbers
                .indices("time", path)
                .unwrap_err()
                .contains("has 0.1 in row 1")
        );
    }

    #[test]
    fn what_is_no_number_is_named_with_its_row() {
        assert!(
            csv("a,b\n1,2\n3,x\n")
                .err()
                .expect("wrong")
                .contains("column `b` has `x` in row 2")
        );
        assert!(
            csv("1,2\n3,4\n")
                .err()
                .expect("wrong")
                .contains("first line should name")
        );
        assert!(
            csv("a\nnan\n")
                .err()
                .expect("wrong")
                .contains("not finite in row 1")
        );
        assert!(
            NumberColumns::read(Path::new("x.txt"))
                .err()
                .expect("wrong")
                .contains("neither")
        );
    }
}
