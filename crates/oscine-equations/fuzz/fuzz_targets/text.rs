//! No text makes any reader panic, and what is read as a quantity is shown so that it reads back equal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oscine_equations::{
    Binding, Dimension, Graph, Model, Quantity, Scope, derivative, linear_parts, print, resolve,
    resolve_statements,
};

fuzz_target!(|text: &str| {
    let mut scope = Scope::new();
    for (name, dimension) in [("v", Dimension::VOLT), ("w", Dimension::DIMENSIONLESS), ("t", Dimension::SECOND)] {
        scope.bind(name, Binding::Symbol { dimension, writable: true });
    }
    let (dimension, argument) = (Dimension::VOLT, Dimension::SECOND);
    scope.bind("signal", Binding::Function { dimension, argument, indexed: false });
    let mut graph = Graph::new();
    match resolve(&mut graph, &scope, text) {
        Ok(typed) => {
            let symbol = graph.name("v");
            let _ = derivative(&mut graph, typed.expression, symbol);
            let _ = linear_parts(&mut graph, typed.expression, symbol);
            let _ = print(&graph, typed.expression);
        }
        Err(error) => {
            let span = error.span();
            assert!(error.text().get(span).is_some(), "the place is in the text");
        }
    }
    let _ = resolve_statements(&mut graph, &scope, text);
    if let Ok(model) = Model::compile(&mut graph, text, &scope) {
        for state in &model.states {
            let _ = derivative(&mut graph, state.drift, state.symbol);
        }
    }
    if let Ok(quantity) = Quantity::parse(text) {
        let shown = quantity.to_string();
        if quantity.value.is_finite() {
            assert_eq!(Quantity::parse(&shown).ok(), Some(quantity), "{shown}");
        }
    }
});
