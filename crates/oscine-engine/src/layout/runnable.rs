//! What programs ask of the engine: random numbers of named streams, and functions of time.

use oscine_equations::graph::{Function, Graph, Node};
use oscine_equations::lanes::Real;
use oscine_equations::program::{
    Environment, Output, Program, SymbolPlace, Workspace, lower_listing,
};
use oscine_equations::{Expression, Symbol};
use oscine_random::Stream;

use crate::error::BuildError;
use crate::layout::key::{source_of, target_of};
use crate::read::ends::{Borrowed, Side};
use crate::read::functions::TimeFunction;
use crate::read::names::{UNIFORMS, stream_name, uniform};
use crate::read::protocol;

/// What is the same for all programs of a network.
pub(crate) struct RunSetting<'a> {
    pub seed: u64,
    pub dt: f64,
    pub functions: &'a [TimeFunction],
    /// The steps at which phases of the protocol begin, and the one at which the last ends.
    pub phases: &'a [u64],
}

/// Whose a program is: its name is that of its streams, so that one draw of a text is the same number in every program.
#[derive(Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub name: &'a str,
    /// Draws of a synapse's programs that are those of a cell.
    pub borrowed: &'a [Borrowed],
}

impl<'a> Owner<'a> {
    /// The owner of programs in which every draw is its own.
    pub fn of_all(name: &'a str) -> Self {
        Self {
            name,
            borrowed: &[],
        }
    }
}

/// The stream of a draw, and the end of a synapse whose cell it is drawn for; `None`: for the element itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DrawStream {
    stream: Stream,
    end: Option<Side>,
}

impl DrawStream {
    fn element(&self, key: u64) -> u64 {
        match self.end {
            None => key,
            Some(Side::Pre) => source_of(key),
            Some(Side::Post) => target_of(key),
        }
    }
}

/// A program with its streams of random numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runnable {
    pub program: Program,
    pub streams: Vec<DrawStream>,
}

impl Runnable {
    /// Lowers outputs, and what is asked of which elements.
    pub fn lower(
        graph: &mut Graph,
        outputs: &[Output],
        listed: Option<Expression>,
        column: &dyn Fn(&str) -> Option<u16>,
        setting: &RunSetting<'_>,
        owner: Owner<'_>,
    ) -> Result<Self, BuildError> {
        let place = |name: &str| match uniform(name) {
            Some(number) => Some(SymbolPlace::Uniform(number)),
            None => column(name).map(SymbolPlace::Column),
        };
        let roots: Vec<Expression> = outputs
            .iter()
            .map(|output| output.expression)
            .chain(listed)
            .collect();
        let roots = protocol::by_step(graph, &roots, setting.phases);
        debug_assert!(calls_by_place(graph, &roots, setting.functions));
        let outputs: Vec<Output> = outputs
            .iter()
            .zip(&roots)
            .map(|(output, expression)| Output {
                expression: *expression,
                ..*output
            })
            .collect();
        let listed = roots.get(outputs.len()).copied();
        let program =
            lower_listing(graph, &outputs, listed, &place, UNIFORMS.len()).map_err(|name| {
                BuildError::description(owner.name, format!("`{name}` has no value here"))
            })?;
        let streams = program
            .draws()
            .iter()
            .map(|draw| {
                let lent = owner
                    .borrowed
                    .iter()
                    .find(|lent| lent.symbol == draw.symbol);
                let name = match lent {
                    Some(lent) => lent.stream.clone(),
                    None => stream_name(graph, draw.symbol, owner.name),
                };
                DrawStream {
                    stream: Stream::new(setting.seed, &name),
                    end: lent.map(|lent| lent.side),
                }
            })
            .collect();
        Ok(Self { program, streams })
    }

    /// Memory to run it in.
    pub fn workspace<R: Real>(&self) -> Workspace<R> {
        self.program.workspace()
    }
}

/// True where every function that is called has the place in its graph that it has in the table.
fn calls_by_place(graph: &Graph, roots: &[Expression], table: &[TimeFunction]) -> bool {
    let mut reachable = graph.reachable(roots).into_iter();
    reachable.all(|expression| match graph.node(expression) {
        Node::Apply(function, ..) => table
            .get(function.place())
            .is_some_and(|known| known.name == graph.function_name(function)),
        _ => true,
    })
}

/// Time as programs are given it.
pub(crate) fn uniforms(step: u64, dt: f64) -> [f64; UNIFORMS.len()] {
    [step as f64 * dt, step as f64]
}

/// For programs over a contiguous run of elements.
pub(crate) struct Contiguous<'a> {
    pub runnable: &'a Runnable,
    pub table: &'a [TimeFunction],
    pub step: u64,
    /// The element of lane 0.
    pub first: u64,
}

impl<R: Real> Environment<R> for Contiguous<'_> {
    fn draw(&mut self, draw: usize, _: Symbol, first: usize, out: &mut [R]) {
        let stream = &self.runnable.streams[draw].stream;
        let element = self.first + first as u64;
        if self.runnable.program.draws()[draw].normal {
            stream.fill_normal(self.step, element, out);
        } else {
            stream.fill_uniform(self.step, element, out);
        }
    }

    fn apply(&self, function: Function, time: f64, index: f64) -> f64 {
        self.table[function.place()].value(time, index)
    }
}

/// For programs over elements picked out one by one.
pub(crate) struct Picked<'a> {
    pub runnable: &'a Runnable,
    pub table: &'a [TimeFunction],
    pub step: u64,
    /// The key of each lane's element.
    pub elements: &'a [u64],
}

impl<R: Real> Environment<R> for Picked<'_> {
    fn draw(&mut self, draw: usize, _: Symbol, first: usize, out: &mut [R]) {
        let drawn = &self.runnable.streams[draw];
        let normal = self.runnable.program.draws()[draw].normal;
        for (value, key) in out.iter_mut().zip(&self.elements[first..]) {
            let element = drawn.element(*key);
            *value = R::from_f64(if normal {
                drawn.stream.normal(element, self.step)
            } else {
                drawn.stream.uniform(element, self.step)
            });
        }
    }

    fn apply(&self, function: Function, time: f64, index: f64) -> f64 {
        self.table[function.place()].value(time, index)
    }
}
