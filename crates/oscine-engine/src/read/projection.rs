//! A projection, read and planned: the synapse's own variables, the names of its two cells, what a spike does.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use oscine_equations::graph::SymbolKind;
use oscine_equations::integrator::Integrator;
use oscine_equations::{
    Dimension, Expression, Graph, Model, Scope, Subexpression, Symbol, Write, resolve_as,
    resolve_statements,
};
use oscine_network::{Connect, Delay, Experiment, Synapses, Text};

use crate::error::{BuildError, equation_error};
use crate::read::cells::value_of;
use crate::read::ends::{Borrowed, Side, bind_cell, import, of_time, split_side};
use crate::read::functions::{TimeFunction, graph_calling};
use crate::read::groups::{GroupDraft, find_group, slice_range};
use crate::read::jitter::Jitter;
use crate::read::parameters::{
    ParameterDraft, Phased, declared_parameters, initials, undeclared_parameters,
};
use crate::read::protocol;
use crate::read::scope::{given, time_scope};

/// Lower and upper bound of a value that is drawn again outside of them.
pub(crate) type RedrawBounds = (Option<Expression>, Option<Expression>);

/// A projection, read.
pub(crate) struct SynapseDraft {
    pub name: String,
    pub from: usize,
    pub to: usize,
    pub from_range: Range<usize>,
    pub to_range: Range<usize>,
    pub connect: Connect,
    pub graph: Graph,
    pub model: Model,
    pub parameters: Vec<ParameterDraft>,
    pub initials: Vec<(String, Expression)>,
    pub bounds: HashMap<String, RedrawBounds>,
    pub replaced: HashMap<Symbol, Expression>,
    pub on_pre: Vec<Write>,
    pub on_post: Vec<Write>,
    pub delay: DelayDraft,
    pub delay_post: DelayDraft,
    /// What changes the delay of every spike.
    pub jitters: Vec<Jitter>,
    /// Condition and probability of a connection by condition.
    pub condition: Option<(Expression, Option<Expression>)>,
    pub integrator: Option<Integrator>,
    /// Parameters that phases of the protocol set.
    pub phased: Vec<Phased>,
    /// Draws of the two cells that its programs read.
    pub borrowed: Vec<Borrowed>,
    pub notes: Vec<String>,
}

/// A delay, read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DelayDraft {
    pub value: Expression,
    pub lower: Option<Expression>,
    pub upper: Option<Expression>,
}

impl SynapseDraft {
    /// Reads a projection, and notes which variables of its target it writes.
    pub fn read(
        experiment: &Experiment,
        functions: &[TimeFunction],
        name: &str,
        synapses: &Synapses,
        groups: &mut [GroupDraft],
    ) -> Result<Self, BuildError> {
        let owner = format!("[synapses.{name}]");
        let from = find_group(groups, &synapses.from, &format!("{owner} from"))?;
        let to = find_group(groups, &synapses.to, &format!("{owner} to"))?;
        let mut graph = graph_calling(functions);
        let mut scope = time_scope(functions);
        for index in ["i", "j"] {
            scope.bind(index, given(Dimension::DIMENSIONLESS));
        }
        bind_cell(&mut scope, &groups[from], &["_pre"]);
        bind_cell(&mut scope, &groups[to], &["_post", ""]);
        let (model, mut parameters) =
            model_and_parameters(experiment, name, synapses, &mut graph, &mut scope)?;
        let initials = initials(
            &mut graph,
            &model,
            &synapses.initial,
            &format!("{owner} initial"),
        )?;
        let mut statements = |text: &Option<Text>, key: &str| match text {
            Some(text) => resolve_statements(&mut graph, &model.scope, &text.value)
                .map_err(|error| equation_error(text, &format!("{owner} {key}"), error)),
            None => Ok(Vec::new()),
        };
        let (on_pre, on_post) = (
            statements(&synapses.on_pre, "on_pre")?,
            statements(&synapses.on_post, "on_post")?,
        );
        let mut replaced = HashMap::new();
        let step = graph.constant(experiment.run.dt);
        replaced.insert(graph.name("dt"), step);
        let has_equation = |name: &str| {
            model.states.iter().any(|state| state.name == name)
                || model.subexpressions.iter().any(|known| known.name == name)
        };
        let phased = protocol::Parameters {
            experiment,
            population: name,
            graph: &mut graph,
            scope: &model.scope,
            parameters: &mut parameters,
            replaced: &mut replaced,
        };
        let phased = phased.put(&|_| false, &has_equation)?;
        let writes = on_pre.iter().chain(&on_post);
        let writes = writes.map(|write| write.name.as_str());
        protocol::refuse_writes(name, &phased, writes)?;
        let mut reading = Texts {
            graph: &mut graph,
            scope: &model.scope,
            owner: &owner,
        };
        let delay = reading.delay(&synapses.delay, "delay")?;
        let delay_post = reading.delay(&synapses.delay_post, "delay_post")?;
        let condition = reading.condition(&synapses.connect)?;
        let bounds = reading.bounds(synapses, &model, &parameters, &phased)?;
        let integrator = synapses
            .integrator
            .as_ref()
            .or(experiment.run.integrator.as_ref())
            .map(|name| name.parse())
            .transpose()
            .map_err(|message: String| {
                BuildError::description(format!("{owner} integrator"), message)
            })?;
        let draft = Self {
            name: name.to_owned(),
            from,
            to,
            from_range: slice_range(&synapses.from, groups[from].count()),
            to_range: slice_range(&synapses.to, groups[to].count()),
            connect: synapses.connect.clone(),
            graph,
            model,
            parameters,
            initials,
            bounds,
            replaced,
            on_pre,
            on_post,
            delay,
            delay_post,
            jitters: Jitter::of(experiment, name)?,
            condition,
            integrator,
            phased,
            borrowed: Vec::new(),
            notes: Vec::new(),
        };
        draft.note_what_is_written(groups)?;
        Ok(draft)
    }

