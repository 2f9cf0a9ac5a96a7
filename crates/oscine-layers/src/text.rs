//! A text of the file that is an expression of a few numbers: read, differentiated, lowered.

use oscine_equations::program::{Output, Program, SymbolPlace, lower};
use oscine_equations::{
    Binding, Dimension, EquationError, Expression, Graph, Scope, derivative, resolve_as,
};

use crate::LayersError;
use crate::logistic::without_overflow;

/// A text being read.
pub(crate) struct TextReading<'a> {
    /// Its key, for messages: `layers.hidden.activation`.
    place: &'a str,
    pub graph: Graph,
    pub scope: Scope,
}

impl<'a> TextReading<'a> {
    /// Of a text at this place, which may use these numbers.
    pub fn new(place: &'a str, numbers: &[&str]) -> Self {
        let mut scope = Scope::new();
        for name in numbers {
            scope.bind(*name, number(false));
        }
        Self {
            place,
            graph: Graph::new(),
            scope,
        }
    }

    /// Reads the text.
    ///
    /// # Errors
    /// A mistake in it, a unit.
    pub fn expression(&mut self, text: &str) -> Result<Expression, LayersError> {
        let dimension = Dimension::DIMENSIONLESS;
        let read = resolve_as(
            &mut self.graph,
            &self.scope,
            text,
            dimension,
            "the expression",
        );
        let read = read.map_err(|error| self.wrong(error))?;
        Ok(without_overflow(&mut self.graph, read))
    }

    /// How fast an expression, written so, rises with a number.
    ///
    /// # Errors
    /// An expression whose derivative cannot be found.
    pub fn slope(
        &mut self,
        of: Expression,
        number: &str,
        text: &str,
    ) -> Result<Expression, LayersError> {
        let number = self.graph.name(number);
        derivative(&mut self.graph, of, number).ok_or_else(|| LayersError::NoDerivative {
            place: self.place.to_owned(),
            text: text.to_owned(),
        })
    }

    /// The program that puts expressions into columns.
    ///
    /// # Errors
    /// Expressions that draw random numbers.
    pub fn lower(
        &mut self,
        outputs: &[(Expression, u16)],
        place: &dyn Fn(&str) -> Option<SymbolPlace>,
        uniforms: usize,
    ) -> Result<Program, LayersError> {
        let program = self.lower_with_draws(outputs, place, uniforms)?;
        if program.draws().is_empty() {
            Ok(program)
        } else {
            Err(self.random())
        }
    }

    /// As [`TextReading::lower`], of expressions that may draw.
    ///
    /// # Errors
    /// A name that has no place.
    pub fn lower_with_draws(
        &mut self,
        outputs: &[(Expression, u16)],
        place: &dyn Fn(&str) -> Option<SymbolPlace>,
        uniforms: usize,
    ) -> Result<Program, LayersError> {
        let output = |&(expression, column)| Output { expression, column };
        let outputs: Vec<Output> = outputs.iter().map(output).collect();
        lower(&mut self.graph, &outputs, place, uniforms).map_err(|_| self.random())
    }

    /// A mistake in the text.
    pub fn wrong(&self, error: EquationError) -> LayersError {
        LayersError::Equation {
            place: self.place.to_owned(),
            error: Box::new(error),
        }
    }

    /// Random numbers where none can be.
    pub fn random(&self) -> LayersError {
        LayersError::Random {
            place: self.place.to_owned(),
        }
    }
}

/// A number without a unit.
pub(crate) fn number(writable: bool) -> Binding {
    Binding::Symbol {
        dimension: Dimension::DIMENSIONLESS,
        writable,
    }
}
