//! `[neurons.NAME]`: a population, of neurons or of artificial units.

use oscine_equations::{Dimension, Quantity};

use crate::declaration::kinds::{AtLeastOne, Expression, Filled, Maybe, Strings, Words};
use crate::declaration::named::{ExpressionsByName, override_with};
use crate::declaration::quantities::plain_quantity;
use crate::declaration::reference::Shape;
use crate::declaration::tables::AtMostOne;
use crate::declaration::words::IntegratorName;
use crate::declaration::{Declared, Keys, Table, ValueKind, key, table};
use crate::reading::fields::{At, Fields, text_of};
use crate::reading::models;
use crate::reading::quantities::{A_TIME, quantity};
use crate::reading::tree::{Kind, Node, Table as Tree};
use crate::{Entry, Mistake, Named, Text};

table! {
    /// A population: `count` cells that follow the same equations.
    pub struct Neurons {
        /// How many cells.
        count: usize = AtLeastOne, needs "`count = 100`";
        /// Brian2-style equations, one a line.
        equations: Text = Filled<Expression>;
        /// The condition at which a cell fires; a population without one never does.
        threshold: Option<Text> = Maybe<Filled<Expression>>;
        /// Statements carried out for the cells that fired.
        reset: Option<Text> = Maybe<Expression>;
        /// The refractory time or condition: for how long, or while what holds, a cell is deaf and does not fire.
        refractory: Option<Refractory> = Maybe<Refractory>;
        /// Constants, and expressions of `i`, `N`, `rand()`, `randn()`, `x`, `y`, `z` and other parameters, by name.
        parameters: Named<Text> = ExpressionsByName;
        /// Names in the equations that stand for an expression of time: `I = "step(t)"`.
        input: Named<Text> = ExpressionsByName;
        /// Where the variables start: expressions as for parameters.
        initial: Named<Text> = ExpressionsByName;
        /// The integrator by name, instead of the run's.
        integrator: Option<String> = IntegratorName;
        /// Where the cells lie; gives `x`, `y`, `z`.
        positions: Option<Positions> = AtMostOne<Positions>;
    }
    reads {
        /// The model that the population is made from: an entry of the catalogue, or a file of your own. Its parts are overridden key by key.
        model: Maybe<Words>;
        /// Noise currents of the catalogue, added to the equations.
        noise: Strings;
        /// The name of the model that the equations were made from; stands in written files instead of `model`.
        made_from: Maybe<Words>;
    }
    keeps {
        /// The catalogue's entry or the user's file that it was made from (already merged into the other fields).
        model: Option<String>;
    }
}

impl Table for Neurons {
    fn prepare(&mut self, fields: &Fields) -> bool {
        // The first of the known keys in a message.
        fields.take("count");
        let Some(entry) = models::of(fields, "neuron") else {
            return !fields.has("model");
        };
        self.fill_from(&entry);
        // What was an input of the model and is a parameter now no longer is an input, and the other way round.
        let written = |key: &str, name: &str| match fields.peek(key).map(|node| &node.kind) {
            Some(Kind::Table(table)) => table.get(name).is_some(),
            _ => false,
        };
        self.input.retain(|(name, _)| !written("parameters", name));
        self.parameters.retain(|(name, _)| !written("input", name));
        true
    }

    fn settle(&mut self, fields: &Fields) -> bool {
        let mut whole = fields.has("equations") || fields.has("model");
        if !whole {
            fields.missing(
                "equations",
                "`equations = \"dv/dt = -v/(10*ms) : 1\"`, or `model = \"lif\"`",
            );
        }
        for (name, _) in &self.input {
            if self
                .parameters
                .iter()
                .any(|(parameter, _)| parameter == name)
            {
                fields.note(Mistake::Contradiction {
                    table: fields.name.clone(),
                    first: format!("parameters.{name}"),
                    second: format!("input.{name}"),
                    help: format!(
                        "`{name}` is either a parameter or an expression of time; keep one"
                    ),
                });
            }
        }
        whole &= models::noises(fields, |node, noise| {
            if let Err(name) = self.append_noise(noise) {
                let mistake = twice(&fields.name, &noise.name, &name);
                fields.context.note(&node.place, mistake);
            }
        });
        let made_from = key!(made_from, "");
        whole & <Maybe<Words> as Keys>::read_from(fields, &made_from, &mut self.model)
    }

    fn wrote(&self, into: &mut Tree) {
        if let Some(model) = &self.model {
            into.add("made_from", Node::string(model));
        }
    }
}

/// A noise, and another equation of a name that it brings.
pub(crate) fn twice(table: &str, noise: &str, name: &str) -> Mistake {
    Mistake::Contradiction {
        table: table.into(),
        first: format!("noise = \"{noise}\""),
        second: format!("another equation of `{name}`"),
        help: "keep one of them, or write both as equations with names of their own".into(),
    }
}

/// When a cell is refractory.
#[derive(Clone, Debug, PartialEq)]
pub enum Refractory {
    /// A duration after each spike: an expression with the dimension of time, of parameters and `rand()`.
    Duration(Text),
    /// While a condition holds: `v > -20*mV`.
    While(Text),
}

impl Refractory {
    /// A condition where there is a comparison or logic in the text, else a duration.
    pub(crate) fn of(text: Text) -> Self {
        let written = &text.value;
        let compares = written.contains(['<', '>'])
            || written.contains("==")
            || written.contains("!=")
            || written
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .any(|word| matches!(word, "not" | "and" | "or" | "True" | "False"));
        match compares {
            true => Self::While(text),
            false => Self::Duration(text),
        }
    }
}

impl ValueKind for Refractory {
    type Value = Self;
    const IN_TEXT: bool = true;

