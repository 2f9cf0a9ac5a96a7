//! How unevenly a rhythm moves along its cycle: the harmonics of its wave, and the parts of a period in which it moves slowly and fast.
//!
//! A harmonic oscillator has the first harmonic alone and moves slowly for 44 % of its period (1 - 2 arccos(2/π)/π); a relaxation
//! oscillator creeps for most of it and jumps for the rest (van der Pol 1926).

use rustfft::FftPlanner;
use rustfft::num_complex::Complex as Sample;

use super::ModelError;
use super::cycle::LimitCycle;

/// The waveform of one variable over a limit cycle, taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Anharmonicity {
    /// The mean over a period, SI.
    pub mean: f64,
    /// The amplitude of each harmonic, from the first (once a period) on, SI.
    pub harmonics: Vec<f64>,
    /// Total harmonic distortion: the root of the power of all higher harmonics over that of the first. 0 for a sinusoid.
    pub distortion: f64,
    /// The part of the period in which the variable moves more slowly than in its mean.
    pub slow_part: f64,
    /// The slow and fast pieces of a period, in their order from phase 0: length in s, and whether it is slow. One that goes on over
    /// the end of the period is counted where it begins.
    pub pieces: Vec<(f64, bool)>,
}

/// Takes a variable's wave apart; the cycle's points are its resolution.
///
/// # Errors
/// The cycle was kept with fewer than 16 points, or has no such variable.
pub fn anharmonicity(cycle: &LimitCycle, variable: usize) -> Result<Anharmonicity, ModelError> {
    let points = cycle.orbit.len();
    if points < 16 {
        return Err(ModelError::setting(
            "the points of a cycle",
            "16 or more",
            points,
        ));
    }
    if variable >= cycle.orbit[0].len() {
        let expected = format!("below {}", cycle.orbit[0].len());
        return Err(ModelError::setting(
            "the variable's place",
            &expected,
            variable,
        ));
    }
    let wave: Vec<f64> = cycle.orbit.iter().map(|state| state[variable]).collect();
    let mut spectrum: Vec<Sample<f64>> =
        wave.iter().map(|value| Sample::new(*value, 0.0)).collect();
    FftPlanner::new()
        .plan_fft_forward(points)
        .process(&mut spectrum);
    let half = points.div_ceil(2);
    let harmonics: Vec<f64> = spectrum[1..half]
        .iter()
        .map(|value| 2.0 * value.norm() / points as f64)
        .collect();
    let higher: f64 = harmonics[1..].iter().map(|size| size * size).sum();
    let speeds: Vec<f64> = (0..points)
        .map(|point| (wave[(point + 1) % points] - wave[point]).abs())
        .collect();
    let mean_speed = speeds.iter().sum::<f64>() / points as f64;
    let slow: Vec<bool> = speeds.iter().map(|speed| *speed < mean_speed).collect();
    let count = slow.iter().filter(|slow| **slow).count();
    let step = cycle.period / points as f64;
    let mut pieces: Vec<(f64, bool)> = Vec::new();
    let first = (0..points).find(|&point| slow[point] != slow[(point + points - 1) % points]);
    for number in 0..points {
        let is_slow = slow[(first.unwrap_or(0) + number) % points];
        match pieces.last_mut() {
            Some((length, same)) if *same == is_slow => *length += step,
            _ => pieces.push((step, is_slow)),
        }
    }
    Ok(Anharmonicity {
        mean: spectrum[0].re / points as f64,
        distortion: higher.sqrt() / harmonics[0],
        harmonics,
        slow_part: count as f64 / points as f64,
        pieces,
    })
}
