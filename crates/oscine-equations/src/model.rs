//! A model: the equations of a kind of neuron or synapse, resolved into the graph and checked for dimensions.
//!
//! With `dv/dt = f + s*xi : unit`, f is the drift and s the diffusion: `dv = f dt + s dW`, where `xi` is measured
//! in 1/sqrt(second).

use std::ops::Range;

use crate::dimension::Dimension;
use crate::equations::{Line, LineKind, ValueKind, lines};
use crate::error::{BoxedMistake, EquationError, EquationMistake};
use crate::graph::{Expression, Graph, Symbol};
use crate::linear::linear_parts;
use crate::order::order;
use crate::resolve::Resolver;
use crate::scope::{Binding, Scope};

/// A set of differential equations, parameters and subexpressions.
#[derive(Clone, Debug)]
pub struct Model {
    /// What has a differential equation, in the order of the text.
    pub states: Vec<StateVariable>,
    /// What is given for each element (or for all of them), in the order of the text.
    pub parameters: Vec<Parameter>,
    /// What follows from the others at every moment; each comes after those that it is made of.
    pub subexpressions: Vec<Subexpression>,
    /// The names around the equations and those that they define. Subexpressions that hold noise are not among
    /// them, since noise has a meaning only inside a differential equation.
    pub scope: Scope,
}

/// A state variable, which has a differential equation.
#[derive(Clone, Debug)]
pub struct StateVariable {
    /// Its name.
    pub name: String,
    /// What it is in the graph.
    pub symbol: Symbol,
    /// What it measures.
    pub dimension: Dimension,
    /// Its change in time without noise, in its unit per second.
    pub drift: Expression,
    /// The standard normal draw of each noise that it sees, and the factor of that noise.
    pub diffusion: Vec<(Symbol, Expression)>,
    /// True where it stands still while the element is refractory.
    pub unless_refractory: bool,
    /// True where it is brought up to date only when a spike comes.
    pub event_driven: bool,
    /// The bytes of its line.
    pub span: Range<usize>,
}

/// A value that is given, not computed; statements may change it unless it is constant.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it is in the graph.
    pub symbol: Symbol,
    /// What it measures.
    pub dimension: Dimension,
    /// True where it never changes.
    pub constant: bool,
    /// True where all elements have one value.
    pub shared: bool,
    /// What values it takes.
    pub kind: ValueKind,
    /// The bytes of its line.
    pub span: Range<usize>,
}

/// A name for an expression.
#[derive(Clone, Debug)]
pub struct Subexpression {
    /// Its name; for a summed one, that of the variable which takes the sum, with `_post` or `_pre`.
    pub name: String,
    /// What it stands for.
    pub expression: Expression,
    /// What it measures.
    pub dimension: Dimension,
    /// What values it takes.
    pub kind: ValueKind,
    /// True where the values of all synapses of a neuron are added up into a variable of the neuron.
    pub summed: bool,
    /// True where it is computed once a step and kept, under the symbol of its name.
    pub constant_over_dt: bool,
    /// The bytes of its line.
    pub span: Range<usize>,
}

/// White noise is measured in 1/sqrt(second).
fn noise_dimension() -> Dimension {
    Dimension::SECOND
        .power(-0.5)
        .unwrap_or(Dimension::DIMENSIONLESS)
}

impl Model {
    /// Reads equations. `outer` holds the names around them: `t`, `dt`, `i`, `N`, constants, stimuli; the names
    /// that the equations define come before those.
    ///
    /// # Errors
    /// Any mistake in the text, at its place.
    pub fn compile(
        graph: &mut Graph,
        equations: &str,
        outer: &Scope,
    ) -> Result<Model, EquationError> {
        compile(graph, equations, outer).map_err(|problem| problem.within(equations))
    }
}

/// One noise: its name and its draw.
struct NoiseTerm {
    name: String,
    symbol: Symbol,
}

