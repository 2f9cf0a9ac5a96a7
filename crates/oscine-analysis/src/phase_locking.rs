//! How sharply angles gather around one: vector strength with Rayleigh's test, and phase locking of two rhythms.
//!
//! The mean of `exp(i angle)` has length `r`, the vector strength (Goldberg & Brown 1969), and an angle, the preferred phase. Of two rhythms
//! with phases `a` and `b`, the angles are `n a - m b` and `r` is their phase-locking value (Lachaux et al. 1999). Angles that are uniform and
//! independent have `r^2` of `1/n` on average, not 0; [`Resultant::pairwise_consistency`] takes that out (Vinck et al. 2010).

use std::f64::consts::TAU;

use crate::{analytic_signal, phases};

/// The resultant vector of a set of angles, whose length is their vector strength.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resultant {
    /// Length of the mean of `exp(i angle)`, from 0 (spread) to 1 (all alike): vector strength, phase-locking value, order parameter.
    pub length: f64,
    /// Its angle, from -pi to pi: the preferred phase.
    pub angle: f64,
    /// How many angles there were.
    pub count: usize,
}

impl Resultant {
    /// Of angles in radians; `None` of no angles. Angles that are not finite are left out.
    #[must_use]
    pub fn of(angles: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (mut east, mut north, mut count) = (0.0, 0.0, 0usize);
        for angle in angles.into_iter().filter(|angle| angle.is_finite()) {
            let (sine, cosine) = angle.sin_cos();
            east += cosine;
            north += sine;
            count += 1;
        }
        (count > 0).then(|| Self {
            length: east.hypot(north) / count as f64,
            angle: north.atan2(east),
            count,
        })
    }

    /// Rayleigh's test: the chance of a vector at least this long if the angles were uniform and independent.
    ///
    /// `exp(sqrt(1 + 4n + 4(n^2 - R^2)) - 1 - 2n)` with `R = n r` (Zar 1999, section 27.1), good to a few hundredths of itself from n = 10 on.
    #[must_use]
    pub fn significance(&self) -> f64 {
        let count = self.count as f64;
        let squares = (count * count * (1.0 - self.length * self.length)).max(0.0);
        ((1.0 + 4.0 * count + 4.0 * squares).sqrt() - 1.0 - 2.0 * count)
            .exp()
            .min(1.0)
    }

    /// The squared length without the part that chance gives: `(n r^2 - 1)/(n - 1)`, the mean cosine of the angle between two of the
    /// angles (pairwise phase consistency); 0 on average of independent uniform angles. `None` of fewer than two.
    #[must_use]
    pub fn pairwise_consistency(&self) -> Option<f64> {
        let count = self.count as f64;
        (self.count > 1).then(|| (count * self.length * self.length - 1.0) / (count - 1.0))
    }
}

/// How spikes at `times` (s) follow a cycle of `frequency` (Hz) that has phase 0 at time 0; an angle of pi/2 is a quarter of a cycle after that.
///
/// `None` of no spikes or of a frequency that is not finite.
#[must_use]
pub fn vector_strength(times: &[f64], frequency: f64) -> Option<Resultant> {
    Resultant::of(
        times
            .iter()
            .map(|time| (time * frequency).rem_euclid(1.0) * TAU),
    )
}

/// Locking of `first` phases of one rhythm to `second` of another, sampled together, in radians: the resultant of
/// `ratio.0 * first - ratio.1 * second`. `(1, 1)` for rhythms of one frequency, `(1, 2)` where the first is twice as fast.
///
/// `None` of phases of unlike numbers or of none. Neighbouring samples are not independent, so its `significance` is too small.
#[must_use]
pub fn phase_locking(first: &[f64], second: &[f64], ratio: (u32, u32)) -> Option<Resultant> {
    let (first_by, second_by) = (f64::from(ratio.0), f64::from(ratio.1));
    (first.len() == second.len()).then_some(())?;
    Resultant::of(
        first
            .iter()
            .zip(second)
            .map(|(first, second)| first_by * first - second_by * second),
    )
}

