//! Writes a page from made-up activity, to look at: `cargo run -p oscine-report --example sample_report -- sample.html`.
//!
//! Two populations fire as Poisson cells after a refractory time, with rates that differ between cells and swing at 40 Hz; nothing is simulated.
//! A second argument `silent` makes a page of a run without spikes, `one` of one with a single cell.

use std::time::Instant;

use oscine_report::{
    EventCount, Figure, FigureAxis, Mark, Population, Projection, Report, ReportedClaim, RunFacts,
    SampleRecord, SpikeRecord, Spread, StageTime, TraceRecord, TraceVariable,
};

/// Numbers between 0 and 1 from a linear congruential generator (Knuth's MMIX); good enough to look at.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

const DT: f64 = 1e-4;
const DURATION: f64 = 10.0;

fn record(
    numbers: &mut Numbers,
    name: &str,
    recorded: std::ops::Range<u32>,
    rate: f64,
) -> SpikeRecord {
    let mut spikes = Vec::new();
    for cell in recorded.clone() {
        let own = rate * (0.5 * numbers.bell()).exp();
        let mut time = 0.0;
        loop {
            time += 2e-3 - numbers.next().max(1e-12).ln() / (own * 1.6);
            if time >= DURATION {
                break;
            }
            let wave = 0.5
                + 0.5 * (std::f64::consts::TAU * (40.0 * time + 0.6 * (2.0 * time).sin())).sin();
            if numbers.next() < 0.3 + 0.7 * wave.powi(2) {
                spikes.push(((time / DT).round() * DT, cell));
            }
        }
    }
    spikes.sort_by(|first, second| first.0.total_cmp(&second.0).then(first.1.cmp(&second.1)));
    SpikeRecord {
        name: name.into(),
        population: "cells".into(),
        recorded,
        from: 0.0,
        until: DURATION,
        times: spikes.iter().map(|spike| spike.0).collect(),
        cells: spikes.iter().map(|spike| spike.1).collect(),
    }
}

fn traces(numbers: &mut Numbers) -> TraceRecord {
    let times: Vec<f64> = (0..2000).map(|sample| f64::from(sample) * 5e-4).collect();
    let (mut voltages, mut conductances) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let (mut voltage, mut conductance, mut deaf) = (-0.06, 4.0, 0);
        let (mut voltage_series, mut conductance_series) = (Vec::new(), Vec::new());
        for _ in &times {
            conductance += -conductance * 0.1 + 0.4 * (numbers.bell() + 1.2).max(0.0);
            voltage +=
                (-0.06 - voltage + 0.011 * conductance / 2.2 + 0.006 * numbers.bell()) * 0.06;
            if voltage > -0.05 {
                (voltage, deaf) = (-0.06, 10);
            } else if deaf > 0 {
                (voltage, deaf) = (-0.06, deaf - 1);
            }
            voltage_series.push(voltage);
            conductance_series.push(conductance);
        }
        voltages.push(voltage_series);
        conductances.push(conductance_series);
    }
    TraceRecord {
        name: "membrane".into(),
        of: "cells[0:5]".into(),
        times,
        cells: (0..5).collect(),
        variables: vec![
            TraceVariable {
                name: "v".into(),
                unit: "V".into(),
                series: voltages,
            },
            TraceVariable {
                name: "ge".into(),
                unit: "1".into(),
                series: conductances,
            },
        ],
    }
}

