//! The page: `report.html`, one file that loads nothing from anywhere.
//!
//! Text and tables are HTML and can be read without a script; figures are JSON beside an empty element, drawn when they come into view.
//! A content policy in its head forbids every load, so that the page is the same offline.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::activity::Activity;
use crate::figure_json::drawn;
use crate::page_parts::{
    activity_table, cards, claims, event_table, facts, population_table, projection_table,
    stage_table,
};
use crate::raster::raster;
use crate::traces::{samples, traces};
use crate::{Axis, Figure, Mark, Projection, Report, activity_figures};

const CHARTS: &str = include_str!("../assets/charts.js");
const SCRIPT: &str = include_str!("../assets/page.js");
const STYLE: &str = include_str!("../assets/page.css");
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

/// Histograms of synapses on one page.
const MOST_SPREADS: usize = 12;

impl Report {
    /// The whole page as one HTML document; everything from the experiment is escaped.
    #[must_use]
    pub fn to_html(&self) -> String {
        let activities: Vec<Activity> = self.spikes.iter().map(Activity::of).collect();
        let sections = self.sections(&activities);
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
                            section id=(section.id) { h2 { (section.title) } (section.body) }
                        }
                    }
                    footer { p { "Made by Oscine " (self.run.version) ". Drawn with Apache ECharts (Apache-2.0). This page loads nothing." } }
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
                @if let Some(stopped) = &self.run.stopped { p.notice { (stopped) } }
                (cards(self, activities))
            }
        }
    }

    fn sections(&self, activities: &[Activity]) -> Vec<Section> {
        let mut sections = Vec::new();
        let mut add = |id, title, body: Markup| sections.push(Section { id, title, body });
        if !self.claims.is_empty() {
            add("claims", "Claims", claims(&self.claims));
        }
        if !self.notes.is_empty() {
            add(
                "notes",
                "Notes",
                html! { ul.notes { @for note in &self.notes { li { (note) } } } },
            );
        }
        if !self.figures.is_empty() {
            add("figures", "Figures", figure_grid(&self.figures));
        }
        if !self.spikes.is_empty() {
            add("spikes", "Spikes", self.spike_section(activities));
            let figures = activity_figures::figures(&self.spikes, activities, self.run.dt);
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
                    @if traced.is_empty() { p.empty { "No samples were recorded." } }
                    @for figure in &traced { (figure_block(figure, true)) }
                },
            );
        }
        let sampled: Vec<Figure> = self.samples.iter().flat_map(samples).collect();
        if !sampled.is_empty() {
            add("values", "Values", figure_grid(&sampled));
        }
        if !self.populations.is_empty() || !self.projections.is_empty() {
            add("network", "Network", self.network_section());
        }
        add("run", "Run", self.run_section());
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
                (figure_block(&raster(&self.spikes, self.run.dt), false))
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

    fn run_section(&self) -> Markup {
        html! {
            (facts(self))
            div.grid {
                @if !self.stages.is_empty() { div { h3 { "Time by stage" } (stage_table(&self.stages)) } }
                @if !self.events.is_empty() { div { h3 { "Events" } (event_table(&self.events, self.run.running_seconds)) } }
            }
        }
    }
}

struct Section {
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
                Axis::new(&spread.name, &spread.unit),
                Axis::new("count", ""),
            );
            Figure::new(format!("{}: {}", projection.name, spread.name), x, y).with_histogram(
                &spread.name,
                Mark::Bars,
                &spread.histogram,
            )
        })
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
    use crate::{Claim, SampleRecord, SpikeRecord, Spread, TraceRecord};

    const HOSTILE: &str = "<img src=x onerror=alert(1)></script>\"'&";

    #[test]
    fn whatever_the_file_says_stays_text() {
        let named = || HOSTILE.to_owned();
        let page = Report {
            title: named(),
            question: Some(named()),
            source: Some(named()),
            claims: vec![Claim {
                says: named(),
                published: Some(named()),
                unit: named(),
                measured: Some(1.0),
                ..Claim::default()
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
                Figure::new(named(), Axis::new(named(), named()), Axis::new(named(), "")).with(
                    named(),
                    Mark::Line,
                    vec![0.0],
                    vec![1.0],
                ),
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
        let claims = vec![Claim {
            says: "near 20 Hz".into(),
            published: Some("9.78 uA/cm**2".into()),
            ..Claim::default()
        }];
        let page = Report {
            claims,
            ..Report::default()
        }
        .to_html();
        assert!(page.contains("not judged in this version") && page.contains("9.78 uA/cm²"));
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
