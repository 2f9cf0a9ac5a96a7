//! The order of subexpressions: each after those that it is made of (Kahn, Commun. ACM 5:558, 1962), or the
//! circle that they go in.

use std::collections::HashMap;
use std::ops::Range;

use crate::equations::{Line, LineKind};
use crate::error::{BoxedMistake, EquationMistake};

/// The places of all subexpressions, each after those that it is made of.
pub(crate) fn order(lines: &[Line]) -> Result<Vec<usize>, BoxedMistake> {
    let inlined: HashMap<&str, usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.kind == LineKind::Subexpression)
        .filter(|(_, line)| !line.has("summed") && !line.has("constant over dt"))
        .map(|(place, line)| (line.name.as_str(), place))
        .collect();
    let mut waiting: HashMap<usize, usize> = HashMap::new();
    let mut users: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut ready = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        if line.kind != LineKind::Subexpression {
            continue;
        }
        let needs: Vec<usize> = line
            .tree
            .names()
            .filter_map(|(name, _)| inlined.get(name).copied())
            .collect();
        for &needed in &needs {
            users.entry(needed).or_default().push(place);
        }
        waiting.insert(place, needs.len());
        if needs.is_empty() {
            ready.push(place);
        }
    }
    let mut sorted = Vec::with_capacity(waiting.len());
    let mut next = 0;
    while next < ready.len() {
        let place = ready[next];
        next += 1;
        sorted.push(place);
        waiting.remove(&place);
        for user in users.remove(&place).unwrap_or_default() {
            if let Some(left) = waiting.get_mut(&user) {
                *left -= 1;
                if *left == 0 {
                    ready.push(user);
                }
            }
        }
    }
    match waiting.keys().min() {
        None => Ok(sorted),
        Some(&start) => Err(cycle(lines, &inlined, &waiting, start)),
    }
}

/// Follows needs that never end until one comes back.
fn cycle(
    lines: &[Line],
    inlined: &HashMap<&str, usize>,
    waiting: &HashMap<usize, usize>,
    start: usize,
) -> BoxedMistake {
    let mut path: Vec<(usize, Range<usize>)> = Vec::new();
    let mut seen: HashMap<usize, usize> = HashMap::new();
    let mut place = start;
    loop {
        if let Some(&first) = seen.get(&place) {
            path.drain(..first);
            break;
        }
        seen.insert(place, path.len());
        let next = lines[place].tree.names().find_map(|(name, span)| {
            let needed = *inlined.get(name)?;
            waiting.contains_key(&needed).then_some((needed, span))
        });
        let Some((needed, span)) = next else { break };
        path.push((place, span));
        place = needed;
    }
    let mut names: Vec<String> = path
        .iter()
        .map(|(place, _)| lines[*place].name.clone())
        .collect();
    names.push(lines[place].name.clone());
    let (first, span) = path
        .first()
        .cloned()
        .unwrap_or((start, lines[start].span.clone()));
    EquationMistake::Cycle(names)
        .at(span, "needed here")
        .second(lines[first].name_span.clone(), "to compute this")
        .help("one of them must be a parameter or have a differential equation")
}
