//! The settings of a measure, read with their dimensions checked; one that is not read is one that is not known.

use std::cell::RefCell;
use std::ops::Range;

use oscine_equations::{Dimension, Quantity};
use oscine_network::{Measure, Setting, Text, nearest};

/// The settings of one measure.
pub struct Settings<'a> {
    measure: &'a Measure,
    read: RefCell<Vec<String>>,
}

/// The error of a setting, or of a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    /// Which setting; `None`: the measure itself.
    pub key: Option<String>,
    /// Its place in the file.
    pub place: Option<Range<usize>>,
    /// The reason, a sentence.
    pub reason: String,
    /// Advice how to mend it.
    pub help: Option<String>,
}

impl Wrong {
    /// Something wrong with the measure itself.
    pub fn with_measure(reason: impl Into<String>) -> Self {
        Self {
            key: None,
            place: None,
            reason: reason.into(),
            help: None,
        }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl<'a> Settings<'a> {
    /// Those of a measure.
    #[must_use]
    pub fn of(measure: &'a Measure) -> Self {
        Self {
            measure,
            read: RefCell::new(Vec::new()),
        }
    }

    /// The setting as it stands.
    pub fn get(&self, key: &str) -> Option<&'a Setting> {
        self.read.borrow_mut().push(key.to_owned());
        let known = self.measure.settings.iter().find(|(name, _)| name == key);
        known.map(|(_, setting)| setting)
    }

    /// Something wrong with a setting.
    pub fn wrong(&self, key: &str, reason: impl Into<String>) -> Wrong {
        let setting = self.measure.settings.iter().find(|(name, _)| name == key);
        let place = setting.and_then(|(_, setting)| match setting {
            Setting::Text(text) => text.place.clone(),
            _ => None,
        });
        Wrong {
            key: Some(key.to_owned()),
            place,
            reason: format!("`{key}` {}", reason.into()),
            help: None,
        }
    }

    /// A quantity of this dimension, in SI units.
    ///
    /// # Errors
    /// Where it is none.
    pub fn quantity(
        &self,
        key: &str,
        dimension: Dimension,
        example: &str,
    ) -> Result<Option<f64>, Wrong> {
        match self.get(key) {
            None => Ok(None),
            Some(setting) => self.as_quantity(key, setting, dimension, example).map(Some),
        }
    }

    /// A quantity that must be there.
    ///
    /// # Errors
    /// Where it is not.
    pub fn needed(&self, key: &str, dimension: Dimension, example: &str) -> Result<f64, Wrong> {
        self.quantity(key, dimension, example)?.ok_or_else(|| {
            self.wrong(key, "is missing")
                .help(format!("as in `{key} = {example}`"))
        })
    }

    /// As [`Self::quantity`], above 0.
    ///
    /// # Errors
    /// Where it is none, or not above 0.
    pub fn positive(
        &self,
        key: &str,
        dimension: Dimension,
        example: &str,
    ) -> Result<Option<f64>, Wrong> {
        match self.quantity(key, dimension, example)? {
            Some(value) if value <= 0.0 => Err(self
                .wrong(key, "should be above 0")
                .help(format!("as in `{key} = {example}`"))),
            value => Ok(value),
        }
    }

    /// As [`Self::needed`], above 0.
    ///
    /// # Errors
    /// Where it is missing, or not above 0.
    pub fn needed_positive(
        &self,
        key: &str,
        dimension: Dimension,
        example: &str,
    ) -> Result<f64, Wrong> {
        self.positive(key, dimension, example)?
            .map_or_else(|| self.needed(key, dimension, example), Ok)
    }

    /// A quantity whose dimension only the run can say.
    ///
    /// # Errors
    /// Where it is none.
    pub fn any_quantity(&self, key: &str, example: &str) -> Result<Option<Quantity>, Wrong> {
        let wrong = |reason: String| {
            self.wrong(key, reason)
                .help(format!("as in `{key} = {example}`"))
        };
        match self.get(key) {
            None => Ok(None),
            Some(Setting::Number(value)) => Ok(Some(Quantity::plain(*value))),
            Some(Setting::Text(text)) => Quantity::parse(text.value.trim())
                .map(Some)
                .map_err(|error| wrong(format!("cannot be read: {error}"))),
            Some(_) => Err(wrong("should be a quantity".into())),
        }
    }

    fn as_quantity(
        &self,
        key: &str,
        setting: &Setting,
        dimension: Dimension,
        example: &str,
    ) -> Result<f64, Wrong> {
        let as_in = format!("as in `{key} = {example}`");
        let quantity = match setting {
            Setting::Number(value) => Quantity::plain(*value),
            Setting::Text(text) => Quantity::parse(text.value.trim()).map_err(|error| {
                self.wrong(key, format!("cannot be read: {error}"))
                    .help(&as_in)
            })?,
            _ => return Err(self.wrong(key, "should be a quantity").help(as_in)),
        };
        if quantity.dimension != dimension && quantity.value != 0.0 {
            let reason = format!("should be {dimension}, and this is {}", quantity.dimension);
            return Err(self.wrong(key, reason).help(as_in));
        }
        if !quantity.value.is_finite() {
            return Err(self.wrong(key, "is not finite").help(as_in));
        }
        Ok(quantity.value)
    }

    /// Several quantities, or one.
    ///
    /// # Errors
    /// Where one is none.
    pub fn quantities(
        &self,
        key: &str,
        dimension: Dimension,
        example: &str,
    ) -> Result<Vec<f64>, Wrong> {
        match self.get(key) {
            None => Ok(Vec::new()),
            Some(Setting::List(list)) => list
                .iter()
                .map(|one| self.as_quantity(key, one, dimension, example))
                .collect(),
            Some(one) => Ok(vec![self.as_quantity(key, one, dimension, example)?]),
        }
    }

    /// From and to of a range: `"0:200 Hz"`, in SI units.
    ///
    /// # Errors
    /// Where it is none.
    pub fn range(
        &self,
        key: &str,
        dimension: Dimension,
        example: &str,
    ) -> Result<Option<Range<f64>>, Wrong> {
        match self.get(key) {
            None => Ok(None),
            Some(Setting::Text(text)) => {
                let found = range_of(&text.value);
                let (range, found) = found.map_err(|reason| {
                    self.wrong(key, reason)
                        .help(format!("as in `{key} = {example}`"))
                })?;
                if found != dimension {
                    let reason = format!("should be {dimension}, and this is {found}");
                    return Err(self
                        .wrong(key, reason)
                        .help(format!("as in `{key} = {example}`")));
                }
                Ok(Some(range))
            }
            Some(_) => Err(self
                .wrong(key, "should be a range")
                .help(format!("as in `{key} = {example}`"))),
        }
    }

    /// A whole number of at least `least`.
    ///
    /// # Errors
    /// Where it is none.
    pub fn count(&self, key: &str, least: usize) -> Result<Option<usize>, Wrong> {
        match self.get(key) {
            None => Ok(None),
            Some(Setting::Number(value)) if value.fract() == 0.0 && *value >= least as f64 => {
                Ok(Some(*value as usize))
            }
            Some(_) => {
                Err(self.wrong(key, format!("should be a whole number of at least {least}")))
            }
        }
    }

    /// One of a few words.
    ///
    /// # Errors
    /// Where it is none of them.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>, Wrong> {
        let Some(setting) = self.get(key) else {
            return Ok(None);
        };
        let names = || choices.iter().map(|(name, _)| *name);
        let one_of = || {
            let names: Vec<&str> = names().collect();
            format!("it is one of {}", names.join(", "))
        };
        let Setting::Text(text) = setting else {
            return Err(self.wrong(key, "should be a word").help(one_of()));
        };
        let known = choices.iter().find(|(name, _)| *name == text.value.trim());
        match known {
            Some((_, value)) => Ok(Some(*value)),
            None => {
                let wrong = self.wrong(key, format!("cannot be `{}`", text.value));
                Err(match nearest(&text.value, names()) {
                    Some(nearest) => wrong.help(format!("did you mean `{nearest}`?")),
                    None => wrong.help(one_of()),
                })
            }
        }
    }

