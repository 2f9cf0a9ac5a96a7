//! The summary after a run: one screen of at most 24 lines, with or without colour.

use oscine_analysis::{population_rate, step_near, window};

use crate::activity::Activity;
use crate::claim_parts::{interval, measured};
use crate::page_parts::simulated;
use crate::quantity::{count, counted, number, quantity, range, superscript, time};
use crate::terminal_plots::{blocks, braille_raster};
use crate::{Report, ReportedClaim, SpikeRecord};

/// Lines of the whole summary.
const SCREEN: usize = 24;

/// Lines of the small raster.
const RASTER_ROWS: usize = 4;

/// Width of the column of names.
const NAMES: usize = 12;

/// Failures that the terminal tells; all are on the page.
const MOST_FAILURES: usize = 2;

#[derive(Clone, Copy)]
enum Ink {
    Bold,
    Dim,
    Good,
    Bad,
    Plain,
}

/// Lines of text with inks, cut to the width.
struct Screen {
    width: usize,
    colour: bool,
    lines: Vec<String>,
}

impl Report {
    /// What the run came to, in at most 24 lines of `width` columns (40 at least); `colour` adds ANSI colours.
    #[must_use]
    pub fn terminal_summary(&self, width: usize, colour: bool) -> String {
        let mut screen = Screen {
            width: width.max(40),
            colour,
            lines: Vec::new(),
        };
        screen.line(&[(&self.title, Ink::Bold)]);
        if let Some(question) = &self.question {
            for line in wrapped(question, screen.width).iter().take(2) {
                screen.line(&[(line, Ink::Dim)]);
            }
        }
        screen.lines.push(String::new());
        if let Some(of) = &self.records_of {
            screen.named("records of", &[(of, Ink::Dim)]);
        }
        self.add_activity(&mut screen);
        self.add_numbers(&mut screen);
        self.add_network(&mut screen);
        self.add_speed(&mut screen);
        let tail = self.tail();
        let room = SCREEN.saturating_sub(screen.lines.len() + tail.len());
        add_claims(&mut screen, &self.claims, room);
        for (name, text, ink) in &tail {
            screen.named(name, &[(text, *ink)]);
        }
        screen.lines.truncate(SCREEN);
        screen.lines.join("\n") + "\n"
    }

    fn add_activity(&self, screen: &mut Screen) {
        const MOST_RECORDS: usize = 4;
        let plot_width = screen.width - NAMES - 2;
        let activities: Vec<Activity> = self.spikes.iter().map(Activity::of).collect();
        if let (Some(record), Some(activity)) = (
            self.spikes.first(),
            activities.first().filter(|activity| activity.spikes > 0),
        ) {
            let end = last_moments(record, activity, plot_width);
            for (place, line) in braille_raster(&end, plot_width, RASTER_ROWS)
                .iter()
                .enumerate()
            {
                screen.named(
                    if place == 0 { &record.name } else { "" },
                    &[(line, Ink::Plain)],
                );
            }
            let whole = end.from <= record.from;
            screen.named("", &[(&rate_line(&end, whole, plot_width), Ink::Dim)]);
        }
        for (record, activity) in self.spikes.iter().zip(&activities).take(MOST_RECORDS) {
            if activity.spikes == 0 {
                screen.named(&record.name, &[("no spikes were recorded", Ink::Bold)]);
                continue;
            }
            let variation = activity
                .mean_variation
                .map_or(String::new(), |variation| format!("   CV {variation:.2}"));
            let silent = match activity.silent {
                0 => String::new(),
                silent => format!(", {} silent", count(silent as u64)),
            };
            let rate = quantity(activity.mean_rate, "Hz");
            let rest = format!(
                " ± {}{variation}   {}, {}{silent}",
                number(activity.rate_deviation),
                counted(activity.spikes as u64, "spike"),
                counted(activity.cells as u64, "cell")
            );
            screen.named(&record.name, &[(&rate, Ink::Bold), (&rest, Ink::Plain)]);
        }
        if self.spikes.len() > MOST_RECORDS {
            screen.named(
                "",
                &[(
                    &format!(
                        "and {} records more, in the report",
                        self.spikes.len() - MOST_RECORDS
                    ),
                    Ink::Dim,
                )],
            );
        }
    }

