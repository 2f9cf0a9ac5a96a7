//! The page: `report.html`, one file that loads nothing from anywhere.
//!
//! Text and tables are HTML and can be read without a script; figures are JSON beside an empty element, drawn when they come into view.
//! A content policy in its head forbids every load, so that the page is the same offline.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::activity::Activity;
use crate::claim_parts::{claims, numbers, try_next};
use crate::figure_json::drawn;
use crate::page_parts::{
    activity_table, cards, event_table, facts, population_table, projection_table, stage_table,
};
use crate::raster::raster;
use crate::traces::{samples, traces};
use crate::{Figure, FigureAxis, Mark, Projection, Report, RunFacts, activity_figures};

const CHARTS: &str = include_str!("../assets/charts.js");
const SCRIPT: &str = include_str!("../assets/page.js");
const STYLE: &str = include_str!("../assets/page.css");
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

/// The sections that come before those about the run itself.
const EXPLAINED: [&str; 6] = ["failures", "figures", "claims", "numbers", "try", "notes"];

/// Histograms of synapses on one page.
const MOST_SPREADS: usize = 12;

impl Report {
    /// The whole page as one HTML document; everything from the experiment is escaped.
    #[must_use]
    pub fn to_html(&self) -> String {
        let activities: Vec<Activity> = self.spikes.iter().map(Activity::of).collect();
        let sections = self.sections(&activities);
        let first_of_the_run = sections
            .iter()
            .map(|section| section.id)
            .find(|id| !EXPLAINED.contains(id));
        let markup = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · Oscine" }
                    link rel="icon" href="data:,";
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    (self.head(&activities))
                    nav aria-label="Sections" {
                        @for section in &sections { a href={ "#" (section.id) } { (section.title) } }
                    }
                    main {
                        noscript { p.notice { "The figures are drawn by a script, which is switched off here. Numbers and tables are complete." } }
                        @for section in &sections {
                            @if self.explains() && Some(section.id) == first_of_the_run { (cards(self, &activities)) }
                            section id=(section.id) { h2 { (section.title) } (section.body) }
                        }
                    }
                    footer { p { "Made by Oscine" @if let Some(run) = &self.run { " " (run.version) } ". Drawn with Apache ECharts (Apache-2.0). This page loads nothing." } }
                    script { (PreEscaped(CHARTS)) }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        markup.into_string()
    }

    fn head(&self, activities: &[Activity]) -> Markup {
        html! {
            header {
                div.top {
                    span.mark { "Oscine" }
                    button #theme type="button" { "Light or dark" }
                }
                h1 { (self.title) }
                @if let Some(question) = &self.question { p.question { (question) } }
                @if let Some(source) = &self.source { p.source { (source) } }
                @if let Some(stopped) = self.run.as_ref().and_then(|run| run.stopped.as_ref()) { p.notice { (stopped) } }
                @if !self.explanation.is_empty() {
                    div.explanation { @for paragraph in &self.explanation { p { (paragraph) } } }
                }
                @if !self.explains() { (cards(self, activities)) }
            }
        }
    }

