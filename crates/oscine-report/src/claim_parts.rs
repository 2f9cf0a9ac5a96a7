//! The parts of the page that set what was measured beside what was published, and the list of what to try next.

use maud::{Markup, html};

use crate::quantity::{beside, quantity, superscript};
use crate::{NumberRow, ReportedClaim};

/// Each claim: what it says, the measured value beside the published one, and whether it holds.
pub(crate) fn claims(claims: &[ReportedClaim]) -> Markup {
    let count = |holds| claims.iter().filter(|claim| claim.holds == holds).count();
    let (hold, fail, open) = (count(Some(true)), count(Some(false)), count(None));
    html! {
        p.summary {
            (hold) " of " (claims.len()) @if claims.len() == 1 { " claim holds" } @else { " claims hold" }
            @if fail > 0 { ", " (fail) @if fail == 1 { " does not" } @else { " do not" } }
            @if open > 0 { ", " (open) @if open == 1 { " is not judged" } @else { " are not judged" } }
            "."
        }
        div.claims { @for claim in claims { (card(claim)) } }
    }
}

fn card(claim: &ReportedClaim) -> Markup {
    let (kind, sign, word) = verdict(claim);
    html! {
        div class={ "claim " (kind) } {
            span.sign aria-hidden="true" { (sign) }
            div.body {
                p.says { (claim.says) " " span.word { (word) } }
                dl.beside {
                    div {
                        dt { "measured" }
                        dd {
                            @if let Some(measured) = measured(claim) { strong { (measured) } }
                            @else { strong.none { "–" } }
                            @if let Some(interval) = interval(claim) { span.more { "95 %: " (interval) } }
                        }
                    }
                    @if let Some(published) = &claim.published {
                        div {
                            dt { "published" }
                            dd {
                                strong { (superscript(published)) }
                                @if let Some(tolerance) = &claim.tolerance { span.more { "± " (superscript(tolerance)) } }
                            }
                        }
                    }
                    (ruler(claim))
                }
                @if let Some(note) = &claim.note { p.note { (note) } }
                @if let Some(source) = &claim.source { p.source { (source) } }
            }
        }
    }
}

fn verdict(claim: &ReportedClaim) -> (&'static str, &'static str, &'static str) {
    match claim.holds {
        Some(true) => ("holds", "✓", "holds"),
        Some(false) => ("fails", "✗", "does not hold"),
        None => ("open", "–", "not judged"),
    }
}

/// The measured value, in the unit of the published one and as finely as the two have to be told apart.
pub(crate) fn measured(claim: &ReportedClaim) -> Option<String> {
    let measured = claim.measured?;
    Some(beside(measured, &claim.unit, fineness(claim)))
}

/// The confidence interval of the measured value.
pub(crate) fn interval(claim: &ReportedClaim) -> Option<String> {
    let (low, high) = claim.interval?;
    let fine = fineness(claim);
    Some(format!(
        "{} to {}",
        beside(low, "", fine),
        beside(high, &claim.unit, fine)
    ))
}

/// The difference that matters: the tolerance, or the width of the interval where it is narrower.
fn fineness(claim: &ReportedClaim) -> f64 {
    let tolerance = claim.expected.map(|(_, allowed)| allowed);
    let width = claim.interval.map(|(low, high)| high - low);
    let finite = [tolerance, width].into_iter().flatten();
    finite
        .filter(|&size| size > 0.0)
        .fold(f64::INFINITY, f64::min)
}

/// A line on which the tolerated values, the interval and the measured value lie.
fn ruler(claim: &ReportedClaim) -> Markup {
    let (Some(measured), Some((published, allowed))) = (claim.measured, claim.expected) else {
        return html! {};
    };
    let (low, high) = claim.interval.unwrap_or((measured, measured));
    let least = low.min(published - allowed);
    let greatest = high.max(published + allowed);
    let span = greatest - least;
    if !(span.is_finite() && span > 0.0) {
        return html! {};
    }
    // Ten parts of two hundred are left free at either end.
    let place = |value: f64| 10.0 + 180.0 * (value - least) / span;
    let text = |value: f64| format!("{value:.1}");
    let (from, to) = (place(published - allowed), place(published + allowed));
    html! {
        svg.ruler viewBox="0 0 200 24" role="img" aria-label="measured and published on one line" {
            line.base x1="2" x2="198" y1="12" y2="12" {}
            @if allowed > 0.0 { rect.allowed x=(text(from)) y="5" width=(text(to - from)) height="14" rx="3" {} }
            line.published x1=(text(place(published))) x2=(text(place(published))) y1="3" y2="21" {}
            @if high > low { line.interval x1=(text(place(low))) x2=(text(place(high))) y1="12" y2="12" {} }
            circle.measured cx=(text(place(measured))) cy="12" r="4.5" {}
        }
    }
}

/// Single numbers, with their intervals.
pub(crate) fn numbers(numbers: &[NumberRow]) -> Markup {
    let intervals = numbers.iter().any(|number| number.interval.is_some());
    html! { div.scroll { table.numbers {
        thead { tr { th { "measure" } th.n { "value" } @if intervals { th.n { "95 % interval" } } } }
        tbody { @for number in numbers { tr {
            th scope="row" { (number.name) }
            td.n { @if number.value.is_nan() { "–" } @else { (quantity(number.value, &number.unit)) } }
            @if intervals { td.n {
                @if let Some((low, high)) = number.interval { (crate::quantity::range(low, high, &number.unit)) } @else { "–" }
            } }
        } } }
    } } }
}

/// What to try next: commands as such, everything else as text.
pub(crate) fn try_next(texts: &[String]) -> Markup {
    html! { ul.try { @for text in texts { li {
        @if text.starts_with("oscine ") { code { (text) } } @else { (text) }
    } } } }
}
