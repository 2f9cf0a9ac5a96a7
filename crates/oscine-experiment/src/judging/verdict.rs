//! The verdict on a claim: the measured value beside the published one.
//!
//! Over several seeds the measured value is their mean, with a 95 % confidence interval by Student's t. A claim with a tolerance holds where all of
//! the interval lies within the tolerance; one without holds where the interval holds the published value.

use oscine_equations::{Dimension, Quantity};
use oscine_network::Claim;

use crate::formula::CONFIDENCE_LEVEL;
use crate::formula::array::{AxisKind, NamedArray};

/// The verdict on a claim: the measured value, its confidence interval, and whether the claim holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The claim in words.
    pub says: String,
    /// The source of the published value.
    pub source: String,
    /// The published value as the file gives it.
    pub published: String,
    /// The published number, in `unit`.
    pub published_number: f64,
    /// The tolerance as the file gives it.
    pub tolerance: Option<String>,
    /// The unit of `measured`, as the published value has it; empty of plain numbers.
    pub unit: String,
    /// The measured value, in `unit`; `None` where nothing could be measured.
    pub measured: Option<f64>,
    /// 95 % confidence interval of `measured`, in `unit`, where there were several seeds.
    pub interval: Option<(f64, f64)>,
    /// Whether the claim holds; `None`: it was not judged.
    pub holds: Option<bool>,
    /// A note that a reader must know.
    pub note: Option<String>,
}

impl Verdict {
    /// The verdict on a claim that this run does not judge.
    #[must_use]
    pub fn not_run(claim: &Claim, note: &str) -> Self {
        let (unit, scale) = unit_of(&claim.published.value);
        Self {
            says: claim.says.clone(),
            source: claim.source.clone(),
            published: claim.published.value.clone(),
            published_number: published(claim).value / scale,
            tolerance: claim.tolerance.as_ref().map(|text| text.value.clone()),
            unit,
            measured: None,
            interval: None,
            holds: None,
            note: Some(note.to_owned()),
        }
    }

    /// Judges a claim by the value of its formula.
    ///
    /// # Errors
    /// Where the value is not one number (for each seed), or measures something else than the published value: a sentence.
    pub fn judge(claim: &Claim, value: &NamedArray) -> Result<Self, String> {
        if let Some(axis) = value
            .axes
            .iter()
            .find(|axis| axis.kind != AxisKind::Repeat && axis.len() != 1)
        {
            return Err(format!(
                "its value is {} numbers along `{}`, and a claim is about one",
                axis.len(),
                axis.name
            ));
        }
        let published = published(claim);
        if value.dimension != published.dimension && published.value != 0.0 {
            return Err(format!(
                "it measures {}, and the published value is {}",
                named(value.dimension),
                named(published.dimension)
            ));
        }
        let (unit, scale) = unit_of(&claim.published.value);
        let mut verdict = Self::not_run(claim, "");
        verdict.note = None;
        let samples: Vec<f64> = value
            .values
            .iter()
            .copied()
            .filter(|value| !value.is_nan())
            .collect();
        if samples.len() < value.values.len() || samples.is_empty() {
            verdict.holds = Some(false);
            verdict.note = Some(match value.values.len() {
                1 => "nothing could be measured: the value is not a number".into(),
                all => format!(
                    "of {} of {all} seeds the value is not a number",
                    all - samples.len()
                ),
            });
            return Ok(verdict);
        }
        let mean = samples.iter().sum::<f64>() / samples.len() as f64;
        let interval = interval(&samples);
        let allowed = allowed(claim, published);
        let within = |value: f64| (value - published.value).abs() <= allowed.unwrap_or(0.0);
        let holds = match (interval, allowed) {
            (Some((low, high)), Some(_)) => within(low) && within(high),
            (Some((low, high)), None) => low <= published.value && published.value <= high,
            (None, _) => within(mean),
        };
        if let (Some((low, high)), false, Some(_)) = (interval, holds, allowed)
            && (within(mean) || within(low) || within(high))
        {
            verdict.note =
                Some("the interval reaches beyond the tolerance: more seeds would decide".into());
        }
        verdict.unit = unit;
        verdict.measured = Some(mean / scale);
        verdict.interval = interval.map(|(low, high)| (low / scale, high / scale));
        verdict.holds = Some(holds);
        Ok(verdict)
    }
}

