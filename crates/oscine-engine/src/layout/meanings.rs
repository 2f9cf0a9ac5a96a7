//! What the names of a population or projection stand for, kept so that their values can be asked for between steps: a column, a
//! number of the file, or an expression of both.

use oscine_equations::{Dimension, Expression, Graph};

/// Names with what they measure and what they stand for: expressions of columns and of time only.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meanings {
    graph: Graph,
    named: Vec<(String, Dimension, Expression)>,
}

impl Meanings {
    /// Keeps the meanings of names; the expressions are of `graph`.
    pub fn new(graph: &Graph, named: Vec<(String, Dimension, Expression)>) -> Self {
        Self {
            graph: graph.clone(),
            named,
        }
    }

    /// What a name measures.
    pub fn dimension(&self, name: &str) -> Option<Dimension> {
        let (_, dimension, _) = self.named.iter().find(|(known, ..)| known == name)?;
        Some(*dimension)
    }

    /// What a name measures and stands for, with a graph to lower it in.
    pub fn of(&self, name: &str) -> Option<(Graph, Dimension, Expression)> {
        let (_, dimension, expression) = self.named.iter().find(|(known, ..)| known == name)?;
        Some((self.graph.clone(), *dimension, *expression))
    }
}
