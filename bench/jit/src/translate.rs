//! From expressions to a loop in machine code, by Cranelift: every value in a register, one lane or two at a time.
//!
//! What the block programs do is done here too: products are fused with the sum that they feed, divisions by constants become
//! multiplications, `exp` and `exprel` are the polynomials of `oscine_equations::lanes`, inlined.

use std::collections::HashMap;

use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::types::{F64, F64X2, I64, I64X2};
use cranelift_codegen::ir::{
    AbiParam, BlockArg, Endianness, InstBuilder, MemFlags, Type, UserFuncName, Value,
};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::{Module, default_libcall_names};
use oscine_equations::graph::{Binary, Node, SymbolKind, Unary};
use oscine_equations::{Expression, Graph};

/// `columns, draws, first lane, one past the last lane, t`
pub type Step = unsafe extern "C" fn(*const *mut f64, *const f64, i64, i64, f64);

/// A loop in machine code. The memory it lies in is kept with it.
pub struct Compiled {
    pub step: Step,
    _module: JITModule,
}

/// The loop that computes new values of the columns in order, for a step of `dt`.
pub fn compile(
    graph: &mut Graph,
    new: &[Expression],
    names: &[String],
    dt: f64,
    two_lanes: bool,
) -> Compiled {
    let dt = (graph.name("dt"), graph.constant(dt));
    let new = graph.substitute(new, &HashMap::from([dt]));
    let mut flags = settings::builder();
    flags.set("opt_level", "speed").expect("a setting");
    flags.set("enable_verifier", "false").expect("a setting");
    let machine = cranelift_native::builder()
        .expect("a processor that Cranelift knows")
        .finish(settings::Flags::new(flags))
        .expect("settings");
    let mut module = JITModule::new(JITBuilder::with_isa(machine, default_libcall_names()));
    let mut context = module.make_context();
    for kind in [I64, I64, I64, I64, F64] {
        context.func.signature.params.push(AbiParam::new(kind));
    }
    let id = module
        .declare_anonymous_function(&context.func.signature)
        .expect("a function");
    context.func.name = UserFuncName::user(0, id.as_u32());
    let mut builders = FunctionBuilderContext::new();
    let builder = FunctionBuilder::new(&mut context.func, &mut builders);
    Translation::new(graph, &new, names, builder, two_lanes).run(&new);
    module.define_function(id, &mut context).expect("code");
    module.finalize_definitions().expect("code");
    let code = module.get_finalized_function(id);
    // SAFETY: the function was declared with these parameters.
    let step = unsafe { std::mem::transmute::<*const u8, Step>(code) };
    Compiled {
        step,
        _module: module,
    }
}

struct Translation<'a> {
    graph: &'a Graph,
    names: &'a [String],
    builder: FunctionBuilder<'a>,
    /// Of values, and of the masks of comparisons.
    kind: Type,
    whole: Type,
    uses: HashMap<Expression, usize>,
    values: HashMap<Expression, Value>,
    columns: Vec<Value>,
    draws: Value,
    time: Value,
    /// Of the lane, in bytes.
    offset: Value,
    first: Value,
}

impl<'a> Translation<'a> {
    fn new(
        graph: &'a Graph,
        roots: &[Expression],
        names: &'a [String],
        builder: FunctionBuilder<'a>,
        two_lanes: bool,
    ) -> Self {
        let mut uses = HashMap::new();
        for expression in graph.reachable(roots) {
            for operand in graph.operands(expression) {
                *uses.entry(operand).or_insert(0) += 1;
            }
        }
        let none = Value::from_u32(0);
        Self {
            graph,
            names,
            builder,
            kind: if two_lanes { F64X2 } else { F64 },
            whole: if two_lanes { I64X2 } else { I64 },
            uses,
            values: HashMap::new(),
            columns: Vec::new(),
            draws: none,
            time: none,
            offset: none,
            first: none,
        }
    }