/// Phase-locking value of two signals sampled together: [`phase_locking`] one to one of their Hilbert phases.
///
/// `None` of signals that are empty or of unlike lengths. The signals should hold one rhythm each: see [`band_pass`](crate::band_pass).
#[must_use]
pub fn signal_phase_locking(first: &[f64], second: &[f64]) -> Option<Resultant> {
    phase_locking(
        &phases(&analytic_signal(first)),
        &phases(&analytic_signal(second)),
        (1, 1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use oscine_random::Stream;

    #[test]
    fn angles_spread_over_an_arc_have_the_chord_over_the_arc() {
        // Uniform on an arc of width w: r = sin(w/2)/(w/2).
        let count = 10_000;
        let angles =
            (0..count).map(|place| 1.0 + 2.0 * (f64::from(place) + 0.5) / f64::from(count));
        let resultant = Resultant::of(angles).unwrap();
        assert!((resultant.length - 1f64.sin()).abs() < 1e-8);
        assert!((resultant.angle - 2.0).abs() < 1e-9);
    }

    #[test]
    fn spikes_of_von_mises_phases_have_the_ratio_of_bessel_functions() {
        // Concentration 2: I1(2)/I0(2) = 1.59063685/2.27958530 = 0.69777 (Abramowitz & Stegun, table 9.8).
        let mut draws = Stream::new(5, "von mises").sequence(0);
        let mut times = Vec::new();
        while times.len() < 20_000 {
            let phase = draws.uniform();
            if draws.uniform() < (2.0 * ((phase * TAU - 1.0).cos() - 1.0)).exp() {
                times.push((times.len() as f64 + phase) / 40.0);
            }
        }
        let locked = vector_strength(&times, 40.0).unwrap();
        assert!((locked.length - 0.697_774).abs() < 0.01, "{locked:?}");
        assert!((locked.angle - 1.0).abs() < 0.02, "{locked:?}");
        assert!(locked.significance() < 1e-300);
    }

    #[test]
    fn rayleighs_critical_lengths_are_met() {
        // Zar (1999), table B.34: critical z = n r^2 at 0.05 and 0.01.
        for (count, critical, chance) in [
            (10usize, 2.919, 0.05),
            (10, 4.290, 0.01),
            (50, 2.974, 0.05),
            (100, 4.571, 0.01),
        ] {
            let resultant = Resultant {
                length: (critical / count as f64).sqrt(),
                angle: 0.0,
                count,
            };
            let measured = resultant.significance();
            assert!(
                (measured / chance - 1.0).abs() < 0.03,
                "{count}: {measured}"
            );
        }
    }

    #[test]
    fn uniform_angles_have_no_pairwise_consistency_but_a_length() {
        let stream = Stream::new(1, "angles");
        let (mut squares, mut consistencies) = (0.0, 0.0);
        let (sets, count) = (4000u64, 8);
        for set in 0..sets {
            let mut draws = stream.sequence(set);
            let resultant = Resultant::of((0..count).map(|_| draws.uniform() * TAU)).unwrap();
            squares += resultant.length.powi(2) / sets as f64;
            consistencies += resultant.pairwise_consistency().unwrap() / sets as f64;
        }
        assert!((squares - 1.0 / 8.0).abs() < 0.01);
        assert!(consistencies.abs() < 0.01);
    }

    #[test]
    fn a_delayed_wave_is_locked_at_its_delay_and_two_to_one_too() {
        let wave = |frequency: f64, phase: f64| -> Vec<f64> {
            (0..2000)
                .map(|step| (TAU * frequency * f64::from(step) * 1e-3 + phase).cos())
                .collect()
        };
        let locked = signal_phase_locking(&wave(10.0, 0.7), &wave(10.0, 0.0)).unwrap();
        assert!((locked.length - 1.0).abs() < 1e-9 && (locked.angle - 0.7).abs() < 1e-9);
        let apart = signal_phase_locking(&wave(10.0, 0.0), &wave(13.0, 0.0)).unwrap();
        assert!(apart.length < 1e-9);
        let fast = phases(&analytic_signal(&wave(20.0, 0.4)));
        let slow = phases(&analytic_signal(&wave(10.0, 0.1)));
        let locked = phase_locking(&fast, &slow, (1, 2)).unwrap();
        assert!((locked.length - 1.0).abs() < 1e-9 && (locked.angle - 0.2).abs() < 1e-9);
        assert_eq!(phase_locking(&fast, &slow[1..], (1, 1)), None);
        assert_eq!(vector_strength(&[], 5.0), None);
    }
}
