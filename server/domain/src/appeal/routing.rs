//! Where an appeal goes: whose desks owe it, the way it took between organisations, and who on duty gets it. Pure
//! functions over what is handed in; who holds which shift is the roster's data, who may assign is the policy's.

use std::collections::BTreeMap;

use crate::appeal::event::Employee;
use crate::id::{AccountId, AppealId, OrganisationId};
use crate::moment::Moment;
use crate::roster::Shift;

/// The organisation an appeal is opened with: the one its author names, else the room's default, else none, and then
/// every desk of the room owes it.
pub fn addressee(named: Option<OrganisationId>, default: Option<OrganisationId>) -> Option<OrganisationId> {
    named.or(default)
}

/// The organisations whose desks owe an appeal: its owner alone or, before there is one, all that serve its room.
pub fn desks<'a>(owner: Option<&'a OrganisationId>, serving: &'a [OrganisationId]) -> &'a [OrganisationId] {
    owner.map_or(serving, std::slice::from_ref)
}

/// The organisations that owned an appeal, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path(Vec<OrganisationId>);

impl From<Option<OrganisationId>> for Path {
    fn from(first: Option<OrganisationId>) -> Self {
        Self(first.into_iter().collect())
    }
}

impl Path {
    /// Who owns the appeal now.
    pub fn owner(&self) -> Option<OrganisationId> {
        self.0.last().copied()
    }

    /// Everybody who owned it, in order.
    pub fn owners(&self) -> &[OrganisationId] {
        &self.0
    }

    /// How often it was passed on.
    pub fn transfers(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    /// How often it came back to an organisation that had owned it before: the ping-pong residents complain of.
    pub fn returns(&self) -> usize {
        let came_back = |(place, owner): &(usize, &OrganisationId)| {
            self.0.iter().take(*place).any(|earlier| earlier == *owner)
        };
        self.0.iter().enumerate().filter(came_back).count()
    }

    /// An employee of an organisation acted: the first to do so makes it the owner.
    pub(crate) fn acted(&mut self, organisation: Option<OrganisationId>) {
        if self.0.is_empty() {
            self.0.extend(organisation);
        }
    }

    /// The appeal was passed on.
    pub(crate) fn passed(&mut self, to: OrganisationId) {
        self.0.push(to);
    }
}

/// An open appeal nobody on duty has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub appeal: AppealId,
    /// Since when its author waits.
    pub opened_at: Moment,
    /// The organisations that owe it.
    pub desks: Vec<OrganisationId>,
    /// The clinic its author is attached to, as far as known.
    pub attached_to: Option<OrganisationId>,
    /// Who gave it back: nobody gets again what they could not answer.
    pub released_by: Vec<AccountId>,
}

impl Waiting {
    /// The one organisation whose people can be chosen from: the only desk that owes it or, among several, the
    /// author's own clinic. Otherwise it stays on all desks until somebody takes it.
    fn organisation(&self) -> Option<OrganisationId> {
        match self.desks.as_slice() {
            [only] => Some(*only),
            several => self.attached_to.filter(|clinic| several.contains(clinic)),
        }
    }
}

/// Gives waiting appeals to those on duty at `now`: the oldest first, each to whoever of its organisation has the
/// fewest open appeals. `load` counts the open appeals each account has. An appeal nobody can be chosen for is not in
/// the answer. Equal loads go by id, so the same roster always gives the same answer.
pub fn assign(
    waiting: &[Waiting],
    roster: &[Shift],
    load: &BTreeMap<AccountId, usize>,
    now: Moment,
) -> Vec<(AppealId, Employee)> {
    let mut load = load.clone();
    let mut queue: Vec<&Waiting> = waiting.iter().collect();
    queue.sort_by_key(|waiting| (waiting.opened_at, waiting.appeal));
    let mut given = Vec::new();
    for next in queue {
        let Some(organisation) = next.organisation() else { continue };
        let on_duty = roster.iter().filter(|shift| shift.holds_at(now)).map(|shift| shift.employee);
        let free = on_duty
            .filter(|employee| employee.organisation == organisation)
            .filter(|employee| !next.released_by.contains(&employee.account))
            .min_by_key(|employee| (load.get(&employee.account).copied().unwrap_or(0), *employee));
        if let Some(employee) = free {
            *load.entry(employee.account).or_default() += 1;
            given.push((next.appeal, employee));
        }
    }
    given
}