    fn add_numbers(&self, screen: &mut Screen) {
        const MOST_NUMBERS: usize = 4;
        let finite = self.numbers.iter().filter(|one| !one.value.is_nan());
        for one in finite.take(MOST_NUMBERS) {
            let interval = one.interval.map_or(String::new(), |(low, high)| {
                format!("   95 %: {}", range(low, high, &one.unit))
            });
            let value = quantity(one.value, &one.unit);
            screen.named(
                "measured",
                &[
                    (&format!("{} ", one.name), Ink::Plain),
                    (&value, Ink::Bold),
                    (&interval, Ink::Dim),
                ],
            );
        }
    }

    fn add_network(&self, screen: &mut Screen) {
        let in_words = |parts: Vec<(&str, u64)>| {
            let all: u64 = parts.iter().map(|part| part.1).sum();
            let names: Vec<String> = parts
                .iter()
                .map(|(name, many)| format!("{name} {}", count(*many)))
                .collect();
            (count(all), format!("   {}", names.join(" · ")))
        };
        if !self.populations.is_empty() {
            let (all, names) = in_words(
                self.populations
                    .iter()
                    .map(|one| (one.name.as_str(), one.count))
                    .collect(),
            );
            screen.named("cells", &[(&all, Ink::Bold), (&names, Ink::Dim)]);
        }
        if !self.projections.is_empty() {
            let (all, names) = in_words(
                self.projections
                    .iter()
                    .map(|one| (one.name.as_str(), one.synapses))
                    .collect(),
            );
            screen.named("synapses", &[(&all, Ink::Bold), (&names, Ink::Dim)]);
        }
    }

    fn add_speed(&self, screen: &mut Screen) {
        let Some(run) = &self.run else { return };
        let Some(speed) = run.speed() else {
            let threads = counted(run.threads as u64, "thread");
            let rest = format!("   on {threads}");
            let took = time(run.total_seconds);
            screen.named("took", &[(&took, Ink::Bold), (&rest, Ink::Plain)]);
            return;
        };
        let threads = counted(run.threads as u64, "thread");
        let rest = format!(
            " of real time   {} in {}, on {threads}",
            simulated(run),
            time(run.running_seconds)
        );
        screen.named(
            "speed",
            &[
                (&format!("{} ×", number(speed)), Ink::Bold),
                (&rest, Ink::Plain),
            ],
        );
    }

    /// What stands at the end whatever room there is.
    fn tail(&self) -> Vec<(&'static str, String, Ink)> {
        let mut tail = Vec::new();
        if let Some(stopped) = self.run.as_ref().and_then(|run| run.stopped.as_ref()) {
            tail.push(("stopped", stopped.clone(), Ink::Bad));
        }
        for failure in self.failures.iter().take(MOST_FAILURES) {
            tail.push(("failed", failure.clone(), Ink::Bad));
        }
        match self.notes.as_slice() {
            [] => {}
            [only] => tail.push(("note", only.clone(), Ink::Dim)),
            many => tail.push((
                "notes",
                format!("{} (and {} more, in the report)", many[0], many.len() - 1),
                Ink::Dim,
            )),
        }
        if let Some(folder) = &self.folder {
            tail.push((
                "report",
                format!("{}/report.html", folder.trim_end_matches('/')),
                Ink::Bold,
            ));
        }
        tail
    }
}