    /// A text, such as the name of a variable.
    ///
    /// # Errors
    /// Where it is none.
    pub fn text(&self, key: &str) -> Result<Option<&'a Text>, Wrong> {
        match self.get(key) {
            None => Ok(None),
            Some(Setting::Text(text)) => Ok(Some(text)),
            Some(_) => Err(self
                .wrong(key, "should be a text")
                .help(format!("in quotes: `{key} = \"NAME\"`"))),
        }
    }

    /// A flag: true or false.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn flag(&self, key: &str) -> Result<bool, Wrong> {
        match self.get(key) {
            None => Ok(false),
            Some(Setting::Flag(flag)) => Ok(*flag),
            Some(_) => Err(self.wrong(key, "should be true or false")),
        }
    }

    /// Settings by name.
    ///
    /// # Errors
    /// Where it is no table.
    pub fn table(
        &self,
        key: &str,
        example: &str,
    ) -> Result<Option<&'a [(String, Setting)]>, Wrong> {
        match self.get(key) {
            None => Ok(None),
            Some(Setting::Table(table)) => Ok(Some(table)),
            Some(_) => Err(self
                .wrong(key, "should be a table")
                .help(format!("as in `{key} = {example}`"))),
        }
    }

    /// Says which setting is not known, once all that are were read.
    ///
    /// # Errors
    /// Where there is one.
    pub fn finish(&self, what: &str) -> Result<(), Wrong> {
        let read = self.read.borrow();
        for (key, _) in &self.measure.settings {
            if !read.contains(key) {
                let wrong = self.wrong(key, format!("is no setting of {what}"));
                let mut known: Vec<&str> = read.iter().map(String::as_str).collect();
                known.sort_unstable();
                known.dedup();
                return Err(match nearest(key, known.iter().copied()) {
                    Some(nearest) => wrong.help(format!("did you mean `{nearest}`?")),
                    None if known.is_empty() => wrong.help("it has none"),
                    None => wrong.help(format!("its settings are {}", known.join(", "))),
                });
            }
        }
        Ok(())
    }
}