/// The appeals whose employee is not on duty at `now` any more and that must be given to somebody else.
pub fn left_behind(given: &[(AppealId, Employee)], roster: &[Shift], now: Moment) -> Vec<AppealId> {
    let on_duty =
        |employee: &Employee| roster.iter().any(|shift| shift.employee == *employee && shift.holds_at(now));
    given.iter().filter(|(_, employee)| !on_duty(employee)).map(|(appeal, _)| *appeal).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::appeal::tests::{employee, id, organisation};

    fn shift(who: u8, from: i64, until: i64) -> Shift {
        Shift { employee: employee(who), from: Moment::from_millis(from), until: Moment::from_millis(until) }
    }
    fn waiting(appeal: u8, opened_at: i64, desks: &[u8]) -> Waiting {
        Waiting {
            appeal: id(appeal),
            opened_at: Moment::from_millis(opened_at),
            desks: desks.iter().map(|desk| organisation(*desk)).collect(),
            attached_to: None,
            released_by: Vec::new(),
        }
    }
    const NOW: Moment = Moment::from_millis(50);

    #[test]
    fn every_desk_owes_it_until_there_is_an_owner() {
        let (a, b) = (organisation(1), organisation(2));
        assert_eq!(desks(None, &[a, b]), [a, b]);
        assert_eq!(desks(Some(&b), &[a, b]), [b]);
        assert_eq!(addressee(Some(a), Some(b)), Some(a));
        assert_eq!(addressee(None, Some(b)), Some(b));
        assert_eq!(addressee(None, None), None);
    }

    #[test]
    fn the_oldest_goes_first_to_the_least_laden_on_duty() {
        // Employees 1 and 3 belong to organisation 1, see `employee`; 5 is off duty.
        let roster = [shift(1, 0, 100), shift(3, 0, 100), shift(5, 0, 50)];
        let load = BTreeMap::from([(employee(1).account, 1)]);
        let queue = [waiting(12, 9, &[1]), waiting(11, 3, &[1]), waiting(13, 9, &[1])];
        let given = assign(&queue, &roster, &load, NOW);
        assert_eq!(given, [(id(11), employee(3)), (id(12), employee(1)), (id(13), employee(3))]);
        assert_eq!(assign(&queue, &[shift(5, 0, 50)], &load, NOW), []);
    }

    #[test]
    fn who_gave_it_back_does_not_get_it_again() {
        let mut back = waiting(11, 1, &[1]);
        back.released_by = vec![employee(3).account];
        let both = [shift(1, 0, 100), shift(3, 0, 100)];
        assert_eq!(assign(&[back.clone()], &both, &BTreeMap::new(), NOW), [(id(11), employee(1))]);
        assert_eq!(assign(&[back], &both[1..], &BTreeMap::new(), NOW), []);
    }

    #[test]
    fn among_several_desks_the_authors_clinic_takes_it() {
        let roster = [shift(1, 0, 100), shift(2, 0, 100)];
        let mut open = waiting(11, 1, &[1, 0]);
        assert_eq!(assign(&[open.clone()], &roster, &BTreeMap::new(), NOW), []);
        open.attached_to = Some(organisation(0));
        assert_eq!(assign(&[open.clone()], &roster, &BTreeMap::new(), NOW), [(id(11), employee(2))]);
        open.attached_to = Some(organisation(7));
        assert_eq!(assign(&[open], &roster, &BTreeMap::new(), NOW), []);
    }

    #[test]
    fn who_goes_off_duty_leaves_appeals_behind() {
        let roster = [shift(1, 0, 100), shift(3, 0, 50)];
        let given = [(id(11), employee(1)), (id(12), employee(3)), (id(13), employee(9))];
        assert_eq!(left_behind(&given, &roster, NOW), [id(12), id(13)]);
    }

    #[test]
    fn a_way_back_is_counted() {
        let mut path = Path::from(None);
        path.acted(None);
        assert_eq!((path.owner(), path.transfers(), path.returns()), (None, 0, 0));
        path.acted(Some(organisation(1)));
        path.acted(Some(organisation(2)));
        assert_eq!(path.owner(), Some(organisation(1)));
        for to in [2, 1, 2, 3] {
            path.passed(organisation(to));
        }
        assert_eq!((path.owners().len(), path.transfers(), path.returns()), (5, 4, 2));
    }

    proptest! {
        #[test]
        fn nobody_off_duty_gets_anything_and_shares_are_even(
            queue in prop::collection::vec((0_i64..20, 0_u8..2), 0..30),
            shifts in prop::collection::vec((0_u8..12, 0_i64..100, 0_i64..100), 0..12),
        ) {
            let queue: Vec<Waiting> = queue.iter().zip(20_u8..)
                .map(|((at, desk), appeal)| waiting(appeal, *at, &[*desk])).collect();
            let roster: Vec<Shift> =
                shifts.iter().map(|(who, from, until)| shift(*who, *from, *until)).collect();
            let given = assign(&queue, &roster, &BTreeMap::new(), NOW);
            prop_assert_eq!(left_behind(&given, &roster, NOW), []);
            let mut shares: BTreeMap<Employee, usize> = BTreeMap::new();
            for (_, employee) in &given {
                *shares.entry(*employee).or_default() += 1;
            }
            for desk in 0..2 {
                let of_desk = |employee: &Employee| employee.organisation == organisation(desk);
                let on_duty: std::collections::BTreeSet<Employee> = roster.iter()
                    .filter(|shift| shift.holds_at(NOW)).map(|shift| shift.employee).filter(of_desk).collect();
                let share = |employee: &Employee| shares.get(employee).copied().unwrap_or(0);
                let most = on_duty.iter().map(share).max().unwrap_or(0);
                let least = on_duty.iter().map(share).min().unwrap_or(0);
                prop_assert!(most - least <= 1);
                let wanted = queue.iter().filter(|waiting| waiting.desks == [organisation(desk)]).count();
                let got: usize = on_duty.iter().map(share).sum();
                prop_assert_eq!(got, if on_duty.is_empty() { 0 } else { wanted });
            }
        }
    }
}