    fn sections(&self, activities: &[Activity]) -> Vec<PageSection> {
        let mut sections = Vec::new();
        let mut add = |id, title, body: Markup| sections.push(PageSection { id, title, body });
        if !self.failures.is_empty() {
            add(
                "failures",
                "Failed",
                html! { ul.notes.notice { @for failure in &self.failures { li { (failure) } } } },
            );
        }
        if !self.figures.is_empty() {
            let title = if self.figures.len() == 1 {
                "Figure"
            } else {
                "Figures"
            };
            add("figures", title, asked_for(&self.figures));
        }
        if !self.claims.is_empty() {
            add("claims", "Measured and published", claims(&self.claims));
        }
        if !self.numbers.is_empty() {
            add("numbers", "Numbers", numbers(&self.numbers));
        }
        if !self.try_next.is_empty() {
            add("try", "What to try next", try_next(&self.try_next));
        }
        if !self.notes.is_empty() {
            add(
                "notes",
                "Notes",
                html! { ul.notes { @for note in &self.notes { li { (note) } } } },
            );
        }
        let of = self.records_of.as_deref();
        let recorded = || html! { @if let Some(of) = of { p.caption.of { (of) } } };
        let dt = self.run.as_ref().map_or(0.0, |run| run.dt);
        if !self.spikes.is_empty() {
            add(
                "spikes",
                "Spikes",
                html! { (recorded()) (self.spike_section(activities)) },
            );
            let figures = activity_figures::figures(&self.spikes, activities, dt);
            if !figures.is_empty() {
                add("activity", "Activity", figure_grid(&figures));
            }
        }
        let traced: Vec<Figure> = self
            .traces
            .iter()
            .filter_map(|record| traces(record, self.counted_by(&record.of)))
            .collect();
        if !self.traces.is_empty() {
            add(
                "traces",
                "Traces",
                html! {
                    (recorded())
                    @if traced.is_empty() { p.empty { "No samples were recorded." } }
                    @for figure in &traced { (figure_block(figure, true)) }
                },
            );
        }
        let sampled: Vec<Figure> = self.samples.iter().flat_map(samples).collect();
        if !sampled.is_empty() {
            add(
                "values",
                "Values",
                html! { (recorded()) (figure_grid(&sampled)) },
            );
        }
        if !self.populations.is_empty() || !self.projections.is_empty() {
            add("network", "Network", self.network_section());
        }
        if let Some(run) = &self.run {
            add("run", "Run", self.run_section(run));
        }
        if !self.experiment.is_empty() {
            add(
                "experiment",
                "Experiment",
                html! {
                    details { summary { "The file as run, all defaults filled in" } pre { code { (self.experiment) } } }
                },
            );
        }
        sections
    }

    /// What an index of a record counts.
    fn counted_by(&self, of: &str) -> &'static str {
        let name = of.split('[').next().unwrap_or(of);
        if self
            .projections
            .iter()
            .any(|projection| projection.name == name)
        {
            "synapse"
        } else {
            "cell"
        }
    }

    fn spike_section(&self, activities: &[Activity]) -> Markup {
        let fired = activities.iter().any(|activity| activity.spikes > 0);
        html! {
            @if fired {
                (figure_block(&raster(&self.spikes, self.run.as_ref().map_or(0.0, |run| run.dt)), false))
                (activity_table(&self.spikes, activities))
            } @else {
                p.empty {
                    "No spikes were recorded"
                    @for record in &self.spikes { ", from " (crate::quantity::counted(record.recorded.len() as u64, "cell"))
                        " of " em { (record.population) } " over " (crate::quantity::time(record.span())) }
                    "."
                }
            }
        }
    }

    fn network_section(&self) -> Markup {
        let figures: Vec<Figure> = self.projections.iter().flat_map(spreads).collect();
        html! {
            @if !self.populations.is_empty() { (population_table(&self.populations)) }
            @if !self.projections.is_empty() { (projection_table(&self.projections)) }
            @if !figures.is_empty() { (figure_grid(&figures[..figures.len().min(MOST_SPREADS)])) }
            @if figures.len() > MOST_SPREADS {
                p.caption { "The first " (MOST_SPREADS) " of " (figures.len()) " histograms are drawn; the table holds them all." }
            }
        }
    }

    /// Whether figures, claims and words come first, and the headline numbers of the activity after them.
    fn explains(&self) -> bool {
        !(self.figures.is_empty() && self.claims.is_empty() && self.explanation.is_empty())
    }

    fn run_section(&self, run: &RunFacts) -> Markup {
        html! {
            (facts(run))
            div.grid {
                @if !self.stages.is_empty() { div { h3 { "Time by stage" } (stage_table(&self.stages)) } }
                @if !self.events.is_empty() { div { h3 { "Events" } (event_table(&self.events, run.running_seconds)) } }
            }
        }
    }
}

