//! From expressions to instructions: what is uniform goes into the prologue; products that feed one sum are fused with it;
//! instructions come in an order that keeps few values alive; registers are given out and taken back.

use std::collections::HashMap;

use super::instruction::{Draw, Instruction, Operand, Operation, Program};
use super::kernels::writes_in_place;
use super::simplify::simplify;
use crate::graph::{Binary, Expression, Graph, Node, Symbol, SymbolKind, Unary};

/// Where a symbol's value is found when a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolPlace {
    /// An array with one number for each element.
    Column(u16),
    /// A number given for the whole run of the program, by its place among the uniforms.
    Uniform(u16),
}

/// A value that a program writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// What is written.
    pub expression: Expression,
    /// The column that it is written to.
    pub column: u16,
}

/// Lowers the outputs, all computed from the old values of the columns, to a program.
///
/// `place` says where each named symbol is found; `uniforms` is how many uniforms the caller gives.
///
/// # Errors
/// The name of a symbol without a place.
pub fn lower(
    graph: &mut Graph,
    outputs: &[Output],
    place: &dyn Fn(&str) -> Option<SymbolPlace>,
    uniforms: usize,
) -> Result<Program, String> {
    lower_listing(graph, outputs, None, place, uniforms)
}

/// As [`lower`]; the program also lists the lanes in which `listed` is true ([`super::Workspace::listed`]).
///
/// # Errors
/// The name of a symbol without a place.
pub fn lower_listing(
    graph: &mut Graph,
    outputs: &[Output],
    listed: Option<Expression>,
    place: &dyn Fn(&str) -> Option<SymbolPlace>,
    uniforms: usize,
) -> Result<Program, String> {
    let roots: Vec<Expression> = outputs
        .iter()
        .map(|output| output.expression)
        .chain(listed)
        .collect();
    let mut places: HashMap<Symbol, SymbolPlace> = HashMap::new();
    for symbol in graph.symbols_of(&roots) {
        if let SymbolKind::Named(name) = graph.symbol_kind(symbol) {
            places.insert(symbol, place(name).ok_or_else(|| name.clone())?);
        }
    }
    let is_uniform = |symbol: Symbol| matches!(places.get(&symbol), Some(SymbolPlace::Uniform(_)));
    let roots = simplify(graph, &roots, &is_uniform);
    let zero = graph.constant(0.0);
    let mut lowering = Lowering::new(graph, zero, places, uniforms, &roots);
    let sources: Vec<Operand> = roots
        .iter()
        .zip(outputs)
        .map(|(root, output)| lowering.output(*root, Operand::Column(output.column)))
        .collect();
    for root in &roots[outputs.len()..] {
        lowering.list(*root);
    }
    for (source, output) in sources.into_iter().zip(outputs) {
        let target = Operand::Column(output.column);
        if source != target {
            lowering.copy(source, target);
        }
    }
    Ok(lowering.finish())
}

struct Lowering<'a> {
    graph: &'a Graph,
    zero: Expression,
    places: HashMap<Symbol, SymbolPlace>,
    uniform: Vec<bool>,
    uses: Vec<u32>,
    values: HashMap<Expression, Operand>,
    program: Program,
    /// The body before registers are shared: each result has a register of its own.
    virtual_body: Vec<Instruction>,
    virtual_registers: usize,
    virtual_draws: Vec<(Symbol, bool, usize)>,
}

impl<'a> Lowering<'a> {
    fn new(
        graph: &'a Graph,
        zero: Expression,
        places: HashMap<Symbol, SymbolPlace>,
        uniforms: usize,
        roots: &[Expression],
    ) -> Self {
        let mut uniform = vec![false; graph.len()];
        let mut uses = vec![0; graph.len()];
        for expression in graph.reachable(roots) {
            let index = graph.index(expression);
            uniform[index] = match graph.node(expression) {
                Node::Constant(_) => true,
                Node::Symbol(symbol) => {
                    matches!(places.get(&symbol), Some(SymbolPlace::Uniform(_)))
                }
                // A draw is fresh for each lane even where its mean is not.
                _ => graph.operands(expression).all(|a| uniform[graph.index(a)]),
            };
            for operand in graph.operands(expression) {
                uses[graph.index(operand)] += 1;
            }
        }
        for root in roots {
            uses[graph.index(*root)] += 1;
        }
        let program = Program {
            uniforms,
            scalars: uniforms,
            ..Program::default()
        };
        Self {
            graph,
            zero,
            places,
            uniform,
            uses,
            values: HashMap::new(),
            program,
            virtual_body: Vec::new(),
            virtual_registers: 0,
            virtual_draws: Vec::new(),
        }
    }

    fn new_scalar(&mut self) -> u32 {
        self.program.scalars += 1;
        (self.program.scalars - 1) as u32
    }

    fn new_register(&mut self) -> Operand {
        self.virtual_registers += 1;
        Operand::Register((self.virtual_registers - 1) as u32)
    }

    fn copy(&mut self, source: Operand, target: Operand) {
        self.virtual_body.push(Instruction {
            operation: Operation::Copy,
            operands: [source; 3],
            target,
        });
    }