    /// True where the name is the synapse's own: a variable or a parameter.
    pub fn is_own(&self, name: &str) -> bool {
        self.model.states.iter().any(|state| state.name == name)
            || self
                .parameters
                .iter()
                .any(|parameter| parameter.name == name)
    }

    fn note_what_is_written(&self, groups: &mut [GroupDraft]) -> Result<(), BuildError> {
        let owner = format!("[synapses.{}]", self.name);
        let mut written = BTreeSet::new();
        for write in self.on_pre.iter().chain(&self.on_post) {
            if self.is_own(&write.name) {
                continue;
            }
            let (plain, side) = split_side(&write.name);
            if side == Side::Pre {
                return Err(BuildError::description(
                    owner,
                    format!(
                        "`{}` cannot be written: a synapse changes itself and its target",
                        write.name
                    ),
                )
                .with_help(
                    "let the presynaptic population keep this variable itself, in its reset",
                ));
            }
            written.insert(plain.to_owned());
        }
        let subexpressions = self.model.subexpressions.iter();
        for sum in subexpressions.filter(|known| known.summed) {
            written.insert(self.summed_variable(sum, &groups[self.to])?);
        }
        if let GroupDraft::Cells(cells) = &mut groups[self.to] {
            cells.written.extend(written);
        }
        Ok(())
    }

    /// The parameter of the target that takes a sum over its synapses.
    fn summed_variable(
        &self,
        sum: &Subexpression,
        target: &GroupDraft,
    ) -> Result<String, BuildError> {
        let wrong =
            |message: String| BuildError::description(format!("[synapses.{}]", self.name), message);
        let (plain, side) = split_side(&sum.name);
        if side == Side::Pre || plain == sum.name {
            return Err(wrong(format!(
                "`{}` is summed over the synapses of each target: call it `NAME_post`",
                sum.name
            )));
        }
        let GroupDraft::Cells(cells) = target else {
            return Ok(plain.to_owned());
        };
        let mut parameters = cells.model.parameters.iter();
        match parameters.find(|known| known.name == plain) {
            Some(parameter) if parameter.dimension == sum.dimension => Ok(plain.to_owned()),
            Some(parameter) => Err(wrong(format!(
                "`{}` is in {}, but `{plain}` of the target in {}",
                sum.name, sum.dimension, parameter.dimension
            ))),
            None => Err(wrong(format!(
                "the target has no parameter `{plain}` for the sum `{}`",
                sum.name
            ))
            .with_help(format!(
                "add `{plain} : {}` to its equations",
                sum.dimension
            ))),
        }
    }

    /// Expressions in which every name of a cell that is no column stands for what it means in that cell.
    pub fn replace(
        &mut self,
        expressions: &[Expression],
        groups: &mut [GroupDraft],
        is_column: &dyn Fn(usize, &str) -> bool,
    ) -> Vec<Expression> {
        let mut current = expressions.to_vec();
        // What a cell's name stands for holds columns of the cell only, so that this comes to its end.
        loop {
            let names: Vec<(Symbol, String)> = self
                .graph
                .symbols_of(&current)
                .into_iter()
                .filter(|symbol| !self.replaced.contains_key(symbol))
                .filter_map(|symbol| match self.graph.symbol_kind(symbol) {
                    SymbolKind::Named(name) => Some((symbol, name.clone())),
                    _ => None,
                })
                .collect();
            for (symbol, name) in names {
                if self.is_own(&name) || ["i", "j"].contains(&name.as_str()) || of_time(&name) {
                    continue;
                }
                let (plain, side) = split_side(&name);
                let group = if side == Side::Pre {
                    self.from
                } else {
                    self.to
                };
                if is_column(group, plain) {
                    continue;
                }
                let GroupDraft::Cells(cells) = &mut groups[group] else {
                    continue;
                };
                if let Some(expression) = value_of(cells, plain) {
                    let expression = cells.replace(&[expression])[0];
                    let image =
                        import(&mut self.graph, cells, expression, side, &mut self.borrowed);
                    self.replaced.insert(symbol, image);
                }
            }
            let next = self.graph.substitute(&current, &self.replaced);
            if next == current {
                return current;
            }
            current = next;
        }
    }
}