struct PageSection {
    id: &'static str,
    title: &'static str,
    body: Markup,
}

fn spreads(projection: &Projection) -> impl Iterator<Item = Figure> {
    projection
        .spreads
        .iter()
        .filter(|spread| spread.greatest > spread.least)
        .map(|spread| {
            let (x, y) = (
                FigureAxis::new(&spread.name, &spread.unit),
                FigureAxis::new("count", ""),
            );
            Figure::new(format!("{}: {}", projection.name, spread.name), x, y).with_histogram(
                &spread.name,
                Mark::Bars,
                &spread.histogram,
            )
        })
}

/// Figures that the file asks for: one alone has the whole width, of several all stand beside each other.
fn asked_for(figures: &[Figure]) -> Markup {
    match figures {
        [only] => {
            let mut only = only.clone();
            for panel in &mut only.panels {
                panel.height = panel
                    .height
                    .max(if panel.map.is_some() { 360 } else { 280 });
            }
            html! { div.alone { (figure_block(&only, true)) } }
        }
        several => figure_grid(several),
    }
}

fn figure_grid(figures: &[Figure]) -> Markup {
    html! { div.grid { @for figure in figures { (figure_block(figure, true)) } } }
}

fn figure_block(figure: &Figure, titled: bool) -> Markup {
    let drawn = drawn(figure);
    html! {
        figure {
            @if titled { h3 { (figure.title) } }
            div.choices {}
            div.chart role="img" aria-label=(figure.title) {}
            script type="application/json" { (PreEscaped(drawn.json)) }
            @if !figure.caption.is_empty() || !drawn.left_out.is_empty() {
                figcaption.caption { (figure.caption) " " (drawn.left_out) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NumberRow, ReportedClaim, SampleRecord, SpikeRecord, Spread, TraceRecord};

    const HOSTILE: &str = "<img src=x onerror=alert(1)></script>\"'&";

    #[test]
    fn whatever_the_file_says_stays_text() {
        let named = || HOSTILE.to_owned();
        let page = Report {
            title: named(),
            question: Some(named()),
            source: Some(named()),
            explanation: vec![named()],
            try_next: vec![named(), format!("oscine {HOSTILE}")],
            records_of: Some(named()),
            numbers: vec![NumberRow {
                name: named(),
                unit: named(),
                ..NumberRow::default()
            }],
            claims: vec![ReportedClaim {
                note: Some(named()),
                tolerance: Some(named()),
                says: named(),
                published: Some(named()),
                unit: named(),
                measured: Some(1.0),
                ..ReportedClaim::default()
            }],
            notes: vec![named()],
            spikes: vec![SpikeRecord {
                name: named(),
                population: named(),
                recorded: 0..3,
                until: 1.0,
                times: vec![0.1, 0.2, 0.3, 0.4],
                cells: vec![0, 1, 0, 1],
                ..SpikeRecord::default()
            }],
            figures: vec![
                Figure::new(
                    named(),
                    FigureAxis::new(named(), named()),
                    FigureAxis::new(named(), ""),
                )
                .with(named(), Mark::Line, vec![0.0], vec![1.0]),
            ],
            samples: vec![SampleRecord {
                name: named(),
                variable: named(),
                each: named(),
                values: vec![1.0],
                ..SampleRecord::default()
            }],
            projections: vec![Projection {
                name: named(),
                from: named(),
                spreads: Spread::of(named(), named(), &[1.0, 2.0])
                    .into_iter()
                    .collect(),
                ..Projection::default()
            }],
            experiment: named(),
            ..Report::default()
        }
        .to_html();
        assert!(!page.contains("<img"));
        // Every end of a script is one that the page wrote itself.
        let opened = page.matches("<script>").count()
            + page.matches("<script type=\"application/json\">").count();
        assert_eq!(page.matches("</script").count(), opened);
    }

    #[test]
    fn it_loads_nothing() {
        let page = Report::default().to_html();
        assert!(page.contains("default-src 'none'"));
        for load in [" src=", "@import", "url(", "<link rel=\"stylesheet"] {
            let own = page.replace(CHARTS, "").replace(SCRIPT, "");
            assert!(!own.contains(load), "{load}");
        }
    }

    #[test]
    fn silence_reads_well() {
        let spikes = vec![SpikeRecord {
            population: "cells".into(),
            recorded: 0..100,
            until: 5.0,
            ..SpikeRecord::default()
        }];
        let page = Report {
            spikes,
            traces: vec![TraceRecord::default()],
            ..Report::default()
        }
        .to_html();
        assert!(
            page.contains("No spikes were recorded, from 100 cells of <em>cells</em> over 5 s.")
        );
        assert!(page.contains("No samples were recorded."));
        let own = page.replace(CHARTS, "").replace(SCRIPT, "");
        assert!(!own.contains("NaN") && !own.contains("not a number"));
    }

    #[test]
    fn a_claim_that_was_not_judged_says_so() {
        let claims = vec![ReportedClaim {
            says: "near 20 Hz".into(),
            published: Some("9.78 uA/cm**2".into()),
            ..ReportedClaim::default()
        }];
        let page = Report {
            claims,
            ..Report::default()
        }
        .to_html();
        assert!(page.contains("not judged") && page.contains("9.78 uA/cm²"));
    }

    #[test]
    fn it_reads_as_an_explanation() {
        let page = Report {
            title: "Sum".into(),
            question: Some("How?".into()),
            explanation: vec!["First.".into(), "Then.".into()],
            figures: vec![Figure::new(
                "Rate",
                FigureAxis::default(),
                FigureAxis::default(),
            )],
            claims: vec![ReportedClaim {
                says: "near 20 Hz".into(),
                published: Some("20 Hz".into()),
                measured: Some(20.25),
                interval: Some((20.1, 20.4)),
                unit: "Hz".into(),
                expected: Some((20.0, 1.0)),
                tolerance: Some("1 Hz".into()),
                holds: Some(true),
                ..ReportedClaim::default()
            }],
            try_next: vec!["oscine run sum.toml --set run.seed=2".into()],
            run: Some(RunFacts::default()),
            ..Report::default()
        }
        .to_html();
        let order = [
            "<h1>Sum",
            "How?",
            "<p>First.</p><p>Then.</p>",
            "id=\"figures\"",
            "id=\"claims\"",
            "id=\"try\"",
            "id=\"run\"",
        ];
        let places: Vec<_> = order.iter().map(|part| page.find(part)).collect();
        assert!(places.iter().all(Option::is_some), "{places:?}");
        assert!(places.is_sorted(), "{places:?}");
        assert!(page.contains("20.25 Hz") && page.contains("20.10 to 20.40 Hz"));
        assert!(page.contains("<code>oscine run sum.toml --set run.seed=2</code>"));
    }

    #[test]
    fn a_report_without_a_run_says_nothing_of_one() {
        let page = Report {
            title: "A model".into(),
            numbers: vec![NumberRow {
                name: "rest".into(),
                value: -0.065,
                unit: "V".into(),
                interval: None,
            }],
            ..Report::default()
        }
        .to_html();
        assert!(page.contains("−65 mV") && !page.contains("id=\"run\""));
    }

    #[test]
    fn thinning_is_said_and_numbers_are_not_thinned() {
        let spikes = vec![SpikeRecord {
            name: "raster".into(),
            recorded: 0..1000,
            until: 10.0,
            times: (0..100_000).map(|spike| f64::from(spike) * 1e-4).collect(),
            cells: (0..100_000).map(|spike| spike % 1000).collect(),
            ..SpikeRecord::default()
        }];
        let page = Report {
            spikes,
            ..Report::default()
        }
        .to_html();
        assert!(page.contains("of 100,000 spikes are drawn, those of every 3rd cell"));
        assert!(
            page.contains("10 Hz"),
            "the mean rate is that of all spikes"
        );
    }
}