    /// Lists the lanes in which a condition is true: of a conjunction, both sides.
    fn list(&mut self, condition: Expression) {
        let sides = match self.graph.node(condition) {
            Node::Binary(Binary::And, a, b) => [a, b],
            _ => [condition; 2],
        };
        let [a, b] = sides.map(|side| self.value(side));
        let target = self.new_register();
        self.virtual_body.push(Instruction {
            operation: Operation::List,
            operands: [a, b, a],
            target,
        });
    }

    /// An expression's value, where it stays until all outputs are computed: the old value of another column is set aside,
    /// since that column may be written first.
    fn output(&mut self, root: Expression, target: Operand) -> Operand {
        let value = self.value(root);
        if matches!(value, Operand::Column(_)) && value != target {
            let register = self.new_register();
            self.copy(value, register);
            return register;
        }
        value
    }

    /// The operand that holds an expression's value, after pushing what computes it. The recursion is unrolled, so that
    /// an expression of any depth is lowered.
    fn value(&mut self, root: Expression) -> Operand {
        let mut open = vec![root];
        while let Some(&expression) = open.last() {
            if self.values.contains_key(&expression) {
                open.pop();
                continue;
            }
            let (operation, operands) = self.pattern(expression);
            let missing: Vec<Expression> = operands
                .iter()
                .copied()
                .filter(|operand| !self.values.contains_key(operand))
                .collect();
            if missing.is_empty() {
                let value = self.emit(expression, operation, &operands);
                self.values.insert(expression, value);
                open.pop();
            } else {
                open.extend(missing.into_iter().rev());
            }
        }
        self.values[&root]
    }

    /// The instruction that an expression becomes, and the expressions that it reads.
    fn pattern(&self, expression: Expression) -> (Option<Operation>, Vec<Expression>) {
        let fused = |operation, product: Expression, other| match self.graph.node(product) {
            Node::Binary(Binary::Multiply, a, b)
                if self.uses[self.graph.index(product)] == 1
                    && !self.uniform[self.graph.index(product)] =>
            {
                Some((Some(operation), vec![a, b, other]))
            }
            _ => None,
        };
        let uniform = self.uniform[self.graph.index(expression)];
        match self.graph.node(expression) {
            Node::Constant(_) | Node::Symbol(_) => (None, vec![]),
            Node::Binary(Binary::Add, a, b) if !uniform => fused(Operation::MultiplyAdd, a, b)
                .or_else(|| fused(Operation::MultiplyAdd, b, a))
                .unwrap_or((Some(Operation::Binary(Binary::Add)), vec![a, b])),
            Node::Binary(Binary::Subtract, a, b) if !uniform => {
                fused(Operation::NegativeMultiplyAdd, b, a)
                    .or_else(|| fused(Operation::MultiplySubtract, a, b))
                    .unwrap_or((Some(Operation::Binary(Binary::Subtract)), vec![a, b]))
            }
            Node::Unary(Unary::Negate, a) if !uniform => {
                fused(Operation::NegativeMultiplyAdd, a, self.zero)
                    .unwrap_or((Some(Operation::Unary(Unary::Negate)), vec![a]))
            }
            Node::Unary(operation, a) => (Some(Operation::Unary(operation)), vec![a]),
            Node::Binary(operation, a, b) => (Some(Operation::Binary(operation)), vec![a, b]),
            Node::Select(a, b, c) => (Some(Operation::Select), vec![a, b, c]),
            Node::Apply(function, a, b) => (Some(Operation::Apply(function)), vec![a, b]),
        }
    }

    fn emit(
        &mut self,
        expression: Expression,
        operation: Option<Operation>,
        operands: &[Expression],
    ) -> Operand {
        let Some(operation) = operation else {
            return self.leaf(expression);
        };
        let mut read = [self.values[&operands[0]]; 3];
        for (place, operand) in read.iter_mut().zip(operands) {
            *place = self.values[operand];
        }
        // The kernels have scalars second.
        if commutes(operation) && matches!(read[0], Operand::Scalar(_)) {
            read.swap(0, 1);
        }
        let uniform = self.uniform[self.graph.index(expression)];
        let target = if uniform {
            Operand::Scalar(self.new_scalar())
        } else {
            self.new_register()
        };
        let instruction = Instruction {
            operation,
            operands: read,
            target,
        };
        if uniform {
            self.program.prologue.push(instruction);
        } else {
            self.virtual_body.push(instruction);
        }
        target
    }

    fn leaf(&mut self, expression: Expression) -> Operand {
        match self.graph.node(expression) {
            Node::Constant(bits) => {
                let scalar = self.new_scalar();
                self.program.constants.push((scalar, f64::from_bits(bits)));
                Operand::Scalar(scalar)
            }
            Node::Symbol(symbol) => match self.places.get(&symbol) {
                Some(SymbolPlace::Column(column)) => Operand::Column(*column),
                Some(SymbolPlace::Uniform(uniform)) => Operand::Scalar((*uniform).into()),
                None => {
                    let register = self.new_register();
                    let Operand::Register(number) = register else {
                        unreachable!("a new register is a register")
                    };
                    let normal = matches!(self.graph.symbol_kind(symbol), SymbolKind::Normal(_));
                    self.virtual_draws.push((symbol, normal, number as usize));
                    register
                }
            },
            _ => unreachable!("only constants and symbols are leaves"),
        }
    }