/// The ends of a range with their unit: `"0:200 uA/cm**2"`, `"1 Hz:100 Hz"`.
pub fn range_of(written: &str) -> Result<(Range<f64>, Dimension), String> {
    let Some((from, to)) = written.split_once(':') else {
        return Err("should be a range, `FROM:TO`".into());
    };
    let parse = |text: &str| {
        Quantity::parse(text.trim()).map_err(|error| format!("cannot be read: {error}"))
    };
    let end = parse(to)?;
    let start = match from.trim().parse::<f64>() {
        // The unit of the end is that of the start too.
        Ok(number) => {
            let unit = to.trim().trim_start_matches(|c: char| {
                c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | '*' | ' ')
            });
            // `1e3` ends in a digit, so what is left of it is no unit.
            match Quantity::parse(&format!("{number} {unit}")) {
                Ok(quantity) if quantity.dimension == end.dimension => quantity,
                _ => Quantity {
                    value: number,
                    dimension: end.dimension,
                },
            }
        }
        Err(_) => parse(from)?,
    };
    if start.dimension != end.dimension {
        return Err(format!(
            "goes from {} to {}",
            start.dimension, end.dimension
        ));
    }
    // A range to or from what is no number is none either.
    if start.value.partial_cmp(&end.value) != Some(std::cmp::Ordering::Less) {
        return Err("should go from a lesser to a greater value".into());
    }
    Ok((start.value..end.value, end.dimension))
}
