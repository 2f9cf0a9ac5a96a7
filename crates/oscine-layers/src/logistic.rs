//! The logistic function as people write it, `1/(1 + exp(-x))`, overflows: its derivative is infinity over infinity from x = -89 in single precision.
//! The same function by the hyperbolic tangent does not.

use oscine_equations::graph::{Binary, Node, Unary};
use oscine_equations::{Expression, Graph};

/// The same expression with `n*(0.5 - 0.5*tanh(u/2))` for each `n/(1 + exp(u))` in it.
pub(crate) fn without_overflow(graph: &mut Graph, root: Expression) -> Expression {
    graph.rewrite(&[root], |graph, node| {
        let Node::Binary(Binary::Divide, above, below) = node else {
            return None;
        };
        let u = exponent(graph, below)?;
        let half = graph.constant(0.5);
        let halved = graph.multiply(half, u);
        let bent = graph.unary(Unary::Tanh, halved);
        let bent = graph.multiply(half, bent);
        let logistic = graph.subtract(half, bent);
        Some(graph.multiply(above, logistic))
    })[0]
}

/// The `u` of `1 + exp(u)`.
fn exponent(graph: &Graph, expression: Expression) -> Option<Expression> {
    let Node::Binary(Binary::Add, a, b) = graph.node(expression) else {
        return None;
    };
    let of = |one, other| match (graph.constant_value(one), graph.node(other)) {
        (Some(1.0), Node::Unary(Unary::Exp, u)) => Some(u),
        _ => None,
    };
    of(a, b).or_else(|| of(b, a))
}

#[cfg(test)]
mod tests {
    use oscine_network::Text;

    use crate::activation::Activation;

    #[test]
    fn the_logistic_function_has_a_slope_however_it_is_written() {
        let inputs = [-200.0_f32, -90.0, -1.0, 0.0, 3.0, 200.0];
        let of = |text: &str| {
            let activation = Activation::read(&Text::new(text), "test").unwrap();
            let (mut values, mut slopes) = (inputs.to_vec(), vec![0.0; inputs.len()]);
            let mut memory = activation.workspace::<f32>();
            activation.apply(&mut memory, &mut values, &mut slopes);
            (values, slopes)
        };
        let (values, slopes) = of("sigmoid");
        for text in [
            "1/(1 + exp(-x))",
            "1/(exp(-x) + 1)",
            "1 - 1/(1 + exp(x))",
            "where(x > 1000, 0, 1/(1 + exp(-x)))",
        ] {
            let (written, written_slopes) = of(text);
            for place in 0..inputs.len() {
                assert!((written[place] - values[place]).abs() < 1e-6, "{text}");
                let (one, other) = (written_slopes[place], slopes[place]);
                assert!((one - other).abs() < 1e-6, "{text}: {one}, {other}");
            }
        }
    }
}