fn compile(graph: &mut Graph, text: &str, outer: &Scope) -> Result<Model, BoxedMistake> {
    let lines = lines(text)?;
    let mut scope = outer.clone();
    for line in &lines {
        if let Some(binding) = symbol_binding(line) {
            scope.bind(line.name.clone(), binding);
        }
    }
    let noises = noises(graph, &lines, outer);
    // Inside the equations the noises have names, and so have subexpressions that hold noise.
    let mut inside = scope.clone();
    for noise in &noises {
        let (expression, dimension) = (graph.symbol(noise.symbol), noise_dimension());
        inside.bind(
            noise.name.clone(),
            Binding::Expression {
                expression,
                dimension,
            },
        );
    }
    let subexpressions = subexpressions(graph, &lines, &noises, &mut inside, &mut scope)?;
    let mut states = Vec::new();
    for line in lines
        .iter()
        .filter(|line| line.kind == LineKind::Differential)
    {
        states.push(state(graph, &inside, line, &noises)?);
    }
    Ok(Model {
        states,
        parameters: parameters(graph, &lines),
        subexpressions,
        scope,
    })
}

/// The subexpressions without noise, each after those that it names. All get their meaning inside the equations, and those that are put in where they
/// are named, without noise, in the scope of the rest of the population too.
fn subexpressions(
    graph: &mut Graph,
    lines: &[Line],
    noises: &[NoiseTerm],
    inside: &mut Scope,
    scope: &mut Scope,
) -> Result<Vec<Subexpression>, BoxedMistake> {
    let mut subexpressions = Vec::new();
    for place in order(lines)? {
        let line = &lines[place];
        let subexpression = subexpression(graph, inside, line)?;
        let Subexpression {
            expression,
            dimension,
            ..
        } = subexpression;
        let noisy = noises
            .iter()
            .any(|noise| graph.depends_on(expression, noise.symbol));
        if noisy && (line.has("summed") || line.has("constant over dt")) {
            return Err(EquationMistake::MisplacedNoise("xi".to_owned())
                .at(line.tree.span(), "holds noise"));
        }
        if !line.has("summed") && !line.has("constant over dt") {
            let binding = Binding::Expression {
                expression,
                dimension,
            };
            inside.bind(line.name.clone(), binding);
            if !noisy {
                scope.bind(line.name.clone(), binding);
            }
        }
        if !noisy {
            subexpressions.push(subexpression);
        }
    }
    Ok(subexpressions)
}

fn parameters(graph: &mut Graph, lines: &[Line]) -> Vec<Parameter> {
    lines
        .iter()
        .filter(|line| line.kind == LineKind::Parameter)
        .map(|line| Parameter {
            name: line.name.clone(),
            symbol: graph.name(&line.name),
            dimension: line.dimension,
            constant: line.has("constant"),
            shared: line.has("shared"),
            kind: line.values,
            span: line.span.clone(),
        })
        .collect()
}

/// The meaning of what a line defines, where it is a symbol to the others.
fn symbol_binding(line: &Line) -> Option<Binding> {
    let writable = match line.kind {
        LineKind::Differential => true,
        LineKind::Parameter => !line.has("constant"),
        LineKind::Subexpression if line.has("constant over dt") => false,
        LineKind::Subexpression => return None,
    };
    let dimension = line.dimension;
    Some(Binding::Symbol {
        dimension,
        writable,
    })
}

fn noises(graph: &mut Graph, lines: &[Line], outer: &Scope) -> Vec<NoiseTerm> {
    let mut found: Vec<NoiseTerm> = Vec::new();
    for (name, _) in lines.iter().flat_map(|line| line.tree.names()) {
        let is_noise = name == "xi" || name.starts_with("xi_");
        let known = found.iter().any(|noise| noise.name == name);
        if is_noise && !known && outer.get(name).is_none() {
            found.push(NoiseTerm {
                name: name.to_owned(),
                symbol: graph.normal_draw(),
            });
        }
    }
    found
}