fn add_claims(screen: &mut Screen, claims: &[ReportedClaim], room: usize) {
    if claims.is_empty() || room == 0 {
        return;
    }
    // Those that do not hold come first: they must not be the ones that are cut.
    let mut sorted: Vec<&ReportedClaim> = claims.iter().collect();
    sorted.sort_by_key(|claim| match claim.holds {
        Some(false) => 0,
        Some(true) => 1,
        None => 2,
    });
    let shown = if claims.len() <= room {
        claims.len()
    } else {
        room - 1
    };
    let two_lines = 2 * claims.len() <= room;
    for (place, claim) in sorted.iter().take(shown).enumerate() {
        let (sign, ink) = match claim.holds {
            Some(true) => ("✓ ", Ink::Good),
            Some(false) => ("✗ ", Ink::Bad),
            None => ("– ", Ink::Dim),
        };
        let mut values = measured(claim).map_or(String::new(), |measured| format!("   {measured}"));
        if let Some(interval) = interval(claim) {
            values += &format!(" [{interval}]");
        }
        match (&claim.published, claim.holds) {
            (_, None) => values += "   not judged",
            (Some(published), _) => {
                let tolerance = claim
                    .tolerance
                    .as_ref()
                    .map_or(String::new(), |tolerance| format!(" ± {tolerance}"));
                values += &format!("   published {}{tolerance}", superscript(published));
            }
            (None, _) => {}
        }
        let name = if place == 0 { "claims" } else { "" };
        let across = screen.width - NAMES - 4;
        let both = claim.says.chars().count() + values.chars().count() <= across;
        if both || !two_lines {
            // The words give way to the numbers.
            let says = cut(
                &claim.says,
                across.saturating_sub(values.chars().count()).max(16),
            );
            screen.named(
                name,
                &[(sign, ink), (&says, Ink::Plain), (&values, Ink::Dim)],
            );
        } else {
            let says = cut(&claim.says, across);
            screen.named(name, &[(sign, ink), (&says, Ink::Plain)]);
            screen.named("", &[("  ", Ink::Plain), (values.trim_start(), Ink::Dim)]);
        }
    }
    if shown < claims.len() {
        let rest = counted((claims.len() - shown) as u64, "claim");
        screen.named(
            if shown == 0 { "claims" } else { "" },
            &[(&format!("{rest} more, in the report"), Ink::Dim)],
        );
    }
}

/// The end of a record, so long that its cells fire a few times each: more would fill a small raster.
fn last_moments(record: &SpikeRecord, activity: &Activity, columns: usize) -> SpikeRecord {
    const SPIKES_IN_A_COLUMN: f64 = 0.35;
    let most = columns as f64 * SPIKES_IN_A_COLUMN / activity.mean_rate.max(f64::MIN_POSITIVE);
    if most >= record.span() {
        return record.clone();
    }
    // A length that a person would choose, and no longer than wanted.
    let length = [1.0, 0.5, 0.4]
        .map(|share| step_near(most * share))
        .into_iter()
        .find(|&length| length <= most)
        .unwrap_or(most);
    let from = record.until - length;
    let inside = window(&record.times, from, record.until);
    SpikeRecord {
        from,
        times: record.times[inside.clone()].to_vec(),
        cells: record.cells[inside].to_vec(),
        name: record.name.clone(),
        population: record.population.clone(),
        recorded: record.recorded.clone(),
        until: record.until,
    }
}

/// The population's rate as blocks, with its greatest value and the time that is shown.
fn rate_line(record: &SpikeRecord, whole: bool, width: usize) -> String {
    let shown = if whole {
        String::new()
    } else {
        format!(", the last {}", time(record.span()))
    };
    let bins = width.saturating_sub(14 + shown.len()).max(8);
    let bin = record.span() / bins as f64;
    let rate = population_rate(
        &record.times,
        record.recorded.len(),
        record.from,
        record.until,
        bin,
    );
    let most = rate.iter().copied().fold(0.0, f64::max);
    format!("{} to {}{shown}", blocks(&rate), quantity(most, "Hz"))
}

/// Text in lines of at most `width` letters, broken between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Text cut to `width` letters, with a mark where it was cut.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars()
        .take(width.saturating_sub(1))
        .collect::<String>()
        + "…"
}

impl Screen {
    fn named(&mut self, name: &str, parts: &[(&str, Ink)]) {
        let cut: String = name
            .chars()
            .filter(|letter| !letter.is_control())
            .take(NAMES - 1)
            .collect();
        let column = format!("  {cut:<NAMES$}");
        let mut line = vec![(column.as_str(), Ink::Dim)];
        line.extend_from_slice(parts);
        self.line(&line);
    }

