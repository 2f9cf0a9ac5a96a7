//! Reads a population's texts, in the order in which names get their meaning.

use std::collections::{BTreeSet, HashMap};

use oscine_equations::integrator::Integrator;
use oscine_equations::{
    Binding, Dimension, Expression, Graph, Model, Scope, Symbol, declared_names, resolve,
    resolve_as, resolve_condition, resolve_statements,
};
use oscine_network::{Experiment, Neurons, NoisePlace, Refractory, Text};

use crate::error::{BuildError, equation_error};
use crate::read::cells::{CellDraft, NoiseDraft, Refractoriness};
use crate::read::functions::{TimeFunction, graph_calling};
use crate::read::names::circle_sentence;
use crate::read::parameters::{
    ParameterDraft, declared_parameters, initials, undeclared_parameters,
};
use crate::read::protocol;
use crate::read::scope::cell_scope;

/// A population while it is read.
pub(crate) struct PopulationReader<'a> {
    pub(crate) experiment: &'a Experiment,
    pub(crate) neurons: &'a Neurons,
    pub(crate) name: &'a str,
    /// What stands before a key where it is said whose text is wrong: `[neurons.cells] `, or nothing.
    table: String,
    /// Parameters that are no constants whatever their value.
    open: &'a [&'a str],
    pub graph: Graph,
    pub scope: Scope,
    declared: Vec<String>,
    /// Inputs with the text of the parameter that a noise is added to.
    inputs: Vec<(String, Text)>,
    parameters: Vec<ParameterDraft>,
    pub(crate) noises: Vec<NoiseDraft>,
    notes: Vec<String>,
}