fn subexpression(
    graph: &mut Graph,
    scope: &Scope,
    line: &Line,
) -> Result<Subexpression, BoxedMistake> {
    let value = Resolver::new(graph, scope).tree(&line.tree)?;
    if line.values == ValueKind::Boolean {
        value.must_be_condition(&format!("`{}`", line.name), line.tree.span())?;
    } else {
        value.fits(
            line.dimension,
            &format!("`{}`", line.name),
            line.tree.span(),
        )?;
    }
    let summed = line.has("summed");
    if summed && !line.name.ends_with("_post") && !line.name.ends_with("_pre") {
        return Err(EquationMistake::SummedTarget(line.name.clone())
            .at(line.name_span.clone(), "not a variable of a neuron")
            .help(format!(
                "write `{0}_post`, with `{0}` a parameter in the equations of the neurons",
                line.name
            )));
    }
    if let Some(Binding::Symbol { dimension, .. }) = scope.get(&line.name).filter(|_| summed) {
        value.fits(*dimension, &format!("`{}`", line.name), line.tree.span())?;
    }
    Ok(Subexpression {
        name: line.name.clone(),
        expression: value.expression,
        dimension: line.dimension,
        kind: line.values,
        summed,
        constant_over_dt: line.has("constant over dt"),
        span: line.span.clone(),
    })
}