    /// The function: its loop runs over lanes, a multiple of two where two go together.
    fn run(mut self, new: &[Expression]) {
        let lanes = i64::from(self.kind.lane_count());
        let entry = self.builder.create_block();
        self.builder.append_block_params_for_function_params(entry);
        self.builder.switch_to_block(entry);
        let given = self.builder.block_params(entry).to_vec();
        let [columns, draws, first, end, time] = given[..] else {
            unreachable!("five parameters")
        };
        (self.draws, self.first) = (draws, first);
        self.time = self.spread(time);
        self.columns = (0..=self.names.len())
            .map(|column| {
                let place = (8 * column) as i32;
                self.builder
                    .ins()
                    .load(I64, MemFlags::trusted(), columns, place)
            })
            .collect();
        let (body, done) = (self.builder.create_block(), self.builder.create_block());
        self.builder.append_block_param(body, I64);
        self.builder.ins().jump(body, &[BlockArg::Value(first)]);
        self.builder.switch_to_block(body);
        let lane = self.builder.block_params(body)[0];
        self.offset = self.builder.ins().ishl_imm(lane, 3);
        let values: Vec<Value> = new.iter().map(|root| self.value(*root)).collect();
        for (column, value) in values.into_iter().enumerate() {
            let place = self.builder.ins().iadd(self.columns[column], self.offset);
            self.builder.ins().store(MemFlags::new(), value, place, 0);
        }
        let next = self.builder.ins().iadd_imm(lane, lanes);
        let more = self.builder.ins().icmp(
            cranelift_codegen::ir::condcodes::IntCC::SignedLessThan,
            next,
            end,
        );
        self.builder
            .ins()
            .brif(more, body, &[BlockArg::Value(next)], done, &[]);
        self.builder.switch_to_block(done);
        self.builder.ins().return_(&[]);
        self.builder.seal_all_blocks();
        self.builder.finalize();
    }

    fn value(&mut self, expression: Expression) -> Value {
        if let Some(value) = self.values.get(&expression) {
            return *value;
        }
        let value = match self.graph.node(expression) {
            Node::Constant(bits) => self.constant(f64::from_bits(bits)),
            Node::Symbol(symbol) => self.leaf(self.graph.symbol_kind(symbol).clone()),
            Node::Unary(Unary::Negate, a) => match self.product(a) {
                Some((x, y)) => {
                    let (x, y) = (self.value(x), self.value(y));
                    let (x, zero) = (self.builder.ins().fneg(x), self.constant(0.0));
                    self.builder.ins().fma(x, y, zero)
                }
                None => {
                    let a = self.value(a);
                    self.builder.ins().fneg(a)
                }
            },
            Node::Unary(Unary::Exp, a) => {
                let a = self.value(a);
                self.exp(a)
            }
            Node::Unary(Unary::ExpRel, a) => {
                let a = self.value(a);
                self.exp_rel(a)
            }
            Node::Binary(Binary::Add, a, b) => self.sum(a, b),
            Node::Binary(Binary::Subtract, a, b) => self.difference(a, b),
            Node::Binary(Binary::Multiply, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                self.builder.ins().fmul(a, b)
            }
            Node::Binary(Binary::Divide, a, b) => {
                let left = self.value(a);
                match self.graph.constant_value(b) {
                    Some(number) => {
                        let inverse = self.constant(1.0 / number);
                        self.builder.ins().fmul(left, inverse)
                    }
                    None => {
                        let right = self.value(b);
                        self.builder.ins().fdiv(left, right)
                    }
                }
            }
            // A mask, which only choices read in these models.
            Node::Binary(Binary::LessOrEqual, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                self.builder.ins().fcmp(FloatCC::LessThanOrEqual, a, b)
            }
            Node::Select(condition, a, b) => {
                let mask = self.value(condition);
                let (a, b) = (self.value(a), self.value(b));
                self.choose(mask, a, b)
            }
            other => unimplemented!("{other:?} is in none of the three models"),
        };
        self.values.insert(expression, value);
        value
    }

    fn leaf(&mut self, symbol: SymbolKind) -> Value {
        let place = match symbol {
            SymbolKind::Named(name) if name == "t" => return self.time,
            SymbolKind::Named(name) => {
                let column = match self.names.iter().position(|known| *known == name) {
                    Some(column) => column,
                    None => self.names.len(),
                };
                self.builder.ins().iadd(self.columns[column], self.offset)
            }
            // Draws are filled in for a run of lanes, whose first is `first`.
            _ => {
                let first = self.builder.ins().ishl_imm(self.first, 3);
                let offset = self.builder.ins().isub(self.offset, first);
                self.builder.ins().iadd(self.draws, offset)
            }
        };
        self.builder
            .ins()
            .load(self.kind, MemFlags::new(), place, 0)
    }

    /// The factors of a product that nothing else reads.
    fn product(&self, expression: Expression) -> Option<(Expression, Expression)> {
        match self.graph.node(expression) {
            Node::Binary(Binary::Multiply, a, b) if self.uses[&expression] == 1 => Some((a, b)),
            _ => None,
        }
    }

