//! Examples: what a network sees, and what should be said of it. Whoever reads data makes them; layers learn from them, and neurons are shown them.

/// Examples of a data set: inputs and targets.
#[derive(Clone, Debug, PartialEq)]
pub struct Examples {
    /// `[example][channel, row, column]`; pixels from 0 to 1.
    pub inputs: Vec<f32>,
    /// Shape of one example.
    pub shape: Shape,
    /// What should come out.
    pub targets: Targets,
}

/// The shape of a signal, an example's or a layer's: images, or a list (`channels` numbers, of height and width 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Images, or numbers.
    pub channels: usize,
    /// Pixels.
    pub height: usize,
    /// Pixels.
    pub width: usize,
}

/// Targets of examples: what should come out of the last layer.
#[derive(Clone, Debug, PartialEq)]
pub enum Targets {
    /// Class labels: 1 at the output of its class, 0 elsewhere.
    Classes {
        /// The class of each example.
        of: Vec<u32>,
        /// What the classes are called.
        names: Vec<String>,
    },
    /// Target values.
    Values {
        /// `[example][output]`.
        values: Vec<f64>,
        /// What the outputs are called.
        names: Vec<String>,
    },
}

impl Shape {
    /// The shape of a list of numbers.
    #[must_use]
    pub fn list(numbers: usize) -> Self {
        Self {
            channels: numbers,
            height: 1,
            width: 1,
        }
    }

    /// The number of features: numbers in all.
    #[must_use]
    pub fn features(self) -> usize {
        self.channels * self.height * self.width
    }
}

impl Targets {
    /// The number of outputs: one for each class, or for each value.
    #[must_use]
    pub fn outputs(&self) -> usize {
        match self {
            Self::Classes { names, .. } | Self::Values { names, .. } => names.len(),
        }
    }

    /// The names of the classes, where there are any.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        match self {
            Self::Classes { names, .. } => names,
            Self::Values { .. } => &[],
        }
    }

    /// The target outputs as numbers, `[example][output]`: a class is 1 at its own output, 0 elsewhere.
    #[must_use]
    pub fn as_values(&self) -> Vec<f64> {
        match self {
            Self::Values { values, .. } => values.clone(),
            Self::Classes { of, names } => {
                let mut values = vec![0.0; of.len() * names.len()];
                for (example, &class) in of.iter().enumerate() {
                    values[example * names.len() + class as usize] = 1.0;
                }
                values
            }
        }
    }
}

impl Examples {
    /// The number of examples.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.targets {
            Targets::Classes { of, .. } => of.len(),
            Targets::Values { values, names } => values.len() / names.len().max(1),
        }
    }

    /// Whether there is no example.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
