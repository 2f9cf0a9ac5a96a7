//! Optimisers: statements that change a weight `w` by its gradient `g`, with memories of their own, on blocks of lanes.

use oscine_equations::lanes::Real;
use oscine_equations::program::{NoEnvironment, Program, SymbolPlace, Vectors, Workspace};
use oscine_equations::{Binding, Expression, Quantity, WriteKind, resolve_statements};
use oscine_network::Training;

use crate::LayersError;
use crate::schedule::Schedule;
use crate::text::{TextReading, number};

/// An optimiser of the catalogue: its statements, and its parameters where none are written.
pub struct OptimiserText {
    /// Its name.
    pub name: &'static str,
    /// Statements on `w`, `g`, `rate`, `step` (counted from 1) and memories that begin at 0.
    pub statements: &'static str,
    /// Parameters by name.
    pub parameters: &'static [(&'static str, f64)],
}

/// The catalogue. Momentum: Polyak (1964), as PyTorch has it; Nesterov (1983); RMSProp: Tieleman & Hinton (2012); AdaGrad: Duchi et al.
/// (2011); Adam: Kingma & Ba (2015).
pub const OPTIMISER_TEXTS: [OptimiserText; 6] = [
    OptimiserText {
        name: "sgd",
        statements: "w = w - rate*g",
        parameters: &[],
    },
    OptimiserText {
        name: "momentum",
        statements: "velocity = momentum*velocity + g; w = w - rate*velocity",
        parameters: &[("momentum", 0.9)],
    },
    OptimiserText {
        name: "nesterov",
        statements: "velocity = momentum*velocity + g; w = w - rate*(g + momentum*velocity)",
        parameters: &[("momentum", 0.9)],
    },
    OptimiserText {
        name: "rms-prop",
        statements: "square = decay*square + (1 - decay)*g*g; w = w - rate*g/(sqrt(square) + epsilon)",
        parameters: &[("decay", 0.99), ("epsilon", 1e-8)],
    },
    OptimiserText {
        name: "adagrad",
        statements: "square = square + g*g; w = w - rate*g/(sqrt(square) + epsilon)",
        parameters: &[("epsilon", 1e-10)],
    },
    OptimiserText {
        name: "adam",
        statements: "mean = beta1*mean + (1 - beta1)*g; square = beta2*square + (1 - beta2)*g*g; \
            w = w - rate/(1 - beta1**step)*mean/(sqrt(square)/sqrt(1 - beta2**step) + epsilon)",
        parameters: &[("beta1", 0.9), ("beta2", 0.999), ("epsilon", 1e-8)],
    },
];

/// An optimiser, lowered. Columns: 0 the weights, 1 the gradients, then the memories. Uniforms: rate, step, the gradient's scale.
pub(crate) struct LoweredOptimiser {
    program: Program,
    /// Names of the memories.
    pub memories: Vec<String>,
    rate: Schedule,
}

impl LoweredOptimiser {
    /// Reads the optimiser of a training, weight decay and clipping with it.
    ///
    /// # Errors
    /// Statements that do not read, or draw.
    pub fn read(training: &Training) -> Result<Self, LayersError> {
        let OptimiserStatements {
            mut reading,
            memories,
            outputs,
        } = OptimiserStatements::read(training)?;
        let place = |name: &str| match name {
            "rate" => Some(SymbolPlace::Uniform(0)),
            "step" => Some(SymbolPlace::Uniform(1)),
            "gradient_scale" => Some(SymbolPlace::Uniform(2)),
            _ => column_of(&memories, name).map(SymbolPlace::Column),
        };
        let program = reading.lower(&outputs, &place, 3)?;
        Ok(Self {
            program,
            memories,
            rate: Schedule::read(&training.optimiser.rate, "training.optimiser.rate")?,
        })
    }
    /// Memory to compute in, one for each thread.
    pub fn workspace<R: Real>(&self) -> Workspace<R> {
        self.program.workspace()
    }

    /// The learning rate now.
    pub fn rate(&mut self, epoch: usize, step: u64) -> f64 {
        self.rate.at(epoch, step)
    }

    /// One step of some weights; `columns` are the weights, their gradients, their memories.
    pub fn change<R: Real>(
        &self,
        memory: &mut Workspace<R>,
        columns: &mut [&mut [R]],
        rate: f64,
        step: u64,
        gradient_scale: f64,
    ) {
        let lanes = 0..columns[0].len();
        let uniforms = [rate, (step + 1) as f64, gradient_scale];
        self.program.run_with(
            Vectors::widest(),
            memory,
            columns,
            &uniforms,
            &mut NoEnvironment,
            lanes,
        );
    }
}

/// The statements of an optimiser, read, weight decay and clipping with them.
pub(crate) struct OptimiserStatements {
    pub reading: TextReading<'static>,
    pub memories: Vec<String>,
    /// What becomes of the weights (column 0) and of the memories (from 2 on).
    pub outputs: Vec<(Expression, u16)>,
}

fn column_of(memories: &[String], name: &str) -> Option<u16> {
    match name {
        "w" => Some(0),
        "g" => Some(1),
        _ => memories
            .iter()
            .position(|memory| memory == name)
            .map(|place| place as u16 + 2),
    }
}

impl OptimiserStatements {
    /// Reads them.
    ///
    /// # Errors
    /// Statements that do not read.
    pub fn read(training: &Training) -> Result<Self, LayersError> {
        let given = &training.optimiser;
        let name = given.kind.value.trim();
        let known = OPTIMISER_TEXTS.iter().find(|known| known.name == name);
        let statements = known.map_or(name, |known| known.statements);
        let mut reading = TextReading::new(
            "training.optimiser.kind",
            &["rate", "step", "gradient_scale"],
        );
        reading.scope.bind("w", number(true));
        reading.scope.bind("g", number(true));
        let defaults = known.map_or(&[][..], |known| known.parameters);
        let defaults = defaults.iter().map(|&(name, value)| (name, value));
        let written = given.parameters.iter();
        let written = written.map(|(name, value)| (name.as_str(), *value));
        for (name, value) in defaults.chain(written) {
            let value = Quantity::plain(value);
            reading.scope.bind(name, Binding::Constant(value));
        }
        let memories: Vec<String> = written_names(statements)
            .into_iter()
            .filter(|name| reading.scope.get(name).is_none())
            .collect();
        for memory in &memories {
            reading.scope.bind(memory.as_str(), number(true));
        }
        let mut text = String::new();
        if training.clip.is_some() {
            text.push_str("g = g*gradient_scale\n");
        }
        if training.weight_decay != 0.0 {
            text.push_str(&format!("g = g + {:e}*w\n", training.weight_decay));
        }
        text.push_str(statements);
        let writes = resolve_statements(&mut reading.graph, &reading.scope, &text);
        let writes = writes.map_err(|error| reading.wrong(error))?;
        let mut outputs = Vec::new();
        for write in writes.iter().filter(|write| write.name != "g") {
            let mut expression = write.expression;
            if write.kind == WriteKind::Add {
                let old = reading.graph.named(&write.name);
                expression = reading.graph.add(old, expression);
            }
            outputs.extend(column_of(&memories, &write.name).map(|column| (expression, column)));
        }
        Ok(Self {
            reading,
            memories,
            outputs,
        })
    }
}

/// The names at the left of statements, each once.
fn written_names(statements: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for statement in statements.split([';', '\n']) {
        let Some((left, _)) = statement.split_once('=') else {
            continue;
        };
        let name = left
            .trim_end_matches(['+', '-', '*', '/', ' '])
            .trim()
            .to_owned();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
