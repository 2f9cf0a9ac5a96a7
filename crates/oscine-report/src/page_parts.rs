//! The parts of the page that are tables and cards: headline, populations, synapses, stages.

use maud::{Markup, html};

use crate::activity::{Activity, SYNCHRONY_BIN, synchrony};
use crate::quantity::{count, number, quantity, range, time};
use crate::{EventCount, Population, Projection, Report, RunFacts, SpikeRecord, StageTime};

/// The headline numbers.
pub(crate) fn cards(report: &Report, activities: &[Activity]) -> Markup {
    let spikes: u64 = activities
        .iter()
        .map(|activity| activity.spikes as u64)
        .sum();
    let cells: usize = activities.iter().map(|activity| activity.cells).sum();
    let all_rates = activities
        .iter()
        .map(|activity| activity.mean_rate * activity.cells as f64)
        .sum::<f64>()
        / cells.max(1) as f64;
    let variations: usize = activities
        .iter()
        .map(|activity| activity.variations.len())
        .sum();
    let variation = activities
        .iter()
        .flat_map(|activity| &activity.variations)
        .sum::<f64>()
        / variations.max(1) as f64;
    let synapses: u64 = report
        .projections
        .iter()
        .map(|projection| projection.synapses)
        .sum();
    let in_all: u64 = report
        .populations
        .iter()
        .map(|population| population.count)
        .sum();
    let single = report.run.as_ref().is_none_or(|run| run.runs <= 1);
    html! {
        div.cards {
            // Of a sweep the activity is that of one run, and no headline.
            @if !activities.is_empty() && single {
                (card("mean rate", &quantity(all_rates, "Hz"), &format!("{} spikes", count(spikes))))
            }
            @if variations > 0 && single {
                (card("interval CV", &format!("{variation:.2}"), &format!("over {} cells", count(variations as u64))))
            }
            @if in_all > 0 { (card("cells", &count(in_all), &populations_in_words(&report.populations))) }
            @if synapses > 0 {
                (card("synapses", &count(synapses), &format!("{} a cell", number(synapses as f64 / in_all.max(1) as f64))))
            }
            @if let Some(run) = report.run.as_ref().filter(|run| run.duration > 0.0) {
                (card("simulated", &simulated(run), &format!("in {}", time(run.running_seconds))))
            }
            @if let Some(speed) = report.run.as_ref().and_then(RunFacts::speed) {
                (card("speed", &format!("{} ×", number(speed)), "real time"))
            }
        }
    }
}

/// `10 s`, or `40 × 10 s` of a sweep.
pub(crate) fn simulated(run: &RunFacts) -> String {
    match run.runs {
        0 | 1 => time(run.duration),
        runs => format!("{} × {}", count(runs as u64), time(run.duration)),
    }
}

fn populations_in_words(populations: &[Population]) -> String {
    match populations {
        [_] => "in one population".to_owned(),
        many => format!("in {} populations", many.len()),
    }
}

fn card(name: &str, value: &str, more: &str) -> Markup {
    html! { div.card { span.name { (name) } strong { (value) } span.more { (more) } } }
}

/// A line for each spike record.
pub(crate) fn activity_table(records: &[SpikeRecord], activities: &[Activity]) -> Markup {
    html! {
        div.scroll { table {
            thead { tr {
                th { "record" } th.n { "cells" } th.n { "spikes" } th.n { "mean rate" } th.n { "± over cells" } th.n { "silent" }
                th.n { "interval CV" } th.n title={ "Variance of the population's count in bins of " (quantity(SYNCHRONY_BIN, "s"))
                    " over the sum of its cells' own: 1 of independent cells" } { "synchrony" }
            } }
            tbody { @for (record, activity) in records.iter().zip(activities) { tr {
                th scope="row" { (record.name) " " span.dim { (cells_in_words(record)) } }
                td.n { (count(activity.cells as u64)) }
                td.n { (count(activity.spikes as u64)) }
                td.n { (quantity(activity.mean_rate, "Hz")) }
                td.n { (quantity(activity.rate_deviation, "Hz")) }
                td.n { (count(activity.silent as u64)) }
                td.n { (activity.mean_variation.map_or("–".to_owned(), |variation| format!("{variation:.2}"))) }
                td.n { (synchrony(record).map_or("–".to_owned(), number)) }
            } } }
        } }
        p.caption { "Synchrony: the variance of the population’s count in bins of " (quantity(SYNCHRONY_BIN, "s"))
            " over the sum of its cells’ own; 1 of independent cells, as large as the population of cells that fire together." }
    }
}