    fn line(&mut self, parts: &[(&str, Ink)]) {
        let length: usize = parts.iter().map(|(text, _)| text.chars().count()).sum();
        let cut = length > self.width;
        let mut left = self.width - usize::from(cut);
        let mut line = String::new();
        for (text, ink) in parts {
            // Text from the file must not move the cursor.
            let text = text
                .chars()
                .map(|letter| if letter.is_control() { ' ' } else { letter });
            let part: String = text.take(left).collect();
            left -= part.chars().count();
            self.ink(&mut line, &part, *ink);
        }
        if cut {
            line.push('…');
        }
        self.lines.push(line.trim_end().to_owned());
    }

    fn ink(&self, line: &mut String, text: &str, ink: Ink) {
        let code = match ink {
            Ink::Bold => "1",
            Ink::Dim => "2",
            Ink::Good => "1;32",
            Ink::Bad => "1;31",
            Ink::Plain => "",
        };
        if self.colour && !code.is_empty() && !text.is_empty() {
            line.push_str(&format!("\x1b[{code}m{text}\x1b[0m"));
        } else {
            line.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RunFacts;

    fn busy() -> Report {
        let claim = |says: &str, holds| ReportedClaim {
            says: says.into(),
            measured: Some(1.5),
            unit: "Hz".into(),
            holds,
            ..ReportedClaim::default()
        };
        Report {
            title: "A title\x1b[2J that clears the screen".into(),
            question: Some("Is it so? ".repeat(40)),
            claims: (0..30)
                .map(|_| claim("holds", Some(true)))
                .chain([claim("this one fails", Some(false))])
                .collect(),
            notes: vec!["a note".into(), "another".into()],
            spikes: (0..9)
                .map(|record| SpikeRecord {
                    name: format!("record {record}"),
                    recorded: 0..20,
                    until: 4.0,
                    times: (0..4000).map(|spike| f64::from(spike) * 1e-3).collect(),
                    cells: (0..4000).map(|spike| spike % 20).collect(),
                    ..SpikeRecord::default()
                })
                .collect(),
            run: Some(RunFacts {
                duration: 4.0,
                running_seconds: 0.5,
                threads: 2,
                ..RunFacts::default()
            }),
            folder: Some("busy-results".into()),
            ..Report::default()
        }
    }

    #[test]
    fn it_fits_one_screen_and_what_matters_is_there() {
        for width in [40, 80, 120] {
            let summary = busy().terminal_summary(width, false);
            let lines: Vec<&str> = summary.lines().collect();
            assert!(lines.len() <= SCREEN, "{} lines", lines.len());
            assert!(
                lines.iter().all(|line| line.chars().count() <= width),
                "{summary}"
            );
            assert!(
                summary.contains("this one fails")
                    && summary.contains("50 Hz")
                    && summary.contains("8 ×"),
                "{summary}"
            );
            assert!(lines.last().unwrap().contains("busy-results/report.html"));
            assert!(!summary.contains('\x1b'));
        }
    }

    #[test]
    fn the_measured_value_and_its_interval_stand_beside_the_published_one() {
        let report = Report {
            claims: vec![ReportedClaim {
                says: "it fires".into(),
                published: Some("20 Hz".into()),
                tolerance: Some("1 Hz".into()),
                expected: Some((20.0, 1.0)),
                measured: Some(20.2),
                interval: Some((19.8, 20.6)),
                unit: "Hz".into(),
                holds: Some(true),
                ..ReportedClaim::default()
            }],
            ..Report::default()
        };
        let summary = report.terminal_summary(100, false);
        let expected = "20.20 Hz [19.80 to 20.60 Hz]   published 20 Hz ± 1 Hz";
        assert!(summary.contains(expected), "{summary}");
    }

    #[test]
    fn colour_is_only_given_when_asked_for() {
        assert!(busy().terminal_summary(80, true).contains("\x1b[1;31m✗"));
    }

    #[test]
    fn silence_is_said() {
        let silent = Report {
            spikes: vec![SpikeRecord {
                recorded: 0..5,
                until: 1.0,
                ..SpikeRecord::default()
            }],
            ..Report::default()
        };
        assert!(
            silent
                .terminal_summary(80, false)
                .contains("no spikes were recorded")
        );
    }

    #[test]
    fn an_empty_report_is_not_an_error() {
        assert!(Report::default().terminal_summary(0, false).lines().count() <= SCREEN);
    }
}