    fn sum(&mut self, a: Expression, b: Expression) -> Value {
        for (product, other) in [(a, b), (b, a)] {
            if let Some((x, y)) = self.product(product) {
                let (x, y, z) = (self.value(x), self.value(y), self.value(other));
                return self.builder.ins().fma(x, y, z);
            }
        }
        let (a, b) = (self.value(a), self.value(b));
        self.builder.ins().fadd(a, b)
    }

    fn difference(&mut self, a: Expression, b: Expression) -> Value {
        if let Some((x, y)) = self.product(b) {
            let (x, y, z) = (self.value(x), self.value(y), self.value(a));
            let x = self.builder.ins().fneg(x);
            return self.builder.ins().fma(x, y, z);
        }
        if let Some((x, y)) = self.product(a) {
            let (x, y, z) = (self.value(x), self.value(y), self.value(b));
            let z = self.builder.ins().fneg(z);
            return self.builder.ins().fma(x, y, z);
        }
        let (a, b) = (self.value(a), self.value(b));
        self.builder.ins().fsub(a, b)
    }

    fn spread(&mut self, value: Value) -> Value {
        match self.kind {
            F64 => value,
            kind => self.builder.ins().splat(kind, value),
        }
    }

    pub fn constant(&mut self, number: f64) -> Value {
        let value = self.builder.ins().f64const(number);
        self.spread(value)
    }

    pub fn whole_constant(&mut self, number: i64) -> Value {
        let value = self.builder.ins().iconst(I64, number);
        match self.whole {
            I64 => value,
            kind => self.builder.ins().splat(kind, value),
        }
    }

    fn bits(&mut self, value: Value) -> Value {
        self.cast(self.whole, value)
    }

    fn cast(&mut self, kind: Type, value: Value) -> Value {
        let flags = MemFlags::new().with_endianness(Endianness::Little);
        self.builder.ins().bitcast(kind, flags, value)
    }

    /// `a` where the mask is set, else `b`.
    fn choose(&mut self, mask: Value, a: Value, b: Value) -> Value {
        if self.kind == F64 {
            return self.builder.ins().select(mask, a, b);
        }
        let mask = self.cast(F64X2, mask);
        self.builder.ins().bitselect(mask, a, b)
    }

    fn clamped(&mut self, x: Value, low: f64, high: f64) -> Value {
        let (low, high) = (self.constant(low), self.constant(high));
        let above = self.builder.ins().fcmp(FloatCC::GreaterThan, x, high);
        let x = self.choose(above, high, x);
        let below = self.builder.ins().fcmp(FloatCC::LessThan, x, low);
        self.choose(below, low, x)
    }

    /// `c[0] + c[1] x + …` in two chains, as `lanes::fused`.
    fn polynomial(&mut self, x: Value, coefficients: &[f64]) -> Value {
        let square = self.builder.ins().fmul(x, x);
        let mut k = coefficients.len() - 2;
        let mut upper = self.constant(coefficients[k + 1]);
        let mut lower = self.constant(coefficients[k]);
        while k > 2 {
            k -= 2;
            let (c, d) = (
                self.constant(coefficients[k + 1]),
                self.constant(coefficients[k]),
            );
            upper = self.builder.ins().fma(upper, square, c);
            lower = self.builder.ins().fma(lower, square, d);
        }
        let mut sum = self.builder.ins().fma(upper, x, lower);
        while k > 0 {
            k -= 1;
            let c = self.constant(coefficients[k]);
            sum = self.builder.ins().fma(sum, x, c);
        }
        sum
    }

    /// `n` in two's complement and `r`, where `x = n ln 2 + r`; and what is lost when `r` is rounded.
    fn reduce(&mut self, x: Value) -> (Value, Value, Value) {
        let (log2_e, rounding) = (
            self.constant(std::f64::consts::LOG2_E),
            self.constant(ROUNDING),
        );
        let shifted = self.builder.ins().fma(x, log2_e, rounding);
        let whole = self.builder.ins().fsub(shifted, rounding);
        let (shifted, zero_point) = (
            self.bits(shifted),
            self.whole_constant(ROUNDING.to_bits() as i64),
        );
        let n = self.builder.ins().isub(shifted, zero_point);
        let minus = self.builder.ins().fneg(whole);
        let (high, low) = (self.constant(LN_2_HIGH), self.constant(LN_2_LOW));
        let exact = self.builder.ins().fma(minus, high, x);
        let r = self.builder.ins().fma(minus, low, exact);
        let lost = self.builder.ins().fsub(exact, r);
        let tail = self.builder.ins().fma(minus, low, lost);
        (n, r, tail)
    }

