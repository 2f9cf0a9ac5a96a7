//! Reads `[synapses.NAME]`.

use super::fields::Fields;
use super::models::{self, Entry};
use super::neurons::override_with;
use super::tree::{Kind, Node};
use super::{connect, integrators, slices};
use crate::{Connect, Delay, Named, Slice, Synapses, Text};

/// A lower and an upper bound.
type Bounds = (Option<Text>, Option<Text>);

pub(crate) fn read(fields: Fields, models: &models::Models) -> (Synapses, Text) {
    let from = slices::required(&fields, "from", "`from = \"cells\"`");
    let to = slices::required(&fields, "to", "`to = \"cells\"`");
    let connect = connect::read(&fields).unwrap_or(Connect::AllToAll);
    rest(
        fields,
        models,
        from.unwrap_or_default(),
        to.unwrap_or_default(),
        connect,
    )
}

/// Everything but who connects to whom; with the equations that a model wants in its target.
pub(crate) fn rest(
    fields: Fields,
    models: &models::Models,
    from: Slice,
    to: Slice,
    connect: Connect,
) -> (Synapses, Text) {
    let entry = models.of(&fields, "synapse");
    let mut synapses = Synapses {
        from,
        to,
        model: None,
        connect,
        equations: Text::default(),
        on_pre: None,
        on_post: None,
        delay: Delay::default(),
        delay_post: Delay::default(),
        parameters: Vec::new(),
        initial: Vec::new(),
        bounds: Vec::new(),
        integrator: None,
    };
    let mut target = Text::default();
    match entry {
        Some(entry) => {
            target = entry.target.clone();
            synapses.fill_from(&entry);
        }
        // A model that could not be read is no projection that does nothing.
        None if fields.has("model") => synapses.on_pre = Some(Text::new("unread += 1")),
        None => {}
    }
    synapses.equations = fields.text("equations").unwrap_or(synapses.equations);
    synapses.on_pre = fields.text("on_pre").or(synapses.on_pre);
    synapses.on_post = fields.text("on_post").or(synapses.on_post);
    synapses.delay = delay(&fields, "delay");
    synapses.delay_post = delay(&fields, "delay_post");
    let parameters = bounded(&fields, "parameters", &mut synapses.bounds);
    override_with(&mut synapses.parameters, parameters);
    let initial = bounded(&fields, "initial", &mut synapses.bounds);
    override_with(&mut synapses.initial, initial);
    synapses.integrator = integrators::read(&fields).or(synapses.integrator);
    if let Some(made_from) = fields.string("made_from") {
        synapses.model = Some(made_from);
    }
    fields.finish();
    (synapses, target)
}

impl Synapses {
    pub(crate) fn fill_from(&mut self, entry: &Entry) {
        self.model = Some(entry.name.clone());
        self.equations = entry.equations.clone();
        self.on_pre = entry.on_pre.clone();
        self.on_post = entry.on_post.clone();
        self.parameters = entry.parameters.clone();
        self.initial = entry.initial.clone();
        self.integrator = entry.integrator.clone();
    }
}

fn delay(fields: &Fields, key: &'static str) -> Delay {
    let Some(node) = fields.take(key) else {
        return Delay::default();
    };
    match value_with_bounds(fields, key, node) {
        Some((value, (lower, upper))) => Delay {
            value: Some(value),
            lower,
            upper,
        },
        None => Delay::default(),
    }
}

/// Values by name, each an expression or `{ value, lower, upper }`.
fn bounded(fields: &Fields, key: &'static str, bounds: &mut Named<Bounds>) -> Named<Text> {
    let Some(node) = fields.take(key) else {
        return Vec::new();
    };
    let Kind::Table(table) = &node.kind else {
        fields.wrong(key, node, "a table such as { w = \"0.5 nS\" }");
        return Vec::new();
    };
    let mut values = Vec::new();
    for entry in &table.entries {
        let called = format!("{key}.{}", entry.key);
        if let Some((value, limits)) = value_with_bounds(fields, &called, &entry.node) {
            values.push((entry.key.clone(), value));
            if limits != (None, None) {
                bounds.push((entry.key.clone(), limits));
            }
        }
    }
    values
}

fn value_with_bounds(fields: &Fields, key: &str, node: &Node) -> Option<(Text, Bounds)> {
    if !models::is_table(node) {
        return Some((fields.as_text(key, node)?, (None, None)));
    }
    let inner = Fields::of(fields.context, node, fields.called(key))?;
    let value = inner.text("value");
    if !inner.has("value") {
        inner.missing(
            "value",
            "`{ value = \"1.5*ms + 0.2*ms*randn()\", lower = \"0.1 ms\" }`",
        );
    }
    let limits = (inner.text("lower"), inner.text("upper"));
    inner.finish();
    Some((value?, limits))
}
