//! Reads `[neurons.NAME]`.

use std::collections::HashMap;

use super::fields::{Fields, text_of};
use super::integrators;
use super::models::{self, Entry};
use super::quantities;
use super::tree::{Kind, Node};
use crate::{Mistake, Named, Neurons, Positions, Refractory, Text};

/// A count that could not be read: large, so that nothing else is said to lie beyond it.
pub(crate) const UNREAD: usize = usize::MAX;

pub(crate) fn read(fields: Fields, models: &models::Models) -> Neurons {
    let count = fields.count("count");
    if count.is_none() && !fields.has("count") {
        fields.missing("count", "`count = 100`");
    }
    let entry = models.of(&fields, "neuron");
    let mut neurons = Neurons {
        count: count.unwrap_or(UNREAD),
        model: None,
        equations: Text::default(),
        threshold: None,
        reset: None,
        refractory: None,
        parameters: Vec::new(),
        initial: Vec::new(),
        input: Vec::new(),
        integrator: None,
        positions: None,
    };
    match entry {
        Some(entry) => neurons.fill_from(&entry),
        // A model that could not be read is no population without equations.
        None if fields.has("model") => neurons.equations = Text::new("unread : 1"),
        None => {}
    }
    if let Some(equations) = fields.text("equations") {
        neurons.equations = equations;
    } else if !fields.has("equations") && !fields.has("model") {
        fields.missing(
            "equations",
            "`equations = \"dv/dt = -v/(10*ms) : 1\"`, or `model = \"lif\"`",
        );
    }
    neurons.threshold = fields.text("threshold").or(neurons.threshold);
    neurons.reset = fields.text("reset").or(neurons.reset);
    neurons.refractory = refractory(&fields).or(neurons.refractory);
    let parameters = fields.named_texts("parameters");
    let input = fields.named_texts("input");
    for (name, _) in &input {
        if parameters.iter().any(|(parameter, _)| parameter == name) {
            fields.note(Mistake::Contradiction {
                table: fields.name.clone(),
                first: format!("parameters.{name}"),
                second: format!("input.{name}"),
                help: format!("`{name}` is either a parameter or an expression of time; keep one"),
            });
        }
    }
    neurons.override_parameters(parameters);
    neurons.override_input(input);
    override_with(&mut neurons.initial, fields.named_texts("initial"));
    neurons.integrator = integrators::read(&fields).or(neurons.integrator);
    neurons.positions = positions(&fields);
    for (node, noise) in models.noises(&fields) {
        if let Err(name) = neurons.append_noise(&noise) {
            let mistake = twice(&fields.name, &noise.name, &name);
            fields.context.note(&node.place, mistake);
        }
    }
    if let Some(made_from) = fields.string("made_from") {
        neurons.model = Some(made_from);
    }
    fields.finish();
    neurons
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

/// Values by name: the new ones replace those of the same name and are added otherwise.
pub(crate) fn override_with(values: &mut Named<Text>, new: Named<Text>) {
    let known = values.iter().enumerate();
    let known: HashMap<String, usize> = known.map(|(at, (name, _))| (name.clone(), at)).collect();
    for (name, value) in new {
        match known.get(&name) {
            Some(at) => values[*at].1 = value,
            None => values.push((name, value)),
        }
    }
}

/// A duration, or a condition where there is a comparison or logic in it.
pub(crate) fn refractory(fields: &Fields) -> Option<Refractory> {
    let node = fields.take("refractory")?;
    match &node.kind {
        Kind::Text(text, _) => {
            let written = text_of(node)?;
            if is_condition(text) {
                return Some(Refractory::While(written));
            }
            // A plain quantity must be a time; an expression is looked at when the equations are compiled.
            let plain = oscine_equations::Quantity::parse(text.trim()).is_ok();
            if plain {
                quantities::time(fields.context, node, &fields.called("refractory"))?;
            }
            Some(Refractory::Duration(written))
        }
        Kind::Integer(..) | Kind::Float(..) => {
            quantities::time(fields.context, node, &fields.called("refractory"))?;
            text_of(node).map(Refractory::Duration)
        }
        _ => {
            fields.wrong(
                "refractory",
                node,
                "a time such as \"5 ms\", or a condition such as \"v > -20*mV\"",
            );
            None
        }
    }
}

/// True where a text compares or joins by logic.
pub(crate) fn is_condition(text: &str) -> bool {
    if text.contains(['<', '>']) || text.contains("==") || text.contains("!=") {
        return true;
    }
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .any(|word| matches!(word, "not" | "and" | "or" | "True" | "False"))
}

fn positions(fields: &Fields) -> Option<Positions> {
    let node = fields.take("positions")?;
    let inner = Fields::of(
        fields.context,
        node,
        format!("`positions` of {}", fields.name),
    )?;
    let positions = Positions {
        x: inner.text("x"),
        y: inner.text("y"),
        z: inner.text("z"),
    };
    inner.finish();
    if positions == Positions::default() {
        let what = fields.called("positions");
        fields.context.note(&node.place, Mistake::Empty { what });
        return None;
    }
    Some(positions)
}

/// Reads every table of `[kind.NAME]`, in order.
pub(crate) fn each<'a>(
    fields: &Fields<'a>,
    key: &'static str,
    mut read: impl FnMut(&str, Fields<'a>, &'a Node),
) {
    let Some(node) = fields.take(key) else {
        return;
    };
    let Kind::Table(table) = &node.kind else {
        let expected = format!("tables with a name each, as in [{key}.name]");
        fields.wrong(key, node, &expected);
        return;
    };
    for entry in &table.entries {
        let inside = Fields::of(
            fields.context,
            &entry.node,
            format!("[{key}.{}]", entry.key),
        );
        if let Some(inside) = inside {
            read(&entry.key, inside, &entry.node);
        }
    }
}