/// The equations of a projection and its parameters, those that the equations declare and those that they only name.
fn model_and_parameters(
    experiment: &Experiment,
    name: &str,
    synapses: &Synapses,
    graph: &mut Graph,
    scope: &mut Scope,
) -> Result<(Model, Vec<ParameterDraft>), BuildError> {
    let in_equations = |error| {
        let owner = format!("[synapses.{name}] equations");
        equation_error(&synapses.equations, &owner, error)
    };
    let equations = &synapses.equations.value;
    let declared = oscine_equations::declared_names(equations).map_err(in_equations)?;
    let (texts, undeclared): (Vec<_>, Vec<_>) = synapses
        .parameters
        .iter()
        .cloned()
        .partition(|(name, _)| declared.contains(name));
    let owner = format!("[synapses.{name}] parameters");
    let values = protocol::values_of(experiment, name);
    let changing = |name: &str| values.iter().any(|(known, _)| known == name);
    let mut parameters = undeclared_parameters(graph, scope, undeclared, &changing, &owner)?;
    let model = Model::compile(graph, equations, scope).map_err(in_equations)?;
    let values = declared_parameters(graph, &model, &texts, &|_| false, &owner)?;
    parameters.extend(values);
    Ok((model, parameters))
}

/// Reads the further texts of a projection.
struct Texts<'a> {
    graph: &'a mut Graph,
    scope: &'a Scope,
    owner: &'a str,
}

impl Texts<'_> {
    fn read(
        &mut self,
        text: &Text,
        dimension: Dimension,
        key: &str,
        what: &str,
    ) -> Result<Expression, BuildError> {
        resolve_as(self.graph, self.scope, &text.value, dimension, what)
            .map_err(|error| equation_error(text, &format!("{} {key}", self.owner), error))
    }

    fn delay(&mut self, delay: &Delay, key: &str) -> Result<DelayDraft, BuildError> {
        let second = Dimension::SECOND;
        let value = match &delay.value {
            Some(text) => self.read(text, second, key, "the delay")?,
            None => self.graph.constant(0.0),
        };
        let mut bound = |text: &Option<Text>| {
            text.as_ref()
                .map(|text| self.read(text, second, key, "a bound of the delay"))
                .transpose()
        };
        Ok(DelayDraft {
            value,
            lower: bound(&delay.lower)?,
            upper: bound(&delay.upper)?,
        })
    }

    fn condition(
        &mut self,
        connect: &Connect,
    ) -> Result<Option<(Expression, Option<Expression>)>, BuildError> {
        let Connect::Condition {
            condition,
            probability,
        } = connect
        else {
            return Ok(None);
        };
        let owner = format!("{} connect", self.owner);
        let holds = oscine_equations::resolve_condition(
            self.graph,
            self.scope,
            &condition.value,
            "the condition of a connection",
        )
        .map_err(|error| equation_error(condition, &owner, error))?;
        let probability = match probability {
            Some(text) => {
                Some(self.read(text, Dimension::DIMENSIONLESS, "connect", "the probability")?)
            }
            None => None,
        };
        Ok(Some((holds, probability)))
    }

    fn bounds(
        &mut self,
        synapses: &Synapses,
        model: &Model,
        parameters: &[ParameterDraft],
        phased: &[Phased],
    ) -> Result<HashMap<String, RedrawBounds>, BuildError> {
        let mut bounds = HashMap::new();
        for (name, (lower, upper)) in &synapses.bounds {
            let dimension = parameters
                .iter()
                .find(|parameter| parameter.name == *name)
                .map(|parameter| parameter.dimension)
                .or_else(|| {
                    model
                        .states
                        .iter()
                        .find(|state| state.name == *name)
                        .map(|state| state.dimension)
                })
                .or_else(|| {
                    let known = phased.iter().find(|known| known.name == *name)?;
                    Some(known.dimension)
                });
            let Some(dimension) = dimension else { continue };
            let mut bound = |text: &Option<Text>| {
                text.as_ref()
                    .map(|text| self.read(text, dimension, name, "a bound"))
                    .transpose()
            };
            let kept = phased.iter().find(|known| known.name == *name);
            let kept = kept.map_or(name, |known| &known.kept);
            bounds.insert(kept.clone(), (bound(lower)?, bound(upper)?));
        }
        Ok(bounds)
    }
}
