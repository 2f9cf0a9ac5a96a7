//! Arrays with named axes and a dimension: a rate of each cell, a trace of each cell against time, and either at each point of a sweep.
//!
//! Two arrays are combined along the axes that bear the same name, and spread along the others.

use oscine_equations::Dimension;

/// An array with named axes.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedArray {
    /// Its dimension.
    pub dimension: Dimension,
    /// From the outermost (the first key of a sweep) to the innermost.
    pub axes: Vec<ArrayAxis>,
    /// The numbers in SI units, `[axis, axis, …]`, the last axis fastest. One that could not be measured is not finite.
    pub values: Vec<f64>,
}

/// An axis of an array.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayAxis {
    /// Its name: a population, `time`, `frequency`, a key of the file.
    pub name: String,
    /// What it runs over.
    pub kind: AxisKind,
    /// The dimension of its coordinates.
    pub dimension: Dimension,
    /// Coordinates of its values, in SI units.
    pub coordinates: Vec<f64>,
    /// Labels of its values, where they are names and no numbers; else empty.
    pub labels: Vec<String>,
}

/// What an axis runs over, from the outermost to the innermost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AxisKind {
    /// Values of a key, in a sweep.
    Sweep,
    /// Seeds.
    Repeat,
    /// Cells or synapses: an axis without an order.
    Elements,
    /// Something else within one run: time, frequency.
    Within,
}

/// Two axes of one name that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` has {left} values on one side and {right} others on the other")]
pub struct AxesDiffer {
    /// The axis.
    pub name: String,
    /// Values on one side.
    pub left: usize,
    /// Values on the other side.
    pub right: usize,
}

impl ArrayAxis {
    /// An axis within a run.
    #[must_use]
    pub fn within(name: impl Into<String>, dimension: Dimension, coordinates: Vec<f64>) -> Self {
        Self {
            name: name.into(),
            kind: AxisKind::Within,
            dimension,
            coordinates,
            labels: Vec::new(),
        }
    }

    /// The cells or synapses of this name, by their indices.
    #[must_use]
    pub fn elements(name: impl Into<String>, indices: impl IntoIterator<Item = u32>) -> Self {
        let coordinates = indices.into_iter().map(f64::from).collect();
        Self {
            kind: AxisKind::Elements,
            ..Self::within(name, Dimension::DIMENSIONLESS, coordinates)
        }
    }

    /// How many values lie along it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.coordinates.len()
    }

    /// Whether none does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.coordinates.is_empty()
    }

    /// Where each value of another axis of the same name lies on this one; `None` where one does not.
    fn places_of(&self, other: &Self) -> Option<Vec<usize>> {
        if self.coordinates == other.coordinates && self.labels == other.labels {
            return Some((0..self.len()).collect());
        }
        if !self.labels.is_empty() {
            return None;
        }
        let place = |value: &f64| self.coordinates.iter().position(|own| own == value);
        other.coordinates.iter().map(place).collect()
    }
}

impl NamedArray {
    /// A scalar array.
    #[must_use]
    pub fn number(value: f64, dimension: Dimension) -> Self {
        Self {
            dimension,
            axes: Vec::new(),
            values: vec![value],
        }
    }

    /// An array along one axis.
    #[must_use]
    pub fn along(axis: ArrayAxis, dimension: Dimension, values: Vec<f64>) -> Self {
        debug_assert_eq!(axis.len(), values.len());
        Self {
            dimension,
            axes: vec![axis],
            values,
        }
    }

    /// The scalar, where it is one.
    #[must_use]
    pub fn single(&self) -> Option<f64> {
        match (self.axes.is_empty(), self.values.as_slice()) {
            (true, [value]) => Some(*value),
            _ => None,
        }
    }

    /// The same without axes of a single cell or synapse, which say nothing.
    #[must_use]
    pub fn squeezed(mut self) -> Self {
        self.axes
            .retain(|axis| axis.kind != AxisKind::Elements || axis.len() != 1);
        self
    }

    /// The axis that a reduction takes: the innermost that is not over seeds.
    #[must_use]
    pub fn innermost(&self) -> Option<usize> {
        self.axes
            .iter()
            .rposition(|axis| axis.kind != AxisKind::Repeat)
    }

