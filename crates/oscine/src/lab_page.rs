//! One page for several experiments: their claims in one table, and their figures below one another.

use oscine_experiment::Outcome;
use oscine_report::Report;

use crate::report_of;

/// Experiments whose figures are on the page, at most; of more it has the claims alone.
const MOST_WITH_FIGURES: usize = 12;

/// A page that grows by an experiment at a time.
#[derive(Default)]
pub struct LabPage {
    report: Report,
    names: Vec<String>,
}

impl LabPage {
    /// Adds what came of an experiment.
    pub fn add(&mut self, name: &str, outcome: &Outcome) {
        let own = report_of(outcome);
        let named = |text: String| format!("{name}: {text}");
        self.report
            .failures
            .extend(own.failures.into_iter().map(named));
        self.report
            .claims
            .extend(own.claims.into_iter().map(|mut claim| {
                claim.says = named(claim.says);
                claim
            }));
        self.report.explanation.push(format!(
            "{name}: {}",
            own.question.as_deref().unwrap_or(&own.title)
        ));
        self.names.push(name.to_owned());
        if self.names.len() > MOST_WITH_FIGURES {
            self.report.figures.clear();
            return;
        }
        self.report
            .figures
            .extend(own.figures.into_iter().map(|mut figure| {
                figure.title = match figure.title.is_empty() {
                    true => name.to_owned(),
                    false => named(figure.title),
                };
                figure
            }));
    }

    /// The page.
    #[must_use]
    pub fn to_html(mut self) -> String {
        self.report.title = match &self.names[..] {
            [] => "The lab".into(),
            names if names.len() <= 3 => names.join(" and "),
            names => format!("The lab: {} experiments", names.len()),
        };
        let whole = "each experiment's own page, with what was recorded, is NAME/report.html beside this one";
        self.report.notes.push(whole.into());
        self.report.to_html()
    }
}
