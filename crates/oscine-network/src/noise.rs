//! `[noise.NAME]`: noise at named places of neurons and layers.

use crate::declaration::kinds::{Expression, Filled, Maybe, Range, Texts, Within};
use crate::declaration::quantities::{Time, not_positive};
use crate::declaration::reference::Shape;
use crate::declaration::words::Choice;
use crate::declaration::{Table, ValueKind, table, variants, words};
use crate::reading::fields::{At, Fields};
use crate::reading::slices;
use crate::reading::tree::{Kind, Node};
use crate::{Mistake, Slice, Text};

table! {
    /// Noise at one or more places of the network.
    pub struct Noise {
        /// Places: `cell.x`, an input or variable of a population; of layers `hidden.input` (what comes to the layer), `hidden.weights`, `hidden.sum`
        /// (before the activation), `hidden.activation` (after it), `training.gradients`, `training.targets`, `training.labels`.
        at: Vec<Text> = Texts, needs "`at = \"cells.x\"`";
        /// What kind.
        kind: NoiseKind = NoiseKind, or NoiseKind::Gaussian;
        /// Its standard deviation (Ornstein–Uhlenbeck: stationary; white: per √Hz), with the unit of its place; of dropout, salt-and-pepper and labels
        /// a probability. Of layers it may be an expression of `epoch` and `step`, counted from 0.
        level: Text = Filled<Level>, needs "`level = 0.1`, with the unit of its place";
        /// When the noise of layers acts.
        when: When = Choice<When>, usually When::Training;
    }
}

impl Table for Noise {
    fn settle(&mut self, fields: &Fields) -> bool {
        if let (Some(node), false) = (fields.peek("correlation"), self.kind.lasts_by_name())
            && fields.writes("kind", self.kind.name())
        {
            fields.take("correlation");
            let mistake = Mistake::Contradiction {
                table: fields.name.clone(),
                first: format!("kind = \"{}\"", self.kind.name()),
                second: "correlation".into(),
                help: "only \"ornstein-uhlenbeck\" and \"pink\" noise is correlated in time".into(),
            };
            fields.context.note(&node.place, mistake);
            return false;
        }
        true
    }
}

variants! {
    /// The kinds of noise. Layers have no time but steps, and so no white noise.
    #[derive(Copy)]
    pub enum NoiseKind by "kind" "What kind.", needs "`kind = \"gaussian\"`" {
        /// White noise: `level * xi`, white in time.
        White = "white";
        /// A fresh normal number at each step, `level` wide whatever dt is.
        Gaussian = "gaussian";
        /// A fresh uniform number at each step, of standard deviation `level`.
        Uniform = "uniform";
        /// The value times a normal number of mean 1 and standard deviation `level`.
        Multiplicative = "multiplicative";
        /// With probability `level` 0, else divided by what is kept, so that the mean stays. Srivastava et al. (2014) JMLR 15:1929.
        Dropout = "dropout";
        /// With probability `level` 0 or 1, each as likely.
        SaltAndPepper = "salt-and-pepper";
        /// A normal number whose power falls as one over frequency.
        ///
        /// Of layers over 2 to 1,024 steps of a training: the sum of numbers held for 1, 2, 4 … steps (Voss, in Gardner 1978, Sci. Am. 238(4):16).
        /// Of neurons from dt to the longest time that it lasts: the sum of Ornstein–Uhlenbeck processes, each four times as long as the one before
        /// and all as wide (Bernamont 1937, Ann. Phys. 11(7):71).
        Pink = "pink" {
            /// The longest time that it lasts, of neurons.
            longest as "correlation": Option<Correlation> = Maybe<Correlation>;
        };
        /// An Ornstein–Uhlenbeck process: correlated over a time; stationary from the start, exact for any dt.
        OrnsteinUhlenbeck = "ornstein-uhlenbeck" {
            /// The time, or the number of steps of a training, after which the correlation is 1/e.
            correlation: Correlation = Correlation, needs "`correlation = \"2 ms\"`", or Correlation::Time(1.0);
        };
    }
}

impl NoiseKind {
    /// Whether the level has no unit, whatever the unit of its place: a probability, or a share of what is there.
    pub fn is_relative(self) -> bool {
        matches!(
            self,
            Self::Multiplicative | Self::Dropout | Self::SaltAndPepper
        )
    }

    /// How long it lasts, where that is written.
    pub(crate) fn correlation(self) -> Option<Correlation> {
        match self {
            Self::OrnsteinUhlenbeck { correlation } => Some(correlation),
            Self::Pink { longest } => longest,
            _ => None,
        }
    }

    /// Whether noise of this kind can be correlated in time.
    fn lasts_by_name(self) -> bool {
        matches!(self, Self::OrnsteinUhlenbeck { .. } | Self::Pink { .. })
    }
}

words! {
    /// When the noise of layers acts.
    pub enum When, usually Training {
        /// While the network learns.
        Training = "training",
        /// While it is judged.
        Test = "test",
        /// Always.
        Both = "both",
    }
}

/// How long a noise lasts: neurons have time, layers have steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Correlation {
    /// s.
    Time(f64),
    /// Steps of the training.
    Steps(f64),
}

impl ValueKind for Correlation {
    type Value = Self;

    fn read(at: &At, node: &Node) -> Option<Self> {
        match node.kind {
            Kind::Integer(steps, _) => Some(Self::Steps(steps as f64)),
            Kind::Float(steps, _) => Some(Self::Steps(steps)),
            _ => Time::read(at, node).map(Self::Time),
        }
    }

    fn write(value: &Self) -> Option<Node> {
        match value {
            Self::Time(time) => Time::write(time),
            Self::Steps(steps) => Some(Node::number(*steps)),
        }
    }

    fn wrong(value: &Self, what: &str) -> Option<Mistake> {
        match *value {
            Self::Time(time) => not_positive(time, what, "s"),
            Self::Steps(steps) => not_positive(steps, what, "steps"),
        }
    }

    fn shape() -> Shape {
        Shape::Either(vec![Time::shape(), Shape::Number])
    }

    fn range() -> Option<&'static str> {
        Some("more than 0")
    }
}

/// A level, which is not negative.
type Level = Within<Expression, NotBelowZero>;

struct NotBelowZero;

impl Range for NotBelowZero {
    type Value = Text;
    const SAYS: &'static str = "0 or more";
    const IN_TEXT: bool = true;

    fn wrong(value: &Text, what: &str) -> Option<Mistake> {
        let negative = value.value.trim().starts_with('-');
        negative.then(|| Mistake::Negative {
            what: what.into(),
            value: value.value.clone(),
        })
    }
}

/// A place of noise in a population or a projection: `cells.x`, `cells[0:10].x`, `synapses.delay`.
#[derive(Clone, Debug, PartialEq)]
pub struct NoisePlace<'a> {
    /// Which cells.
    pub of: Slice,
    /// Their input, or `delay`.
    pub variable: &'a str,
}

impl<'a> NoisePlace<'a> {
    /// Reads a place as it stands in `at`; `None` where it is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (of, variable) = text.trim().rsplit_once('.')?;
        let of = slices::parse(of).ok()?;
        slices::is_name(variable).then_some(Self { of, variable })
    }
}