fn projection(numbers: &mut Numbers, name: &str, sources: u64, weight: f64) -> Projection {
    let degrees: Vec<u32> = (0..4000)
        .map(|_| {
            (sources as f64 * 0.02 + numbers.bell() * (sources as f64 * 0.0196).sqrt()).max(0.0)
                as u32
        })
        .collect();
    let weights: Vec<f64> = (0..20_000)
        .map(|_| weight * (1.0 + 0.2 * numbers.bell()))
        .collect();
    let delays: Vec<f64> = (0..20_000)
        .map(|_| ((numbers.next() * 30.0 + 5.0).round()) * DT)
        .collect();
    Projection {
        name: name.into(),
        from: if sources == 3200 {
            "cells[0:3200]"
        } else {
            "cells[3200:4000]"
        }
        .into(),
        to: "cells".into(),
        synapses: degrees.iter().copied().map(u64::from).sum(),
        sources,
        targets: 4000,
        spreads: [
            Spread::of_counts("synapses onto a cell", &degrees),
            Spread::of("weight", "", &weights),
            Spread::of("delay", "s", &delays),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

fn sample(kind: Option<&str>) -> Report {
    let numbers = &mut Numbers(1);
    let mut spikes = vec![
        record(numbers, "excitatory", 0..3200, 18.0),
        record(numbers, "inhibitory", 3200..4000, 26.0),
    ];
    if kind == Some("one") {
        spikes = vec![record(numbers, "spikes", 0..1, 30.0)];
    }
    if kind == Some("silent") {
        spikes.truncate(1);
        spikes[0].times.clear();
        spikes[0].cells.clear();
    }
    let differences: Vec<f64> = (-50..=50).map(|step| f64::from(step) * 1e-3).collect();
    let window: Vec<f64> = differences
        .iter()
        .map(|&difference: &f64| match difference {
            0.0 => 0.0,
            after if after > 0.0 => 0.6 * (-after / 0.0168).exp(),
            before => -0.3 * (before / 0.0337).exp(),
        })
        .collect();
    let figure = Figure::new(
        "The window of plasticity",
        FigureAxis::new("post − pre", "s"),
        FigureAxis::new("change of weight", ""),
    )
    .with(
        "measured",
        Mark::Points,
        differences.clone(),
        window.iter().map(|w| w + 0.01 * numbers.bell()).collect(),
    )
    .with("closed form", Mark::Dashes, differences, window)
    .caption("A figure that an experiment asks for stands here.");
    Report {
        failures: Vec::new(),
        title: "A network of conductance-based cells".into(),
        question: Some("Does a random network of excitatory and inhibitory cells keep firing on its own, irregularly?".into()),
        source: Some("Brette et al. (2007) J. Comput. Neurosci. 23:349 (made-up activity, to look at the page)".into()),
        explanation: vec!["A thousand words stand here, to see how a page of explanation reads beside its pictures.".into()],
        try_next: vec!["oscine lab coba --show".into(), "Make inhibition weaker.".into()],
        numbers: Vec::new(),
        records_of: None,
        run: Some(RunFacts {
            runs: 1,
            duration: DURATION,
            dt: DT,
            seed: 1,
            precision: "double".into(),
            threads: 2,
            version: env!("CARGO_PKG_VERSION").into(),
            running_seconds: 0.62,
            total_seconds: 0.81,
            stopped: None,
        }),
        claims: vec![
            ReportedClaim {
                says: "the cells fire near 20 Hz".into(),
                source: Some("Brian2 2.9 over 10 s: 18.9 to 20.8 Hz over four draws".into()),
                published: Some("20 Hz".into()),
                measured: Some(19.93),
                unit: "Hz".into(),
                tolerance: Some("10 %".into()),
                holds: Some(true),
                interval: Some((19.6, 20.3)),
                expected: Some((20.0, 2.0)),
                note: None,
            },
            ReportedClaim {
                says: "intervals are as irregular as a Poisson train's".into(),
                published: Some("1".into()),
                measured: Some(1.61),
                tolerance: Some("0.3".into()),
                holds: Some(false),
                ..ReportedClaim::default()
            },
            ReportedClaim {
                says: "rest loses its stability in a Hopf bifurcation".into(),
                published: Some("9.78 uA/cm**2".into()),
                tolerance: Some("1 %".into()),
                source: Some("Rinzel & Miller (1980)".into()),
                ..ReportedClaim::default()
            },
        ],
        notes: vec!["v, ge and gi are stepped by exponential Euler: v is linear in itself, its coefficients change in time.".into()],
        populations: vec![Population {
            name: "cells".into(),
            count: 4000,
            model: "equations".into(),
            integrator: "exponential-euler".into(),
        }],
        projections: vec![projection(numbers, "excitatory", 3200, 0.6), projection(numbers, "inhibitory", 800, 6.7)],
        spikes,
        traces: vec![traces(numbers)],
        samples: vec![SampleRecord {
            name: "weights".into(),
            of: "plastic".into(),
            each: "synapse".into(),
            variable: "w".into(),
            unit: "1".into(),
            at: DURATION,
            values: (0..20_000).map(|_| (0.3 * numbers.bell()).exp()).collect(),
        }],
        figures: vec![figure],
        stages: [("integrate", 0.31), ("deliver", 0.19), ("detect", 0.05), ("record", 0.04), ("exchange", 0.03)]
            .map(|(name, seconds)| StageTime { name: name.into(), seconds })
            .into(),
        events: [("spikes", 797_312), ("synaptic events", 63_785_120), ("steps of a cell", 400_000_000)]
            .map(|(name, count)| EventCount { name: name.into(), count })
            .into(),
        experiment: include_str!("sample_experiment.toml").into(),
        folder: Some("coba-results".into()),
    }
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_else(|| "sample.html".into());
    let report = sample(arguments.next().as_deref());
    let begun = Instant::now();
    let page = report.to_html();
    let page_seconds = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let summary = report.terminal_summary(80, true);
    let summary_seconds = begun.elapsed().as_secs_f64();
    print!("{summary}");
    std::fs::write(&path, &page)?;
    println!(
        "{path}: {} kB in {:.1} ms, the summary in {:.1} ms",
        page.len() / 1000,
        page_seconds * 1e3,
        summary_seconds * 1e3
    );
    Ok(())
}
