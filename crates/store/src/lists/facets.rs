//! The facets that a filter asks for.

use super::chosen::Chosen;
use super::filter::Filter;
use crate::facets::{self, Facets, all_of, any_of};

/// The facets that a filter asks for. `None`: none, or only a status, a priority or what is to be missing beside other
/// conditions, because many tasks have those.
pub(super) fn of(filter: &Filter) -> Option<Facets> {
    let mut asked = Asked::default();
    let nobody = facets::assigned_to(None);
    asked.of(&filter.assignees, |user| facets::assigned_to(Some(*user)), nobody, true);
    asked.of(&filter.labels, |key| facets::labelled(key), format!("!{}", facets::labelled_at_all()), false);
    let is_whole = filter.asks_only_for_facets();
    let narrow = !asked.indexed.is_empty() || is_whole;
    if !filter.statuses.is_empty() {
        asked.indexed.push(any_of(filter.statuses.iter().map(facets::in_status)));
    }
    if !filter.priorities.is_empty() {
        asked.indexed.push(any_of(filter.priorities.iter().map(facets::of_priority)));
    }
    let few = asked.indexed.len() > 1 || narrow && !asked.indexed.is_empty();
    let Asked { indexed, rest } = asked;
    match few || is_whole && !rest.is_empty() {
        true => Some(Facets { indexed: all_of(&indexed), rest: all_of(&rest) }),
        false => None,
    }
}

#[derive(Default)]
struct Asked {
    indexed: Vec<String>,
    rest: Vec<String>,
}

impl Asked {
    /// `none`: asks for tasks that have none. `is_facet`: that is a facet too.
    fn of<T>(&mut self, chosen: &Chosen<T>, facet: impl Fn(&T) -> String, none: String, is_facet: bool) {
        let any = |values: &[Option<T>]| {
            any_of(values.iter().map(|value| value.as_ref().map_or_else(|| none.clone(), &facet)))
        };
        if !chosen.any.is_empty() {
            let is_indexed = is_facet || chosen.any.iter().all(Option::is_some);
            let asked = if is_indexed { &mut self.indexed } else { &mut self.rest };
            asked.push(any(&chosen.any));
        }
        self.indexed.extend(chosen.all.iter().map(&facet));
        if !chosen.not.is_empty() {
            self.rest.push(format!("!{}", any(&chosen.not)));
        }
    }
}
