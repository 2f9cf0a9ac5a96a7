//! The noises of the catalogue: mean, variance, correlation time and skewness over many cells, within four standard errors.

use crate::{assert_near, run, samples};

const CELLS: usize = 1000;

/// The samples of a variable each millisecond, `[time][cell]`, once the start is forgotten.
fn rows(
    model: &str,
    equations: &str,
    parameters: &str,
    rest: &str,
    variable: &str,
) -> Vec<Vec<f64>> {
    let all = run(&format!(
        "[run]\nduration = \"150 ms\"\ndt = \"0.1 ms\"\nseed = 5\n\
         [neurons.cells]\ncount = {CELLS}\nequations = \"{equations}\"\nnoise = \"{model}\"\nparameters = {{ {parameters} }}\n{rest}\n\
         [record.cells]\nof = \"cells\"\nvariables = [\"{variable}\"]\nevery = \"1 ms\"\nfrom = \"50 ms\"\n"
    ));
    let values = samples(&all, variable);
    assert_eq!(values.len(), 100 * CELLS);
    values.chunks(CELLS).map(<[f64]>::to_vec).collect()
}

fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values
        .into_iter()
        .fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count)
}

/// Mean and its standard error of a function of a cell's row in time: cells are independent of each other.
fn over_cells(rows: &[Vec<f64>], of: impl Fn(&[f64]) -> f64) -> (f64, f64) {
    let each: Vec<f64> = (0..CELLS)
        .map(|cell| of(&rows.iter().map(|row| row[cell]).collect::<Vec<_>>()))
        .collect();
    let centre = mean(each.iter().copied());
    let variance = mean(each.iter().map(|value| (value - centre).powi(2)));
    (centre, (variance / CELLS as f64).sqrt())
}

/// Checks the mean and the moment of this order about the expected mean; further off than `bias` and four standard errors fails.
#[track_caller]
fn assert_moment(rows: &[Vec<f64>], about: f64, order: i32, expected: f64, bias: f64) {
    let (found, error) = over_cells(rows, |row| {
        mean(row.iter().map(|value| (value - about).powi(order)))
    });
    assert!(error > 0.0);
    let tolerance = 4.0 * error + bias * expected.abs();
    assert_near(found, expected, tolerance, &format!("moment {order}"));
}

/// Checks the correlation over a time in ms, relative to the variance.
#[track_caller]
fn assert_correlation(rows: &[Vec<f64>], about: f64, lag: usize, variance: f64, expected: f64) {
    let (found, error) = over_cells(rows, |row| {
        let pairs = row.iter().zip(&row[lag..]);
        mean(pairs.map(|(one, other)| (one - about) * (other - about))) / variance
    });
    assert_near(found, expected, 4.0 * error + 0.01, "correlation");
}

/// sigma^2 and exp(-t/tau); the Euler-Maruyama step of dt makes the variance greater by dt/(2 tau) = 1 %.
#[test]
fn ornstein_uhlenbeck_has_its_variance_and_memory() {
    let given = "mu_noise = \"20 pA\", sigma_noise = \"50 pA\", tau_noise = \"5 ms\"";
    let rows = rows(
        "ornstein-uhlenbeck",
        "v = 0*mV : volt",
        given,
        "",
        "I_noise",
    );
    let variance = 2500e-24 / (1.0 - 0.01);
    assert_moment(&rows, 0.0, 1, 20e-12, 0.0);
    assert_moment(&rows, 20e-12, 2, variance, 0.0);
    assert_correlation(&rows, 20e-12, 5, variance, (-1_f64).exp());
    assert_correlation(&rows, 20e-12, 15, variance, (-3_f64).exp());
}

/// A membrane turns white noise into fluctuations of variance (R sigma)^2 second/(2 tau_m).
#[test]
fn white_noise_moves_a_membrane_as_its_description_says() {
    let rows = rows(
        "white",
        "dv/dt = (R*I_noise - v)/tau_m : volt",
        "mu_noise = \"20 pA\", R = \"100 Mohm\", tau_m = \"10 ms\"",
        "initial = { v = \"2*mV + 7.07*mV*randn()\" }",
        "v",
    );
    let variance = (1e8 * 10e-12_f64).powi(2) / (2.0 * 10e-3);
    assert_moment(&rows, 0.0, 1, 2e-3, 0.0);
    assert_moment(&rows, 2e-3, 2, variance, 0.006);
    assert_correlation(&rows, 2e-3, 10, variance, (-1_f64).exp());
}

/// Campbell's theorem: the n-th cumulant is w^n rate tau/n; in steps of dt, w^n rate dt/(1 - exp(-n dt/tau)).
#[test]
fn shot_noise_has_the_moments_of_campbells_theorem() {
    let rows = rows(
        "poisson-shot",
        "v = 0*mV : volt",
        "tau_noise = \"5 ms\"",
        "[stimulus.events]\nkind = \"poisson-input\"\nto = \"cells\"\nvariable = \"I_noise\"\n\
         inputs = 100\nrate = \"10 Hz\"\nweight = \"10 pA\"",
        "I_noise",
    );
    let cumulant = |order: i32| {
        10e-12_f64.powi(order) * 1000.0 * 1e-4 / (1.0 - (-f64::from(order) * 1e-4 / 5e-3).exp())
    };
    let about = cumulant(1);
    assert_near(about, 50e-12, 1e-12, "w rate tau");
    assert_moment(&rows, 0.0, 1, about, 0.0);
    assert_moment(&rows, about, 2, cumulant(2), 0.0);
    assert_moment(&rows, about, 3, cumulant(3), 0.0);
    assert_correlation(&rows, about, 5, cumulant(2), (-1_f64).exp());
}