    fn read(at: &At, node: &Node) -> Option<Self> {
        let time = || quantity(at.context, node, &at.called(), A_TIME, Dimension::SECOND);
        match &node.kind {
            Kind::Text(text, _) => {
                let refractory = Self::of(text_of(node)?);
                // A plain quantity must be a time; an expression is looked at when the equations are compiled.
                if matches!(refractory, Self::Duration(_)) && Quantity::parse(text.trim()).is_ok() {
                    time()?;
                }
                Some(refractory)
            }
            Kind::Integer(..) | Kind::Float(..) => {
                time()?;
                text_of(node).map(Self::Duration)
            }
            _ => at.wrong(
                node,
                "a time such as \"5 ms\", or a condition such as \"v > -20*mV\"",
            ),
        }
    }

    fn write(value: &Self) -> Option<Node> {
        let (Self::Duration(text) | Self::While(text)) = value;
        Expression::write(text)
    }

    fn wrong(value: &Self, what: &str) -> Option<Mistake> {
        let (Self::Duration(text) | Self::While(text)) = value;
        Filled::<Expression>::wrong(text, what).or_else(|| match value {
            Self::Duration(text) => {
                plain_quantity(text, what, A_SHORT_TIME, Dimension::SECOND).err()
            }
            Self::While(_) => None,
        })
    }

    fn shape() -> Shape {
        Shape::Expression
    }

    fn range() -> Option<&'static str> {
        Some("a time of 0 or more, or a condition")
    }
}

/// As a delay or a refractory time is asked for.
pub(crate) const A_SHORT_TIME: &str = "a time such as \"1.5 ms\"";

table! {
    /// Where the cells of a population lie: expressions of `i`, `N` and `rand()`, with the dimension of length or none.
    pub struct Positions {
        /// The first coordinate.
        x: Option<Text> = Maybe<Expression>;
        /// The second coordinate.
        y: Option<Text> = Maybe<Expression>;
        /// The third coordinate.
        z: Option<Text> = Maybe<Expression>;
    }
}

impl Default for Positions {
    fn default() -> Self {
        Self::blank()
    }
}

impl Table for Positions {
    fn settle(&mut self, fields: &Fields) -> bool {
        let is_empty = !["x", "y", "z"].iter().any(|axis| fields.has(axis));
        if is_empty {
            // How a key of the population is called.
            let what = fields.name.replacen("` of [", "` in [", 1);
            fields.note(Mistake::Empty { what });
        }
        !is_empty
    }
}

impl Neurons {
    /// Takes everything from an entry of the catalogue.
    pub(crate) fn fill_from(&mut self, entry: &Entry) {
        self.model = Some(entry.name.clone());
        self.equations = entry.equations.clone();
        self.threshold = entry.threshold.clone();
        self.reset = entry.reset.clone();
        self.refractory = entry.refractory.clone();
        self.parameters = entry.parameters.clone();
        self.initial = entry.initial.clone();
        self.input = entry.input.clone();
        self.integrator = entry.integrator.clone();
    }
}

impl Neurons {
    /// Appends equations line by line, each where no equation of that name is there yet.
    pub(crate) fn add_equations(&mut self, equations: &Text) {
        let defined = |text: &str| oscine_equations::declared_names(text).unwrap_or_default();
        let lines = equations.value.lines();
        for line in lines.filter(|line| !line.trim().is_empty()) {
            let known = defined(&self.equations.value);
            if defined(line).iter().any(|name| known.contains(name)) {
                continue;
            }
            // What was added is in no file; what stands before it keeps its place there.
            let written = self.equations.value.trim_end().len();
            let direct = self.equations.place.take();
            let direct = direct.filter(|place| place.len() <= self.equations.value.len());
            self.equations.place =
                direct.map(|place| place.start..place.end.min(place.start + written));
            self.equations.value.truncate(written);
            self.equations.value.push('\n');
            self.equations.value.push_str(line);
            self.equations.value.push('\n');
        }
    }

    /// Appends a noise of the catalogue; what the population says of its parameters and initial values stands.
    ///
    /// # Errors
    /// The name of an equation that both have.
    pub(crate) fn append_noise(&mut self, noise: &Entry) -> Result<(), String> {
        let defined = |text: &str| oscine_equations::declared_names(text).unwrap_or_default();
        let known = defined(&self.equations.value);
        let of_noise = defined(&noise.equations.value);
        if let Some(name) = of_noise.into_iter().find(|name| known.contains(name)) {
            return Err(name);
        }
        self.add_equations(&noise.equations);
        let absent = |own: &Named<Text>, new: &Named<Text>| -> Named<Text> {
            let there = |name: &String| own.iter().any(|(known, _)| known == name);
            new.iter()
                .filter(|(name, _)| !there(name))
                .cloned()
                .collect()
        };
        let parameters = absent(&self.input, &absent(&self.parameters, &noise.parameters));
        self.parameters.extend(parameters);
        let initial = absent(&self.initial, &noise.initial);
        self.initial.extend(initial);
        Ok(())
    }

    /// Replaces or adds parameters; what was an input of the model by that name no longer is.
    pub(crate) fn override_parameters(&mut self, new: Named<Text>) {
        self.input
            .retain(|(input, _)| new.iter().all(|(name, _)| name != input));
        override_with(&mut self.parameters, new);
    }

    /// Replaces or adds inputs; what was a parameter of the model by that name (a current of 0) no longer is.
    pub(crate) fn override_input(&mut self, new: Named<Text>) {
        self.parameters
            .retain(|(parameter, _)| new.iter().all(|(name, _)| name != parameter));
        override_with(&mut self.input, new);
    }
}