    /// The place of the axis of this name.
    #[must_use]
    pub fn axis(&self, name: &str) -> Option<usize> {
        self.axes.iter().position(|axis| axis.name == name)
    }

    /// Reduces each line of an axis to one number.
    #[must_use]
    pub fn reduced(
        &self,
        axis: usize,
        dimension: Dimension,
        mut number: impl FnMut(&[f64]) -> f64,
    ) -> Self {
        let mut values = Vec::with_capacity(self.values.len() / self.axes[axis].len().max(1));
        self.lines(axis, |line| values.push(number(line)));
        let mut axes = self.axes.clone();
        axes.remove(axis);
        Self {
            dimension,
            axes,
            values,
        }
    }

    /// Shows the values along each line of an axis, in the order of the other axes.
    pub fn lines(&self, axis: usize, mut show: impl FnMut(&[f64])) {
        let length = self.axes[axis].len();
        let inner: usize = self.axes[axis + 1..].iter().map(ArrayAxis::len).product();
        let outer: usize = self.axes[..axis].iter().map(ArrayAxis::len).product();
        let mut line = vec![0.0; length];
        for outer in 0..outer {
            for inner_place in 0..inner {
                for (place, value) in line.iter_mut().enumerate() {
                    *value = self.values[(outer * length + place) * inner + inner_place];
                }
                show(&line);
            }
        }
    }

    /// The values at one place of an axis.
    #[must_use]
    pub fn at(&self, axis: usize, place: usize) -> Self {
        self.reduced(axis, self.dimension, |line| line[place])
    }

    /// The values broadcast along these axes, which hold all of its own.
    #[must_use]
    pub fn spread(&self, axes: &[ArrayAxis]) -> Vec<f64> {
        // For each axis of the result: the step in this array, and where its values lie.
        let mut steps: Vec<(usize, Vec<usize>)> = Vec::with_capacity(axes.len());
        for axis in axes {
            steps.push(match self.axis(&axis.name) {
                Some(own) => {
                    let step: usize = self.axes[own + 1..].iter().map(ArrayAxis::len).product();
                    let places = self.axes[own].places_of(axis).unwrap_or_default();
                    (step, places)
                }
                None => (0, vec![0; axis.len()]),
            });
        }
        let count: usize = axes.iter().map(ArrayAxis::len).product();
        let mut values = Vec::with_capacity(count);
        let mut at = vec![0usize; axes.len()];
        for _ in 0..count {
            let place: usize = steps
                .iter()
                .zip(&at)
                .map(|((step, places), &at)| step * places[at])
                .sum();
            values.push(self.values[place]);
            for axis in (0..axes.len()).rev() {
                at[axis] += 1;
                if at[axis] < axes[axis].len() {
                    break;
                }
                at[axis] = 0;
            }
        }
        values
    }
}

/// The axes of a combination of arrays: each name once, from the sweep's to those within a run.
///
/// # Errors
/// Where two axes of one name hold different values, and neither holds all of the other's.
pub fn common_axes<'a>(
    arrays: impl IntoIterator<Item = &'a NamedArray>,
) -> Result<Vec<ArrayAxis>, AxesDiffer> {
    let mut axes: Vec<ArrayAxis> = Vec::new();
    for axis in arrays.into_iter().flat_map(|array| &array.axes) {
        let Some(known) = axes.iter_mut().find(|known| known.name == axis.name) else {
            axes.push(axis.clone());
            continue;
        };
        if axis.places_of(known).is_some() {
            continue;
        }
        if known.places_of(axis).is_none() {
            return Err(AxesDiffer {
                name: axis.name.clone(),
                left: known.len(),
                right: axis.len(),
            });
        }
        *known = axis.clone();
    }
    axes.sort_by_key(|axis| axis.kind);
    Ok(axes)
}

/// Puts arrays of the points of a sweep together: `points` of them, those of one seed after those of another, laid out along `outer`.
/// Where a line within a run is shorter at one point than at another, what is missing is not a number.
#[must_use]
pub fn stacked(outer: &[ArrayAxis], points: &[Option<&NamedArray>]) -> Option<NamedArray> {
    let shape = points.iter().copied().flatten().max_by_key(|array| {
        let sizes: usize = array.axes.iter().map(ArrayAxis::len).product();
        sizes
    })?;
    let inner = shape.values.len();
    let mut values = Vec::with_capacity(points.len() * inner);
    for point in points {
        match point {
            Some(array) if array.axes.len() == shape.axes.len() => {
                values.extend(padded(array, &shape.axes));
            }
            _ => values.extend(std::iter::repeat_n(f64::NAN, inner)),
        }
    }
    Some(NamedArray {
        dimension: shape.dimension,
        axes: outer.iter().chain(&shape.axes).cloned().collect(),
        values,
    })
}

