//! What a person sees who makes a mistake: every message, with its place underlined, kept as a snapshot.

use miette::{GraphicalReportHandler, GraphicalTheme};
use oscine_equations::{
    Binding, Dimension, EquationError, Graph, Model, Quantity, Scope, resolve, resolve_as,
    resolve_condition, resolve_statements,
};

fn scope() -> Scope {
    let mut scope = Scope::new();
    let symbols = [
        ("v", Dimension::VOLT, true),
        ("ge", Dimension::DIMENSIONLESS, true),
        ("w", Dimension::DIMENSIONLESS, true),
        ("g_leak", Dimension::SIEMENS, false),
        ("t", Dimension::SECOND, false),
        ("i", Dimension::DIMENSIONLESS, false),
    ];
    for (name, dimension, writable) in symbols {
        scope.bind(
            name,
            Binding::Symbol {
                dimension,
                writable,
            },
        );
    }
    for (name, value) in [("tau_m", "20 ms"), ("E_L", "-60 mV")] {
        let quantity = Quantity::parse(value).expect("a quantity");
        scope.bind(name, Binding::Constant(quantity));
    }
    for (name, indexed) in [("signal", false), ("table", true)] {
        let (dimension, argument) = (Dimension::AMPERE, Dimension::SECOND);
        scope.bind(
            name,
            Binding::Function {
                dimension,
                argument,
                indexed,
            },
        );
    }
    scope
}

/// All texts and what is said about them. A text that is accepted fails the test.
fn report<T>(
    texts: &[&str],
    read: impl Fn(&mut Graph, &Scope, &str) -> Result<T, EquationError>,
) -> String {
    let handler =
        GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110);
    let mut out = String::new();
    for text in texts {
        let mut graph = Graph::new();
        let Err(error) = read(&mut graph, &scope(), text) else {
            panic!("accepted: {text}");
        };
        assert!(
            error.span().end <= text.len(),
            "{text}: the place is not in the text"
        );
        handler.render_report(&mut out, &error).expect("a report");
        out.push_str("────\n");
    }
    out
}

#[test]
fn in_expressions() {
    let texts = [
        "",
        "(E_L - v",
        "E_L - v)",
        "2*",
        "* 2",
        "v +* 2",
        "2 v",
        "ge(1 + 2)",
        "1 < ge < 3",
        "v ^ 2",
        "v[0]",
        "!w",
        "w = 3",
        "1 if w else 2",
        "tau_n + 3",
        "E_l - v",
        "10*milivolt",
        "3*sec",
        "5*V",
        "w*celsius",
        "xi*2",
        "exp",
        "signal",
        "expo(w)",
        "exp(1, 2)",
        "clip(w, 0)",
        "rand(3)",
        "signal()",
        "signal(w)",
        "table(t)",
        "v + ge",
        "v + 3",
        "v - tau_m",
        "g_leak*v + v",
        "v > -50",
        "exp(v)",
        "floor(t)",
        "clip(v, 0, 1)",
        "where(v, 1, 2)",
        "where(v > 0, v, w)",
        "2**v",
        "v**w",
        "v**0.37",
        "sqrt(v**0.25*volt**0.05)",
        "(v > 0) + 1",
        "not v",
        "w and v > 0*mV and 3",
        "t // w",
        "t % w",
    ];
    insta::assert_snapshot!(report(&texts, resolve));
}

#[test]
fn of_the_wrong_kind() {
    let volts = |graph: &mut Graph, scope: &Scope, text: &str| {
        resolve_as(
            graph,
            scope,
            text,
            Dimension::VOLT,
            "the initial value of v",
        )
    };
    insta::assert_snapshot!(
        "dimension",
        report(&["3", "E_L/tau_m", " g_leak ", "v*v"], volts)
    );
    let condition = |graph: &mut Graph, scope: &Scope, text: &str| {
        resolve_condition(graph, scope, text, "the threshold of `cells`")
    };
    insta::assert_snapshot!(
        "condition",
        report(&["v", "-50*mV", "1", "v = 3*mV"], condition)
    );
}

#[test]
fn in_quantities() {
    let texts = [
        "",
        "20 msx",
        "20 Volt/sec",
        "mV 20",
        "70 mV + 0.5 mV",
        "20 ms 3",
        "1 mV + 2*ms",
        "rand()",
        "1 mv",
    ];
    insta::assert_snapshot!(report(&texts, |_, _, text| Quantity::parse(text)));
}

#[test]
fn in_statements() {
    let texts = [
        "v",
        "v = ",
        "v == 3",
        "v = -60",
        "v += w",
        "v *= 2*mV",
        "vv = E_L",
        "gi += 0.6",
        "E_L = -60*mV",
        "t = 0*second",
        "signal = 3",
        "exp = 3",
        "w = 1 w = 2",
        "w += 1\n+ 2",
        "w = (1 +\n2",
        "if v > 0: w = 1",
    ];
    insta::assert_snapshot!(report(&texts, resolve_statements));
}

#[test]
fn in_equations() {
    let texts = [
        "dv/dt = (E_L - v)/tau_m",
        "dv/dt = (E_L - v)/tau_m\nx : 1",
        "dv/dt = (E_L - v)/tau_m : volt (unless refractori)",
        "dv/dt = (E_L - v)/tau_m : volt (constant)",
        "dv/dt = (E_L - v)/tau_m : volt (event-driven, clock-driven)",
        "dv/dt = (E_L - v)/tau_m : volt (unless refractory",
        "dv/dt = (E_L - v)/tau_m : mV",
        "dv/dt = (E_L - v)/tau_m : vlot",
        "dv/dt = (E_L - v)/tau_m : amp",
        "dv/dt = E_L - v : volt",
        "dv/dt = (E_L - v)/tau_n : volt",
        "dv/dx = 3 : 1",
        "dn/dt = 1*Hz : integer",
        "x : bool",
        "x : ",
        "x",
        "3 : volt",
        "x + y = 3 : 1",
        "x : 1\n# again, by mistake\nx : volt",
        "mV : volt",
        "N : 1",
        "exp = 3 : 1",
        "xi_2 : 1",
        "a = b + 1 : 1\nb = 2*c : 1\nc = a : 1",
        "x = v > 0*mV : volt",
        "x = 3 : boolean",
        "dx/dt = xi**2 : 1",
        "dx/dt = sin(xi*second**0.5)/second : 1",
        "dx/dt = xi*xi_b : 1",
        "dx/dt = xi : 1",
        "I = w : 1 (summed)",
        "I_post = xi : second**-0.5 (summed)",
        "x = (1 +\n2 : 1",
        "x = 1 2 : 1",
        "x : 1 volt",
    ];
    insta::assert_snapshot!(report(&texts, |graph, scope, text| Model::compile(
        graph, text, scope
    )));
}

#[test]
fn of_excess() {
    for text in [
        "(".repeat(100_000),
        "-".repeat(1 << 20),
        "x+".repeat(50_000_000),
        "exp(".repeat(2000),
    ] {
        let mut graph = Graph::new();
        let error = resolve(&mut graph, &scope(), &text).expect_err("too much");
        let message = error.message();
        assert!(
            message.contains("levels deep") || message.contains("bytes long"),
            "{message}"
        );
        assert!(Model::compile(&mut graph, &text, &scope()).is_err());
        assert!(resolve_statements(&mut graph, &scope(), &text).is_err());
        assert!(Quantity::parse(&text).is_err());
    }
}