    /// Shares registers, lets results go straight to their columns where nobody reads the old value any more, and
    /// counts the columns.
    fn finish(mut self) -> Program {
        self.write_straight_to_columns();
        let mut last_use = vec![0; self.virtual_registers];
        for (place, instruction) in self.virtual_body.iter().enumerate() {
            for operand in instruction.operands {
                if let Operand::Register(register) = operand {
                    last_use[register as usize] = place;
                }
            }
        }
        let mut free: Vec<u32> = Vec::new();
        let mut count = 0;
        let mut given: Vec<Option<u32>> = vec![None; self.virtual_registers];
        let mut take = |free: &mut Vec<u32>| {
            free.pop().unwrap_or_else(|| {
                count += 1;
                count - 1
            })
        };
        for (symbol, normal, register) in std::mem::take(&mut self.virtual_draws) {
            let real = take(&mut free);
            given[register] = Some(real);
            self.program.draws.push(Draw {
                symbol,
                normal,
                register: real,
            });
        }
        for (place, instruction) in self.virtual_body.iter().enumerate() {
            let mut instruction = *instruction;
            // The target is taken before the operands are given back: an instruction never writes over what it reads.
            let dead: Vec<usize> = instruction
                .operands
                .iter()
                .filter_map(|operand| match operand {
                    Operand::Register(register) if last_use[*register as usize] == place => {
                        Some(*register as usize)
                    }
                    _ => None,
                })
                .collect();
            for operand in &mut instruction.operands {
                if let Operand::Register(register) = operand {
                    *register = given[*register as usize].expect("computed before it is read");
                }
            }
            if let Operand::Register(register) = &mut instruction.target {
                let real = take(&mut free);
                given[*register as usize] = Some(real);
                *register = real;
            }
            for register in dead {
                if let Some(real) = given[register].take() {
                    free.push(real);
                }
            }
            self.program.body.push(instruction);
        }
        self.program.registers = count as usize;
        self.count_columns();
        self.program
    }

    /// Notes which columns the program reads or writes.
    fn count_columns(&mut self) {
        let mut touched: Vec<u16> = self
            .program
            .body
            .iter()
            .flat_map(|instruction| instruction.operands.into_iter().chain([instruction.target]))
            .filter_map(|operand| match operand {
                Operand::Column(column) => Some(column),
                _ => None,
            })
            .collect();
        touched.sort_unstable();
        touched.dedup();
        self.program.columns = touched.last().map_or(0, |&last| usize::from(last) + 1);
        self.program.touched = touched;
    }

    /// Where the last instruction that reads a column stands before (or is not) the one that computes its new value, the new value
    /// goes straight there instead of through a register.
    fn write_straight_to_columns(&mut self) {
        let copies: Vec<usize> = (0..self.virtual_body.len())
            .filter(|&place| matches!(self.virtual_body[place].target, Operand::Column(_)))
            .collect();
        let mut removed = vec![false; self.virtual_body.len()];
        for place in copies {
            let Instruction {
                operands: [source, ..],
                target,
                ..
            } = self.virtual_body[place];
            let Operand::Register(register) = source else {
                continue;
            };
            let reads = |operand: Operand, instruction: &Instruction| {
                instruction.operands.contains(&operand)
            };
            let computed = (0..place).find(|&earlier| self.virtual_body[earlier].target == source);
            let Some(computed) = computed else {
                debug_assert!((register as usize) < self.virtual_registers);
                continue; // a draw
            };
            // A product or a sum may take the place of its first operand.
            let instruction = &mut self.virtual_body[computed];
            if commutes(instruction.operation) && instruction.operands[1] == target {
                instruction.operands.swap(0, 1);
            }
            let in_place = writes_in_place(instruction, target);
            let after = computed + usize::from(in_place);
            let column_read_later = self.virtual_body[after..]
                .iter()
                .any(|instruction| reads(target, instruction));
            if column_read_later {
                continue;
            }
            self.virtual_body[computed].target = target;
            removed[place] = true;
            // Who read the register reads the column.
            for instruction in &mut self.virtual_body[computed + 1..] {
                for operand in &mut instruction.operands {
                    if *operand == source {
                        *operand = target;
                    }
                }
            }
        }
        let mut place = 0;
        self.virtual_body.retain(|_| {
            place += 1;
            !removed[place - 1]
        });
    }
}

/// Operations of which both operand orders give the same: the kernels have the scalar second.
fn commutes(operation: Operation) -> bool {
    use Binary::{Add, And, Equal, Maximum, Minimum, Multiply, Or};
    matches!(
        operation,
        Operation::Binary(Add | Multiply | Minimum | Maximum | And | Or | Equal)
            | Operation::MultiplyAdd
            | Operation::MultiplySubtract
            | Operation::NegativeMultiplyAdd
    )
}
