//! How near an orbit comes back to itself (Poincaré 1890; Eckmann, Kamphorst & Ruelle 1987): a cycle comes back onto itself every period, a
//! quasi-periodic orbit ever nearer, a chaotic one near, now and then, and never on.

/// A recurrence analysis: the nearest return of an orbit for each time that passed.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosestReturns {
    /// Elapsed times (s), `[elapsed]`, rising.
    pub elapsed: Vec<f64>,
    /// Least distance between any two points of the orbit so far apart in time, in the unit of the orbit, `[elapsed]`.
    pub distances: Vec<f64>,
    /// Greatest distance of any point from the orbit's centre: what a distance is to be compared with.
    pub size: f64,
}

impl ClosestReturns {
    /// Elapsed time (s) and distance of the nearest return of all; `None` of none.
    #[must_use]
    pub fn nearest(&self) -> Option<(f64, f64)> {
        self.elapsed
            .iter()
            .copied()
            .zip(self.distances.iter().copied())
            .min_by(|first, second| first.1.total_cmp(&second.1))
    }
}

/// Closest returns of an orbit sampled every `interval` (s), `[time][variable]`, for elapsed times from `from` to `until` (s): for each,
/// the least of `|x(t + elapsed) - x(t)|` over `t`.
///
/// Distances are Euclidean, so bring the variables to one scale first. Choose `from` longer than the orbit stays near any point, and `interval` small beside the
/// period: between samples the orbit moves on, which is the least distance that can be told from none. `None` of fewer than two points, of points with unlike numbers of
/// variables, or of no elapsed time within the recording. Takes (points x elapsed times) steps.
#[must_use]
pub fn closest_returns<Point: AsRef<[f64]>>(
    orbit: &[Point],
    interval: f64,
    from: f64,
    until: f64,
) -> Option<ClosestReturns> {
    let variables = orbit.first()?.as_ref().len();
    if !(interval > 0.0 && from >= 0.0)
        || orbit.iter().any(|point| point.as_ref().len() != variables)
    {
        return None;
    }
    // Side by side in memory, since each point is met many times.
    let points: Vec<f64> = orbit
        .iter()
        .flat_map(|point| point.as_ref())
        .copied()
        .collect();
    let first = ((from / interval - 1e-6).ceil() as usize).max(1);
    let last = ((until / interval + 1e-6).max(0.0) as usize).min(orbit.len() - 1);
    if first > last || variables == 0 {
        return None;
    }
    let squared = |point: &[f64], other: &[f64]| -> f64 {
        point
            .iter()
            .zip(other)
            .map(|(value, other)| (value - other).powi(2))
            .sum()
    };
    let distances = (first..=last)
        .map(|lag| {
            points
                .chunks_exact(variables)
                .zip(points[lag * variables..].chunks_exact(variables))
                .map(|(point, later)| squared(point, later))
                .fold(f64::INFINITY, f64::min)
                .sqrt()
        })
        .collect();
    let centre: Vec<f64> = (0..variables)
        .map(|variable| {
            points.iter().skip(variable).step_by(variables).sum::<f64>() / orbit.len() as f64
        })
        .collect();
    let size = points
        .chunks_exact(variables)
        .map(|point| squared(point, &centre))
        .fold(0.0, f64::max)
        .sqrt();
    Some(ClosestReturns {
        elapsed: (first..=last).map(|lag| lag as f64 * interval).collect(),
        distances,
        size,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn torus(slow: f64, fast: f64, count: u32) -> Vec<[f64; 4]> {
        (0..count)
            .map(|step| {
                let time = f64::from(step) * 0.01;
                let (first, second) =
                    ((TAU * slow * time).sin_cos(), (TAU * fast * time).sin_cos());
                [first.0, first.1, second.0, second.1]
            })
            .collect()
    }

    #[test]
    fn a_circle_comes_back_onto_itself_and_is_far_in_between() {
        let circle: Vec<[f64; 2]> = (0..1000)
            .map(|step| (TAU * f64::from(step) * 0.01).sin_cos().into())
            .collect();
        let returns = closest_returns(&circle, 0.01, 0.25, 3.0).unwrap();
        for (elapsed, distance) in returns.elapsed.iter().zip(&returns.distances) {
            // The chord of the angle.
            assert!((distance - 2.0 * (TAU * elapsed / 2.0).sin().abs()).abs() < 1e-12);
        }
        assert!((returns.size - 1.0).abs() < 1e-9);
        assert!(returns.nearest().unwrap().1 < 1e-12);
    }

    #[test]
    fn a_golden_torus_comes_ever_nearer_at_the_fibonacci_numbers_and_never_on() {
        let golden = 0.5 * (1.0 + 5f64.sqrt());
        let returns = closest_returns(&torus(1.0, golden, 4000), 0.01, 0.5, 30.0).unwrap();
        let at = |elapsed: f64| returns.distances[(elapsed / 0.01).round() as usize - 50];
        for (whole, closeness) in [
            (5.0f64, 0.0902),
            (8.0, 0.0557),
            (13.0, 0.0344),
            (21.0, 0.0213),
        ] {
            // The fast turn misses a whole number by golden^-n at the n-th Fibonacci number.
            let missed = (whole * golden - (whole * golden).round()).abs();
            assert!((missed - closeness).abs() < 1e-4);
            assert!((at(whole) - 2.0 * (std::f64::consts::PI * missed).sin()).abs() < 1e-9);
        }
        assert!(returns.nearest().unwrap().1 > 0.05);
    }

    #[test]
    fn a_chaotic_map_comes_near_and_never_on() {
        // The logistic map at 4: 2000 points, one step a second.
        let mut value = 0.3;
        let orbit: Vec<[f64; 1]> = (0..2000)
            .map(|_| {
                value = 4.0 * value * (1.0 - value);
                [value]
            })
            .collect();
        let returns = closest_returns(&orbit, 1.0, 2.0, 500.0).unwrap();
        let (_, nearest) = returns.nearest().unwrap();
        // Of 870,000 pairs, each nearer than d with chance 2 d (2/pi^2) ln(1/d) for the density 1/(pi sqrt(x(1 - x))), 40 lie within 1e-5.
        assert!(nearest > 0.0 && nearest < 1e-5, "{nearest}");
        assert!(closest_returns(&orbit, 1.0, 3000.0, 4000.0).is_none());
        assert!(closest_returns::<[f64; 1]>(&[], 1.0, 1.0, 2.0).is_none());
        assert!(closest_returns(&[vec![1.0], vec![1.0, 2.0]], 1.0, 1.0, 2.0).is_none());
    }
}