/// The confidence interval of the mean of samples that differ.
fn interval(samples: &[f64]) -> Option<(f64, f64)> {
    let interval = oscine_analysis::confidence_interval(samples, CONFIDENCE_LEVEL)?;
    (interval.low < interval.high).then_some((interval.low, interval.high))
}

fn named(dimension: Dimension) -> String {
    match dimension.is_dimensionless() {
        true => "a plain number".into(),
        false => dimension.to_string(),
    }
}

/// The published value; descriptions are checked, so that it is one.
fn published(claim: &Claim) -> Quantity {
    Quantity::parse(claim.published.value.trim()).unwrap_or(Quantity::plain(f64::NAN))
}

/// The tolerance in SI units.
fn allowed(claim: &Claim, published: Quantity) -> Option<f64> {
    let written = claim.tolerance.as_ref()?.value.trim();
    match written.strip_suffix('%') {
        Some(part) => {
            let part = Quantity::parse(part.trim()).ok()?.value;
            Some(part / 100.0 * published.value.abs())
        }
        None => Some(Quantity::parse(written).ok()?.value),
    }
}

/// The unit of a written quantity, and what one of it is in SI units.
fn unit_of(written: &str) -> (String, f64) {
    let written = written.trim();
    let number = written
        .find(|c: char| {
            !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E' | ' ' | '*'))
        })
        .unwrap_or(written.len());
    // `2 e-3`: the number ends before a unit that begins with e only where no digit follows.
    let unit = written[number..].trim();
    match Quantity::parse(&format!("1 {unit}")) {
        Ok(one) if !unit.is_empty() => (unit.to_owned(), one.value),
        _ => (String::new(), 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::array::ArrayAxis;
    use oscine_network::Text;

    fn claim(published: &str, tolerance: Option<&str>) -> Claim {
        Claim {
            says: "it is".into(),
            value: Text::new("x"),
            published: Text::new(published),
            tolerance: tolerance.map(Text::new),
            source: String::new(),
            quick: true,
        }
    }

    fn seeds(values: &[f64], dimension: Dimension) -> NamedArray {
        let axis = ArrayAxis {
            kind: AxisKind::Repeat,
            ..ArrayAxis::within(
                "repeat",
                Dimension::DIMENSIONLESS,
                (0..values.len()).map(|k| k as f64).collect(),
            )
        };
        NamedArray::along(axis, dimension, values.to_vec())
    }

    #[test]
    fn the_measured_value_has_the_unit_of_the_published_one() {
        let density = Dimension::AMPERE / Dimension::METRE / Dimension::METRE;
        let value = NamedArray::number(0.0977, density);
        let verdict = Verdict::judge(&claim("9.78 uA/cm**2", Some("1 %")), &value).unwrap();
        assert_eq!(verdict.unit, "uA/cm**2");
        assert!((verdict.measured.unwrap() - 9.77).abs() < 1e-9);
        assert_eq!(verdict.holds, Some(true));
        let verdict = Verdict::judge(&claim("9.78 uA/cm**2", Some("0.05 %")), &value).unwrap();
        assert_eq!(verdict.holds, Some(false));
    }

    #[test]
    fn a_claim_over_seeds_is_judged_by_its_interval() {
        let narrow = seeds(&[19.9, 20.0, 20.1, 20.0], Dimension::HERTZ);
        let wide = seeds(&[15.0, 25.0, 18.0, 22.0], Dimension::HERTZ);
        let with = claim("20 Hz", Some("1 Hz"));
        assert_eq!(Verdict::judge(&with, &narrow).unwrap().holds, Some(true));
        let verdict = Verdict::judge(&with, &wide).unwrap();
        assert_eq!(verdict.holds, Some(false));
        assert!(verdict.note.unwrap().contains("more seeds"));
        let without = claim("20 Hz", None);
        assert_eq!(Verdict::judge(&without, &wide).unwrap().holds, Some(true));
    }

    #[test]
    fn a_value_that_is_not_a_number_does_not_hold() {
        let value = NamedArray::number(f64::NAN, Dimension::HERTZ);
        let verdict = Verdict::judge(&claim("20 Hz", Some("1e9 Hz")), &value).unwrap();
        assert_eq!((verdict.holds, verdict.measured), (Some(false), None));
    }

    #[test]
    fn a_value_of_another_dimension_is_a_mistake() {
        let value = NamedArray::number(1.0, Dimension::VOLT);
        assert!(Verdict::judge(&claim("20 Hz", None), &value).is_err());
        assert!(Verdict::judge(&claim("0", None), &value).is_ok());
    }
}