    fn power_of_two(&mut self, n: Value, bias: i64) -> Value {
        let bias = self.whole_constant(bias);
        let biased = self.builder.ins().iadd(n, bias);
        let bits = self.builder.ins().ishl_imm(biased, 52);
        self.cast(self.kind, bits)
    }

    fn exp(&mut self, x: Value) -> Value {
        let x = self.clamped(x, -746.0, 710.0);
        let (n, r, _) = self.reduce(x);
        let q = self.polynomial(r, &EXP);
        let square = self.builder.ins().fmul(r, r);
        let growth = self.builder.ins().fma(square, q, r);
        let one = self.constant(1.0);
        let grown = self.builder.ins().fadd(growth, one);
        let offset = self.whole_constant(2048);
        let biased = self.builder.ins().iadd(n, offset);
        let half = self.builder.ins().ushr_imm(biased, 1);
        let other = self.builder.ins().isub(biased, half);
        let (first, second) = (self.power_of_two(half, -1), self.power_of_two(other, -1));
        let scaled = self.builder.ins().fmul(grown, first);
        self.builder.ins().fmul(scaled, second)
    }

    /// Without a division where all lanes are near 0.
    fn exp_rel(&mut self, x: Value) -> Value {
        let size = self.builder.ins().fabs(x);
        let limit = self.constant(NEAR_ZERO);
        let near = self
            .builder
            .ins()
            .fcmp(FloatCC::LessThanOrEqual, size, limit);
        let all = match self.kind {
            F64 => near,
            _ => self.builder.ins().vall_true(near),
        };
        let [short, long, join] = [(); 3].map(|()| self.builder.create_block());
        self.builder.append_block_param(join, self.kind);
        self.builder.ins().brif(all, short, &[], long, &[]);

        self.builder.switch_to_block(short);
        let value = self.exp_rel_near_zero(x);
        self.builder.ins().jump(join, &[BlockArg::Value(value)]);

        self.builder.switch_to_block(long);
        let bounded = self.clamped(x, -40.0, 710.0);
        let (n, r, tail) = self.reduce(bounded);
        let q = self.polynomial(r, &EXP_REL);
        let square = self.builder.ins().fmul(r, r);
        let bent = self.builder.ins().fma(square, q, tail);
        let growth = self.builder.ins().fadd(r, bent);
        let quarter = self.power_of_two(n, 1021);
        let part = self.constant(0.25);
        let rest = self.builder.ins().fsub(quarter, part);
        let less_one = self.builder.ins().fma(quarter, growth, rest);
        let below = self.builder.ins().fmul(x, part);
        let ratio = self.builder.ins().fdiv(less_one, below);
        let value = self.exp_rel_near_zero(x);
        let value = self.choose(near, value, ratio);
        self.builder.ins().jump(join, &[BlockArg::Value(value)]);

        self.builder.switch_to_block(join);
        self.builder.block_params(join)[0]
    }

    fn exp_rel_near_zero(&mut self, x: Value) -> Value {
        let (q, one) = (self.polynomial(x, &EXP_REL), self.constant(1.0));
        self.builder.ins().fma(x, q, one)
    }
}

const ROUNDING: f64 = 6_755_399_441_055_744.0;
const LN_2_HIGH: f64 = 0.693_147_180_559_208_2;
const LN_2_LOW: f64 = 7.371_002_565_167_799e-13;
const NEAR_ZERO: f64 = 0.5;

/// As in `lanes/double/exponential.rs`.
const EXP: [f64; 11] = [
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.008333333333326136,
    0.0013888888888883748,
    0.00019841269874820627,
    2.4801587325547743e-05,
    2.7557255400206422e-06,
    2.75572736431103e-07,
    2.5105217004720745e-08,
    2.0914686968086876e-09,
];

/// As in `lanes/double/exponential.rs`.
const EXP_REL: [f64; 12] = [
    0.5,
    0.16666666666666666,
    0.041666666666667164,
    0.008333333333333807,
    0.0013888888888661218,
    0.00019841269840392142,
    2.4801587666164665e-05,
    2.755732000735655e-06,
    2.7557053976511557e-07,
    2.505174527462374e-08,
    2.0966519276421017e-09,
    1.6143086856789562e-10,
];
