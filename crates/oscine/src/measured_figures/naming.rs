//! What axes, series and their values are called in a figure: short, and apart from each other.

use oscine_experiment::array::{ArrayAxis, AxisKind, NamedArray};
use oscine_experiment::unit_symbol;

/// Letters of a name in the legend.
const LONGEST_NAME: usize = 48;

/// What a key or a name is called on an axis: its last part, with the part before where it alone says little.
pub(super) fn short(name: &str) -> String {
    let is_path = |letter: char| letter.is_alphanumeric() || "_.-".contains(letter);
    if !name.chars().all(is_path) || name.parse::<f64>().is_ok() {
        return name.to_owned();
    }
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        [.., "parameters" | "initial", last] | [_, last] | [last] => (*last).to_owned(),
        [.., before, last] => format!("{before} {last}"),
        [] => String::new(),
    }
}

/// A key of the file or the name of a measure, and no formula.
pub(super) fn is_key(text: &str) -> bool {
    let in_name = |letter: char| letter.is_alphanumeric() || "_.-".contains(letter);
    text.chars().all(in_name) && text.contains('.')
}

/// What the series are called: of measures of one name (`snr.cell`, `snr.soft`) the part that differs.
pub(super) fn names(series: &[(String, NamedArray)]) -> Vec<String> {
    if let Some(prefix) = shared_prefix(series) {
        let rest = |(text, _): &(String, NamedArray)| text[prefix.len() + 1..].to_owned();
        return series.iter().map(rest).collect();
    }
    let cut = |(text, _): &(String, NamedArray)| match text.char_indices().nth(LONGEST_NAME) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.clone(),
    };
    series.iter().map(cut).collect()
}

/// `snr` of `snr.cell`, `snr.hard`.
fn shared_prefix(series: &[(String, NamedArray)]) -> Option<&str> {
    let (prefix, _) = series.first()?.0.split_once('.')?;
    let owned = |(text, _): &(String, NamedArray)| {
        let rest = text
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix('.'));
        rest.is_some_and(|rest| !rest.is_empty()) && is_key(text)
    };
    (series.len() > 1 && series.iter().all(owned)).then_some(prefix)
}

pub(super) fn y_name(names: &[String], series: &[(String, NamedArray)]) -> String {
    match shared_prefix(series) {
        Some(prefix) => prefix.to_owned(),
        None => names.join(", "),
    }
}

/// `I = 2 A`, or a name.
pub(super) fn value_name(axis: &ArrayAxis, at: usize) -> String {
    if let Some(label) = axis.labels.get(at) {
        return label.clone();
    }
    let value = axis.coordinates[at];
    match axis.kind {
        AxisKind::Elements => format!("{} {value}", short(&axis.name)),
        _ => format!(
            "{} = {}",
            short(&axis.name),
            oscine_report::quantity(value, &unit_symbol(axis.dimension))
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_equations::Dimension;

    const PLAIN: Dimension = Dimension::DIMENSIONLESS;

    #[test]
    fn keys_have_short_names() {
        assert_eq!(short("neurons.cells.parameters.I"), "I");
        assert_eq!(short("noise.jitter.level"), "jitter level");
        assert_eq!(short("run.dt"), "dt");
        assert_eq!(short("frequency"), "frequency");
        assert_eq!(short("(j - 50)*ms"), "(j - 50)*ms");
    }

    #[test]
    fn measures_of_one_name_are_called_by_the_part_that_differs() {
        let series = |text: &str| (text.to_owned(), NamedArray::number(1.0, PLAIN));
        assert_eq!(
            names(&[series("snr.cell"), series("snr.soft")]),
            ["cell", "soft"]
        );
        assert_eq!(
            names(&[series("snr.cell"), series("a + snr.soft")])[0],
            "snr.cell"
        );
        assert_eq!(names(&[series("snr.cell")]), ["snr.cell"]);
    }
}
