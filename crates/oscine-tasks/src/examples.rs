//! Examples: what is seen, and what should be said of it.

use crate::TaskError;

/// Some examples.
#[derive(Clone, Debug, PartialEq)]
pub struct Examples {
    /// `[example][channel, row, column]`; pixels from 0 to 1.
    pub inputs: Vec<f32>,
    /// Of one example.
    pub shape: Shape,
    /// What should come out.
    pub targets: Targets,
}

/// What an example is: images, or a list (`channels` numbers, of height and width 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Images, or numbers.
    pub channels: usize,
    /// Pixels.
    pub height: usize,
    /// Pixels.
    pub width: usize,
}

/// What should come out.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// One of several classes.
    Classes {
        /// The class of each example.
        of: Vec<u32>,
        /// What the classes are called.
        names: Vec<String>,
    },
    /// Values to be met.
    Values {
        /// `[example][output]`.
        values: Vec<f64>,
        /// What the outputs are called.
        names: Vec<String>,
    },
}

impl Shape {
    /// Numbers of an example.
    pub fn features(self) -> usize {
        self.channels * self.height * self.width
    }
}

impl Examples {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.inputs.len() / self.shape.features().max(1)
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those at some places, in that order.
    pub(crate) fn at(&self, places: &[usize]) -> Self {
        let features = self.shape.features();
        let mut inputs = Vec::with_capacity(places.len() * features);
        for &place in places {
            inputs.extend_from_slice(&self.inputs[place * features..(place + 1) * features]);
        }
        let targets = match &self.targets {
            Targets::Classes { of, names } => Targets::Classes {
                of: places.iter().map(|&place| of[place]).collect(),
                names: names.clone(),
            },
            Targets::Values { values, names } => Targets::Values {
                values: places
                    .iter()
                    .flat_map(|&place| &values[place * names.len()..(place + 1) * names.len()])
                    .copied()
                    .collect(),
                names: names.clone(),
            },
        };
        Self {
            inputs,
            shape: self.shape,
            targets,
        }
    }

    /// Those of some classes, numbered in this order.
    ///
    /// # Errors
    /// A class that is not there.
    pub(crate) fn with_classes(&self, classes: &[String]) -> Result<Self, TaskError> {
        let Targets::Classes { of, names } = &self.targets else {
            return Err(TaskError::NotClasses);
        };
        let mut numbers = vec![None; names.len()];
        for (number, class) in classes.iter().enumerate() {
            let place = names.iter().position(|name| name == class);
            let place = place.ok_or_else(|| TaskError::NoClass {
                name: class.clone(),
                there: names.join(", "),
            })?;
            if numbers[place].replace(number as u32).is_some() {
                return Err(TaskError::ClassTwice {
                    name: class.clone(),
                });
            }
        }
        let kept: Vec<usize> = (0..of.len())
            .filter(|&example| numbers[of[example] as usize].is_some())
            .collect();
        let mut examples = self.at(&kept);
        examples.targets = Targets::Classes {
            of: kept
                .iter()
                .filter_map(|&example| numbers[of[example] as usize])
                .collect(),
            names: classes.to_vec(),
        };
        Ok(examples)
    }
}