/// The values of an array padded to a larger shape.
fn padded(array: &NamedArray, axes: &[ArrayAxis]) -> Vec<f64> {
    let count: usize = axes.iter().map(ArrayAxis::len).product();
    let mut values = vec![f64::NAN; count];
    let mut at = vec![0usize; axes.len()];
    for &value in &array.values {
        let mut place = 0;
        let mut fits = true;
        for (axis, &at) in axes.iter().zip(&at) {
            place = place * axis.len() + at;
            fits &= at < axis.len();
        }
        if fits {
            values[place] = value;
        }
        for axis in (0..axes.len()).rev() {
            at[axis] += 1;
            if at[axis] < array.axes[axis].len() {
                break;
            }
            at[axis] = 0;
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Dimension = Dimension::DIMENSIONLESS;

    fn cells(count: u32) -> ArrayAxis {
        ArrayAxis::elements("cells", 0..count)
    }

    #[test]
    fn arrays_spread_along_the_axes_of_each_other() {
        let time = ArrayAxis::within("time", Dimension::SECOND, vec![0.0, 1.0]);
        let a = NamedArray::along(cells(3), PLAIN, vec![1.0, 2.0, 3.0]);
        let b = NamedArray::along(time.clone(), PLAIN, vec![10.0, 20.0]);
        let axes = common_axes([&a, &b]).unwrap();
        assert_eq!(axes, [cells(3), time]);
        assert_eq!(a.spread(&axes), [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
        assert_eq!(b.spread(&axes), [10.0, 20.0, 10.0, 20.0, 10.0, 20.0]);
    }

    #[test]
    fn a_slice_of_cells_is_combined_with_all_of_them() {
        let all = NamedArray::along(cells(4), PLAIN, vec![0.0, 1.0, 2.0, 3.0]);
        let some = NamedArray::along(ArrayAxis::elements("cells", 2..4), PLAIN, vec![5.0, 6.0]);
        for pair in [[&all, &some], [&some, &all]] {
            let axes = common_axes(pair).unwrap();
            assert_eq!(all.spread(&axes), [2.0, 3.0]);
            assert_eq!(some.spread(&axes), [5.0, 6.0]);
        }
        let others = NamedArray::along(ArrayAxis::elements("cells", 3..6), PLAIN, vec![0.0; 3]);
        assert!(common_axes([&all, &others]).is_err());
    }

    #[test]
    fn a_reduction_takes_one_axis() {
        let time = ArrayAxis::within("time", Dimension::SECOND, vec![0.0, 1.0, 2.0]);
        let array = NamedArray {
            dimension: PLAIN,
            axes: vec![cells(2), time],
            values: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        };
        let sums = array.reduced(1, PLAIN, |line| line.iter().sum());
        assert_eq!((sums.axes.len(), sums.values), (1, vec![6.0, 15.0]));
        let sums = array.reduced(0, PLAIN, |line| line.iter().sum());
        assert_eq!(sums.values, [5.0, 7.0, 9.0]);
        assert_eq!(array.at(0, 1).values, [4.0, 5.0, 6.0]);
    }

    #[test]
    fn points_of_a_sweep_stand_side_by_side() {
        let level = ArrayAxis {
            kind: AxisKind::Sweep,
            ..ArrayAxis::within("level", PLAIN, vec![0.1, 0.2])
        };
        let a = NamedArray::along(cells(1), PLAIN, vec![1.0]);
        let b = NamedArray::along(cells(2), PLAIN, vec![2.0, 3.0]);
        let all = stacked(&[level], &[Some(&a), Some(&b)]).unwrap();
        assert_eq!(all.axes.len(), 2);
        assert_eq!(all.values[0], 1.0);
        assert!(all.values[1].is_nan());
        assert_eq!(all.values[2..], [2.0, 3.0]);
    }
}