fn state(
    graph: &mut Graph,
    scope: &Scope,
    line: &Line,
    noises: &[NoiseTerm],
) -> Result<StateVariable, BoxedMistake> {
    let value = Resolver::new(graph, scope).tree(&line.tree)?;
    let what = format!("d{}/dt", line.name);
    value.fits(line.dimension / Dimension::SECOND, &what, line.tree.span())?;
    let mut drift = value.expression;
    let mut diffusion = Vec::new();
    for noise in noises {
        if !graph.depends_on(drift, noise.symbol) {
            continue;
        }
        let parts = linear_parts(graph, drift, noise.symbol).filter(|(factor, _)| {
            noises
                .iter()
                .all(|other| !graph.depends_on(*factor, other.symbol))
        });
        let Some((factor, rest)) = parts else {
            let place = line.tree.names().find(|(name, _)| *name == noise.name);
            let span = place.map_or(line.tree.span(), |(_, span)| span);
            return Err(EquationMistake::NonlinearNoise(noise.name.clone())
                .at(span, "this noise")
                .help("write the equation as `f + s*xi`, where f and s hold no noise"));
        };
        diffusion.push((noise.symbol, factor));
        drift = rest;
    }
    Ok(StateVariable {
        name: line.name.clone(),
        symbol: graph.name(&line.name),
        dimension: line.dimension,
        drift,
        diffusion,
        unless_refractory: line.has("unless refractory"),
        event_driven: line.has("event-driven"),
        span: line.span.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::print;
    use crate::quantity::Quantity;

    fn outer() -> Scope {
        let mut scope = Scope::new();
        let (dimension, writable) = (Dimension::SECOND, false);
        scope.bind(
            "t",
            Binding::Symbol {
                dimension,
                writable,
            },
        );
        scope.bind(
            "dt",
            Binding::Symbol {
                dimension,
                writable,
            },
        );
        for (name, value) in [
            ("tau_m", "20 ms"),
            ("tau_e", "5 ms"),
            ("E_L", "-60 mV"),
            ("E_e", "0 mV"),
        ] {
            scope.bind(name, Binding::Constant(Quantity::parse(value).unwrap()));
        }
        scope
    }

    fn compiled(text: &str) -> (Graph, Model) {
        let mut graph = Graph::new();
        let model =
            Model::compile(&mut graph, text, &outer()).unwrap_or_else(|error| panic!("{error:?}"));
        (graph, model)
    }

    fn message(text: &str) -> String {
        let mut graph = Graph::new();
        Model::compile(&mut graph, text, &outer())
            .unwrap_err()
            .message()
    }

    #[test]
    fn the_conductance_based_cell_of_vogels_and_abbott() {
        let (graph, model) = compiled(
            "dv/dt  = (ge*(E_e - v) + E_L - v) / tau_m : volt (unless refractory)\n\
             dge/dt = -ge/tau_e : 1 # decays\n",
        );
        assert_eq!(model.states.len(), 2);
        let v = &model.states[0];
        assert!(v.unless_refractory && v.dimension == Dimension::VOLT && v.diffusion.is_empty());
        assert_eq!(print(&graph, model.states[1].drift), "-(ge/0.005)");
    }

    #[test]
    fn subexpressions_come_in_any_order_and_are_put_in() {
        let (graph, model) = compiled(
            "dv/dt = I/C : volt\nI = g*(E - v)*f : amp\nf = m**3*\n  h : 1\ng : siemens (constant)\n\
             m : 1\nh : 1\nE : volt (shared, constant)\nC : farad",
        );
        let names: Vec<&str> = model
            .subexpressions
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(names, ["f", "I"]);
        assert_eq!(
            print(&graph, model.states[0].drift),
            "m*(m*m)*h*(g*(E - v))/C"
        );
        assert!(model.parameters[0].constant && !model.parameters[1].constant);
        assert!(model.parameters[3].shared);
    }

    #[test]
    fn noise_is_split_off_with_its_factor() {
        let (graph, model) = compiled(
            "dv/dt = (E_L - v)/tau_m + s*sqrt(2/tau_m)*xi + x*xi_own : volt\nds/dt = xi*volt/second**0.5 : volt\n\
             x = 3*y : volt*second**-0.5\ny : volt/second**0.5",
        );
        let (v, s) = (&model.states[0], &model.states[1]);
        assert_eq!(print(&graph, v.drift), "(-0.06 - v)/0.02");
        assert_eq!(print(&graph, v.diffusion[0].1), "s*10");
        assert_eq!(print(&graph, v.diffusion[1].1), "3*y");
        assert_eq!(v.diffusion[0].0, s.diffusion[0].0);
        assert_ne!(v.diffusion[0].0, v.diffusion[1].0);
    }

    #[test]
    fn flags_and_kinds_are_kept() {
        let (_, model) = compiled(
            "w : 1\ndpre/dt = -pre/tau_e : 1 (event-driven)\nactive = w > 1 : boolean\nn : integer (constant)\n\
             I_post = w*pre : 1 (summed)\nslow = rand() : 1 (constant over dt)\nb = slow + int(active) : 1",
        );
        assert!(model.states[0].event_driven);
        assert_eq!(model.parameters[1].kind, ValueKind::Integer);
        let sub = |name: &str| {
            model
                .subexpressions
                .iter()
                .find(|one| one.name == name)
                .unwrap()
        };
        assert!(sub("I_post").summed && sub("slow").constant_over_dt);
        assert_eq!(sub("active").kind, ValueKind::Boolean);
        assert!(matches!(
            model.scope.get("slow"),
            Some(Binding::Symbol {
                writable: false,
                ..
            })
        ));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(
            message("a = b + 1 : 1\nb = 2*c : 1\nc = a : 1\nd = a : 1"),
            "these subexpressions need each other: a -> b -> c -> a"
        );
        assert_eq!(
            message("x = x : 1"),
            "these subexpressions need each other: x -> x"
        );
        assert_eq!(message("x : 1\ndx/dt = 1*Hz : 1"), "`x` is defined twice");
        assert_eq!(
            message("dx/dt = 1 : 1"),
            "dx/dt should be hertz, but this is a number without unit"
        );
        assert_eq!(
            message("mV : 1"),
            "`mV` cannot be defined: it is the unit `mV`"
        );
        assert_eq!(
            message("v : mV"),
            "`mV` is a scaled unit: equations keep SI values"
        );
        assert_eq!(
            message("dv/dt = 1*Hz"),
            "`v` has no unit: a line ends with `: unit`"
        );
        assert!(message("dv/dt = xi**2 : 1").starts_with("the noise `xi` must enter"));
        assert!(message("dv/dt = xi*xi_b : 1").starts_with("the noise `xi` must enter"));
    }

    #[test]
    fn a_long_chain_of_subexpressions_is_no_deep_recursion() {
        let mut text = String::from("a0 = 1 : 1\n");
        for place in 1..20_000 {
            text.push_str(&format!("a{place} = a{} + 1 : 1\n", place - 1));
        }
        let (graph, model) = compiled(&text);
        let last = model.subexpressions.last().unwrap().expression;
        assert_eq!(graph.constant_value(last), Some(20_000.0));
    }
}
