//! Reductions of the values along an axis and their coordinates: peak, slope, crossing.

pub(super) fn mean(values: &[f64]) -> f64 {
    oscine_analysis::mean(values).unwrap_or(f64::NAN)
}

pub(super) fn variance(values: &[f64]) -> f64 {
    oscine_analysis::variance(values).unwrap_or(f64::NAN)
}

pub(super) fn quantile(values: &[f64], part: f64) -> f64 {
    oscine_analysis::quantile(values, part).unwrap_or(f64::NAN)
}

pub(super) fn extreme(values: &[f64], places: &[f64], beats: impl Fn(f64, f64) -> bool) -> f64 {
    let mut best: Option<(f64, f64)> = None;
    for (&value, &place) in values.iter().zip(places) {
        if best.is_none_or(|(known, _)| beats(value, known)) {
            best = Some((value, place));
        }
    }
    best.map_or(f64::NAN, |(_, place)| place)
}

/// The peak: the top of the parabola through the greatest value and its neighbours; the place of the greatest where it stands at an end.
pub(super) fn peak(values: &[f64], places: &[f64]) -> f64 {
    let mut order = 0..values.len();
    let Some(first) = order.next() else {
        return f64::NAN;
    };
    let greatest = order.fold(first, |best, at| match values[at] > values[best] {
        true => at,
        false => best,
    });
    if greatest == 0 || greatest + 1 == values.len() {
        return places[greatest];
    }
    let around = [greatest - 1, greatest, greatest + 1];
    let [y0, y1, y2] = around.map(|at| values[at]);
    let [x0, x1, x2] = around.map(|at| places[at]);
    let is_geometric = x0 > 0.0 && ((x1 / x0) / (x2 / x1) - 1.0).abs() < 1e-3;
    let [x0, x1, x2] = [x0, x1, x2].map(|x| if is_geometric { x.ln() } else { x });
    let (left, right) = ((y1 - y0) / (x1 - x0), (y1 - y2) / (x1 - x2));
    let bend = (right - left) / (x2 - x0);
    let top = match bend < 0.0 {
        true => x1 - (left + bend * (x1 - x0)) / (2.0 * bend),
        // Equal neighbours: there is no parabola.
        false => x1,
    };
    if is_geometric { top.exp() } else { top }
}

pub(super) fn integral(values: &[f64], places: &[f64]) -> f64 {
    let parts = values.windows(2).zip(places.windows(2));
    parts
        .map(|(y, x)| 0.5 * (y[0] + y[1]) * (x[1] - x[0]))
        .sum()
}

pub(super) fn slope(y: &[f64], x: &[f64]) -> f64 {
    let (xx, _, xy) = moments(y, x);
    xy / xx
}

pub(super) fn correlation(y: &[f64], x: &[f64]) -> f64 {
    let (xx, yy, xy) = moments(y, x);
    xy / (xx * yy).sqrt()
}

/// Sums of squares and products about the means.
fn moments(y: &[f64], x: &[f64]) -> (f64, f64, f64) {
    let (mean_y, mean_x) = (mean(y), mean(x));
    let mut sums = (0.0, 0.0, 0.0);
    for (y, x) in y.iter().zip(x) {
        let (y, x) = (y - mean_y, x - mean_x);
        sums = (sums.0 + x * x, sums.1 + y * y, sums.2 + x * y);
    }
    sums
}

pub(super) fn interpolated(values: &[f64], places: &[f64], at: f64) -> f64 {
    if let Some(exact) = places.iter().position(|place| *place == at) {
        return values[exact];
    }
    between(places, at).map_or(f64::NAN, |(left, part)| {
        values[left] + part * (values[left + 1] - values[left])
    })
}

pub(super) fn crossing(values: &[f64], places: &[f64], level: f64) -> f64 {
    between(values, level).map_or(f64::NAN, |(left, part)| {
        places[left] + part * (places[left + 1] - places[left])
    })
}

/// The crossing of a level: the first two neighbours with the level between them, and which part of the way it is.
fn between(values: &[f64], level: f64) -> Option<(usize, f64)> {
    let left = values
        .windows(2)
        .position(|w| (w[0] <= level && level <= w[1]) || (w[1] <= level && level <= w[0]))?;
    let width = values[left + 1] - values[left];
    Some((
        left,
        if width == 0.0 {
            0.0
        } else {
            (level - values[left]) / width
        },
    ))
}