fn cells_in_words(record: &SpikeRecord) -> String {
    match record.recorded.len() {
        0 | 1 => format!("{}[{}]", record.population, record.recorded.start),
        _ => format!(
            "{}[{}:{}]",
            record.population, record.recorded.start, record.recorded.end
        ),
    }
}

/// The populations.
pub(crate) fn population_table(populations: &[Population]) -> Markup {
    html! { div.scroll { table {
        thead { tr { th { "population" } th.n { "cells" } th { "model" } th { "integrator" } } }
        tbody { @for population in populations { tr {
            th scope="row" { (population.name) }
            td.n { (count(population.count)) }
            td { (population.model) }
            td { @if population.integrator.is_empty() { "–" } @else { (population.integrator) } }
        } } }
    } } }
}

/// The synapses, and how their quantities are spread.
pub(crate) fn projection_table(projections: &[Projection]) -> Markup {
    html! { div.scroll { table {
        thead { tr { th { "synapses" } th { "from → to" } th.n { "count" } th.n { "out of a cell" } th.n { "onto a cell" } th { "values" } } }
        tbody { @for projection in projections { tr {
            th scope="row" { (projection.name) }
            td { (projection.from) " → " (projection.to) }
            td.n { (count(projection.synapses)) }
            td.n { (mean_degree(projection.synapses, projection.sources)) }
            td.n { (mean_degree(projection.synapses, projection.targets)) }
            td { @for spread in &projection.spreads {
                div.spread { span.dim { (spread.name) " " } (range(spread.least, spread.greatest, &spread.unit))
                    @if spread.greatest > spread.least { span.dim { ", mean " (quantity(spread.mean, &spread.unit)) } } }
            } }
        } } }
    } } }
}

fn mean_degree(synapses: u64, cells: u64) -> String {
    if cells == 0 {
        "–".to_owned()
    } else {
        number(synapses as f64 / cells as f64)
    }
}

/// Where the time went, as bars.
pub(crate) fn stage_table(stages: &[StageTime]) -> Markup {
    let most = stages.iter().map(|stage| stage.seconds).fold(0.0, f64::max);
    let all: f64 = stages.iter().map(|stage| stage.seconds).sum();
    html! { table.bars { tbody { @for stage in stages { tr {
        th scope="row" { (stage.name) }
        td.bar { span style={ "width:" (format!("{:.1}", 100.0 * share(stage.seconds, most))) "%" } {} }
        td.n { (quantity(stage.seconds, "s")) }
        td.n.dim { (format!("{:.0} %", 100.0 * share(stage.seconds, all))) }
    } } } } }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// How much happened, and for how long each took.
pub(crate) fn event_table(events: &[EventCount], running_seconds: f64) -> Markup {
    html! { table.plain { tbody { @for event in events { tr {
        th scope="row" { (event.name) }
        td.n { (count(event.count)) }
        td.n.dim { @if running_seconds > 0.0 && event.count > 0 { (quantity(event.count as f64 / running_seconds, "")) " a second" } }
    } } } } }
}

/// How it was run.
pub(crate) fn facts(run: &RunFacts) -> Markup {
    html! { dl.facts {
        @if run.dt > 0.0 { (fact("time step", &quantity(run.dt, "s"))) }
        (fact("seed", &run.seed.to_string()))
        (fact("precision", &run.precision))
        (fact("threads", &run.threads.to_string()))
        (fact("running", &time(run.running_seconds)))
        (fact("with building", &time(run.total_seconds)))
        (fact("Oscine", &run.version))
    } }
}

fn fact(name: &str, value: &str) -> Markup {
    html! { @if !value.is_empty() { div { dt { (name) } dd { (value) } } } }
}