impl<'a> PopulationReader<'a> {
    pub(crate) fn new(
        experiment: &'a Experiment,
        functions: &[TimeFunction],
        name: Option<&'a str>,
        neurons: &'a Neurons,
        open: &'a [&'a str],
    ) -> Result<Self, BuildError> {
        let table = name.map_or_else(String::new, |name| format!("[neurons.{name}] "));
        let name = name.unwrap_or_default();
        let declared = declared_names(&neurons.equations.value).map_err(|error| {
            equation_error(&neurons.equations, &format!("{table}equations"), error)
        })?;
        let mut inputs = neurons.input.clone();
        // Noise at a parameter makes it an input: its constant, and the noise.
        for noise in &experiment.noise {
            for place in &noise.1.at {
                let Some(NoisePlace { variable, .. }) =
                    NoisePlace::parse(&place.value).filter(|place| place.of.name == name)
                else {
                    continue;
                };
                if inputs.iter().any(|(known, _)| known == variable) {
                    continue;
                }
                let constant = neurons
                    .parameters
                    .iter()
                    .find(|(known, _)| known == variable);
                match constant {
                    Some((_, text)) => inputs.push((variable.to_owned(), text.clone())),
                    None if declared.iter().any(|known| known == variable) => {
                        inputs.push((variable.to_owned(), Text::new("0")));
                    }
                    None => {
                        return Err(BuildError::description(
                            format!("[noise.{}] at", noise.0),
                            format!("[neurons.{name}] has no input or parameter `{variable}`"),
                        )
                        .with_help(
                            "noise is added to an input, or to a parameter that the equations read",
                        )
                        .at(place.place.clone()));
                    }
                }
            }
        }
        Ok(Self {
            experiment,
            neurons,
            name,
            table,
            open,
            graph: graph_calling(functions),
            scope: cell_scope(functions, neurons.count),
            declared,
            inputs,
            parameters: Vec::new(),
            noises: Vec::new(),
            notes: Vec::new(),
        })
    }

    pub(crate) fn owner(&self, key: &str) -> String {
        format!("{}{key}", self.table)
    }

    fn is_input(&self, name: &str) -> bool {
        self.inputs.iter().any(|(input, _)| input == name)
    }

    fn is_declared(&self, name: &str) -> bool {
        self.declared.iter().any(|known| known == name)
    }

    /// Parameters that the equations do not declare: constants, or numbers of each cell.
    pub(crate) fn undeclared_parameters(&mut self) -> Result<(), BuildError> {
        let positions = self.neurons.positions.iter().flat_map(|positions| {
            [
                ("x", &positions.x),
                ("y", &positions.y),
                ("z", &positions.z),
            ]
            .into_iter()
            .filter_map(|(name, text)| Some((name.to_owned(), text.clone()?)))
        });
        let open: Vec<(String, Text)> = positions
            .chain(self.neurons.parameters.iter().cloned())
            .filter(|(name, _)| !self.is_declared(name) && !self.is_input(name))
            .collect();
        let owner = self.owner("parameters");
        let phased = protocol::values_of(self.experiment, self.name);
        let changing =
            |name: &str| self.open.contains(&name) || phased.iter().any(|(known, _)| known == name);
        let (graph, scope) = (&mut self.graph, &mut self.scope);
        let found = undeclared_parameters(graph, scope, open, &changing, &owner)?;
        self.parameters.extend(found);
        Ok(())
    }

    /// Inputs that the equations do not declare: names for expressions of time.
    pub(crate) fn undeclared_inputs(&mut self) -> Result<(), BuildError> {
        let open: Vec<(String, Text)> = self
            .inputs
            .iter()
            .filter(|(name, _)| !self.is_declared(name))
            .cloned()
            .collect();
        for (name, text) in open {
            let owner = self.owner(&format!("input.{name}"));
            let typed = resolve(&mut self.graph, &self.scope, &text.value)
                .map_err(|error| equation_error(&text, &owner, error))?;
            let scope = self.scope.clone();
            let input = self.input(&name, typed.expression, typed.dimension, &scope)?;
            let expression = self.add_noise(&name, input, typed.dimension)?;
            let binding = Binding::Expression {
                expression,
                dimension: typed.dimension,
            };
            self.scope.bind(name, binding);
        }
        Ok(())
    }

    /// An input as the file gives it, or a phase of the protocol.
    fn input(
        &mut self,
        name: &str,
        of_file: Expression,
        dimension: Dimension,
        scope: &Scope,
    ) -> Result<Expression, BuildError> {
        let of_file = self.held(name, "without noise", of_file, dimension);
        let phased = protocol::values_of(self.experiment, self.name);
        let Some((_, values)) = phased.into_iter().find(|(known, _)| known == name) else {
            return Ok(of_file);
        };
        let mut chosen = Vec::new();
        for value in values {
            let expression = value.resolve(&mut self.graph, scope, dimension, self.name, name)?;
            let when = format!("in phase {}", value.phase + 1);
            let expression = self.held(name, &when, expression, dimension);
            chosen.push((value.phase, expression));
        }
        Ok(protocol::choose(&mut self.graph, of_file, &chosen))
    }

    /// A parameter that only noise makes an input keeps the value that it had at the start, `rand()` and all.
    fn held(
        &mut self,
        name: &str,
        when: &str,
        value: Expression,
        dimension: Dimension,
    ) -> Expression {
        let driven = self.neurons.input.iter().any(|(input, _)| input == name);
        if driven || self.graph.constant_value(value).is_some() {
            return value;
        }
        let hidden = format!("{name} {when}");
        self.parameters.push(ParameterDraft {
            name: hidden.clone(),
            dimension,
            value,
        });
        self.graph.named(&hidden)
    }

    pub(crate) fn finish(mut self, model: Model) -> Result<CellDraft, BuildError> {
        let mut replaced = HashMap::new();
        let step = self.graph.constant(self.experiment.run.dt);
        replaced.insert(self.graph.name("dt"), step);
        self.check_flags(&model)?;
        for held in model
            .subexpressions
            .iter()
            .filter(|known| known.constant_over_dt)
        {
            replaced.insert(self.graph.name(&held.name), held.expression);
        }
        self.declared_inputs(&model, &mut replaced)?;
        let owner = self.owner("parameters");
        let inputs: Vec<String> = self.inputs.iter().map(|(name, _)| name.clone()).collect();
        let is_input = |name: &str| inputs.iter().any(|input| input == name);
        let texts = &self.neurons.parameters;
        let declared = declared_parameters(&mut self.graph, &model, texts, &is_input, &owner)?;
        self.parameters.extend(declared);
        let has_equation = |name: &str| {
            model.states.iter().any(|state| state.name == name)
                || model.subexpressions.iter().any(|known| known.name == name)
        };
        let phased = protocol::Parameters {
            experiment: self.experiment,
            population: self.name,
            graph: &mut self.graph,
            scope: &model.scope,
            parameters: &mut self.parameters,
            replaced: &mut replaced,
        };
        let phased = phased.put(&is_input, &has_equation)?;
        self.refuse_circles(&replaced)?;
        let owner = self.owner("initial");
        let initials = initials(&mut self.graph, &model, &self.neurons.initial, &owner)?;
        let threshold = match &self.neurons.threshold {
            Some(text) => Some(self.threshold(&model, text)?),
            None => None,
        };
        let reset = match &self.neurons.reset {
            Some(text) => resolve_statements(&mut self.graph, &model.scope, &text.value)
                .map_err(|error| equation_error(text, &self.owner("reset"), error))?,
            None => Vec::new(),
        };
        let refractory = self.refractory(&model)?;
        let integrator =
            match self
                .neurons
                .integrator
                .as_ref()
                .or(self.experiment.run.integrator.as_ref())
            {
                Some(name) => Some(name.parse::<Integrator>().map_err(|message| {
                    BuildError::description(self.owner("integrator"), message)
                })?),
                None => None,
            };
        if threshold.is_none() && self.neurons.reset.is_some() {
            self.notes.push(format!(
                "{}: without a threshold the reset never happens",
                self.name
            ));
        }
        let mut draft = CellDraft {
            name: self.name.to_owned(),
            count: self.neurons.count,
            model_name: self.neurons.model.clone(),
            graph: self.graph,
            model,
            parameters: self.parameters,
            noises: self.noises,
            replaced,
            initials,
            threshold,
            reset,
            refractory,
            integrator,
            written: BTreeSet::new(),
            phased,
            notes: self.notes,
        };
        draft.replace_not_refractory();
        Ok(draft)
    }

    /// Inputs that are made of each other have no value.
    fn refuse_circles(&self, replaced: &HashMap<Symbol, Expression>) -> Result<(), BuildError> {
        let Some(circle) = self.graph.circle(replaced) else {
            return Ok(());
        };
        let in_circle = |name: &str| {
            let symbol = self.graph.find(name);
            symbol.is_some_and(|symbol| circle.contains(&symbol))
        };
        let input = self.inputs.iter().find(|(name, _)| in_circle(name));
        let (key, place) = match input {
            Some((name, text)) => (format!("input.{name}"), text.place.clone()),
            None => ("input".to_owned(), None),
        };
        let message = circle_sentence(&self.graph, &circle);
        Err(BuildError::description(self.owner(&key), message)
            .with_help("say one of them without the others")
            .at(place))
    }

    /// Flags that only mean something in synapses.
    fn check_flags(&self, model: &Model) -> Result<(), BuildError> {
        let event_driven = model.states.iter().find(|state| state.event_driven);
        let summed = model.subexpressions.iter().find(|known| known.summed);
        let found = event_driven
            .map(|state| ("event-driven", state.span.clone()))
            .or(summed.map(|known| ("summed", known.span.clone())));
        let Some((flag, span)) = found else {
            return Ok(());
        };
        let text = &self.neurons.equations;
        let place = text.place_of(span);
        let message = format!("`{flag}` has a meaning in the equations of synapses only");
        Err(BuildError::description(self.owner("equations"), message)
            .with_help("leave the flag out: the equations of neurons are solved at every step")
            .at(place))
    }

    fn threshold(&mut self, model: &Model, text: &Text) -> Result<Expression, BuildError> {
        let owner = self.owner("threshold");
        let condition =
            resolve_condition(&mut self.graph, &model.scope, &text.value, "a threshold")
                .map_err(|error| equation_error(text, &owner, error))?;
        let state = model
            .states
            .iter()
            .find(|state| self.graph.symbol(state.symbol) == condition);
        match state {
            Some(state) => {
                let message = format!(
                    "`{}` is a number, and a threshold is a condition",
                    state.name
                );
                Err(BuildError::description(owner, message)
                    .with_help(format!("say when the cell fires: `{} > 1`", state.name))
                    .at(text.place.clone()))
            }
            None => Ok(condition),
        }
    }

    /// Parameters of the equations that an input drives.
    fn declared_inputs(
        &mut self,
        model: &Model,
        replaced: &mut HashMap<Symbol, Expression>,
    ) -> Result<(), BuildError> {
        let open: Vec<(String, Text)> = self
            .inputs
            .iter()
            .filter(|(name, _)| self.is_declared(name))
            .cloned()
            .collect();
        for (name, text) in open {
            let owner = self.owner(&format!("input.{name}"));
            let Some(parameter) = model.parameters.iter().find(|known| known.name == name) else {
                let place = format!("{}.{name}", self.name);
                let noise = self.experiment.noise.iter().find_map(|(noise, body)| {
                    let at = body.at.iter().find(|at| at.value == place)?;
                    Some((format!("[noise.{noise}] at"), at.place.clone()))
                });
                let driven = self.neurons.input.iter().any(|(input, _)| *input == name);
                let (owner, place) = match noise {
                    Some(of_noise) if !driven => of_noise,
                    _ => (owner, text.place.clone()),
                };
                return Err(BuildError::description(
                    owner,
                    format!("`{name}` has an equation of its own; only a parameter can be driven"),
                )
                .at(place));
            };
            let what = format!("the input `{name}`");
            let input = resolve_as(
                &mut self.graph,
                &model.scope,
                &text.value,
                parameter.dimension,
                &what,
            )
            .map_err(|error| equation_error(&text, &owner, error))?;
            let input = self.input(&name, input, parameter.dimension, &model.scope)?;
            let input = self.add_noise(&name, input, parameter.dimension)?;
            replaced.insert(parameter.symbol, input);
        }
        Ok(())
    }

    fn refractory(&mut self, model: &Model) -> Result<Refractoriness, BuildError> {
        let owner = self.owner("refractory");
        match &self.neurons.refractory {
            None => Ok(Refractoriness::Never),
            Some(Refractory::Duration(text)) => {
                let what = "the refractory period";
                resolve_as(
                    &mut self.graph,
                    &model.scope,
                    &text.value,
                    Dimension::SECOND,
                    what,
                )
                .map(Refractoriness::For)
                .map_err(|error| equation_error(text, &owner, error))
            }
            Some(Refractory::While(text)) => resolve_condition(
                &mut self.graph,
                &model.scope,
                &text.value,
                "a refractory condition",
            )
            .map(Refractoriness::While)
            .map_err(|error| equation_error(text, &owner, error)),
        }
    }
}
