//! The roster of an organisation: who is on duty when, and giving waiting appeals to those who are. Who goes off duty
//! leaves their appeals to whoever is there; when nobody is, they keep them, and the ladder calls for help.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::actor::{Actor, Person};
use domain::appeal::Appeal;
use domain::appeal::event::{Employee, Event, Fact};
use domain::appeal::routing::{Waiting, assign, desks, left_behind};
use domain::grant::Role;
use domain::id::{AccountId, AppealId, OrganisationId, ShiftId};
use domain::moment::Moment;
use domain::policy::{Act, Admitted, Target, admit};
use domain::roster::Shift;
use domain::sla::working::stretches_between;

use crate::acts::Acts;
use crate::acts::appeal::Deed;
use crate::acts::error::{ActError, ActResult};

/// The longest shift, in milliseconds: a slip of a date must not put anybody on duty for a year.
const LONGEST_SHIFT: i64 = 24 * 3_600_000;
/// The longest stretch of a roster one may ask for, in milliseconds.
const LONGEST_STRETCH: i64 = 62 * 24 * 3_600_000;
/// How many waiting appeals are looked at at once.
const AT_ONCE: u32 = 500;

/// The roster of an organisation in some stretch of time.
pub struct RosterView {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// The zone its times are meant in.
    pub time_zone: String,
    /// Who answers for it.
    pub people: Vec<Answering>,
    /// The shifts.
    pub shifts: Vec<(ShiftId, Shift)>,
    /// When somebody should be there.
    pub open: Vec<(Moment, Moment)>,
    /// Whether one keeps it.
    pub may_keep: bool,
}

/// Somebody who answers for an organisation.
pub struct Answering {
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// The position.
    pub position: String,
    /// The roles held in the organisation.
    pub roles: Vec<Role>,
    /// How many open appeals they have.
    pub open: u64,
}

impl Acts {
    /// The roster of an organisation between two moments.
    ///
    /// # Errors
    /// [`ActError::Denied`] when it does not exist for `person`; [`ActError::Invalid`] for moments that are none.
    pub async fn roster(&self, person: &Person, id: &str, from: &str, to: &str) -> ActResult<RosterView> {
        let (organisation, _) = self.roster_gate(person, Act::SeeRoster, id)?;
        let (from, to) = (moment("from", from)?, moment("to", to)?);
        if to <= from || to.millis().saturating_sub(from.millis()) > LONGEST_STRETCH {
            return Err(ActError::invalid("to", "out_of_range", "a roster is asked for up to 62 days"));
        }
        let catalogue = self.catalogue();
        let found = catalogue.organisation(organisation).ok_or_else(ActError::not_found)?;
        let region = catalogue.region(found.region.as_str()).ok_or_else(ActError::not_found)?;
        let now = self.sources.now();
        let loads = store::appeal::loads(&self.store, organisation).await?;
        let people = store::grant::staff_of(&self.store, organisation, now).await?;
        let answering = people.into_iter().filter(|(_, roles)| roles.iter().any(|role| role.answers()));
        let people = answering.map(|(it, roles)| Answering {
            account: it.id,
            name: it.name.unwrap_or(it.alias),
            position: it.position.unwrap_or_default(),
            roles,
            open: loads.get(&it.id).copied().unwrap_or(0),
        });
        Ok(RosterView {
            organisation,
            name: found.name.clone(),
            time_zone: region.region.time_zone.as_str().into(),
            people: people.collect(),
            shifts: store::shift::of_organisation(&self.store, organisation, from, to).await?,
            open: stretches_between(&region.opening, from, to),
            may_keep: self.roster_gate(person, Act::KeepRoster, id).is_ok(),
        })
    }

    /// Puts somebody on duty.
    ///
    /// # Errors
    /// [`ActError::Invalid`] for who does not answer there, for a shift that ends before it begins or lasts longer than
    /// a day, and for one who is on duty already; any other [`ActError`].
    pub async fn add_shift(
        &self,
        person: &Person,
        id: &str,
        staff: &str,
        from: &str,
        until: &str,
    ) -> ActResult<(ShiftId, Shift)> {
        self.limits.change(person.account)?;
        let (organisation, admitted) = self.roster_gate(person, Act::KeepRoster, id)?;
        let unknown =
            || ActError::invalid("staff", "unknown", "nobody with this id answers for the organisation");
        let account = staff.parse().map_err(|_| unknown())?;
        if !self.answers_for(account, organisation).await? {
            return Err(unknown());
        }
        let (from, until) = (moment("from", from)?, moment("until", until)?);
        let length = until.millis().saturating_sub(from.millis());
        if !(1..=LONGEST_SHIFT).contains(&length) {
            return Err(ActError::invalid(
                "until",
                "out_of_range",
                "a shift ends after it begins, within a day",
            ));
        }
        let shift = Shift { employee: Employee { account, organisation }, from, until };
        let shift_id = self.sources.id();
        let mut unit = self.writer.begin(admitted).await?;
        if store::shift::overlapping(&mut unit.tx, shift.employee, from, until).await? {
            return Err(ActError::invalid(
                "from",
                "overlap",
                "they are on duty for a part of this time already",
            ));
        }
        let now = unit.now;
        store::shift::add(&mut unit.tx, shift_id, &shift, person.account, now).await?;
        let target = format!("organisation:{organisation}");
        let reason = format!("{account} {} {}", from.rfc3339(), until.rfc3339());
        unit.audit(Some(person.account), "roster.add", target, &reason).await?;
        unit.commit().await?;
        Ok((shift_id, shift))
    }

    /// Takes a shift off the roster.
    ///
    /// # Errors
    /// [`ActError::Denied`] when there is none; those of the store.
    pub async fn remove_shift(&self, person: &Person, id: &str, shift: &str) -> ActResult<()> {
        self.limits.change(person.account)?;
        let (organisation, admitted) = self.roster_gate(person, Act::KeepRoster, id)?;
        let shift: ShiftId = shift.parse().map_err(|_| ActError::not_found())?;
        let mut unit = self.writer.begin(admitted).await?;
        if !store::shift::remove(&mut unit.tx, organisation, shift).await? {
            return Err(ActError::not_found());
        }
        let target = format!("organisation:{organisation}");
        unit.audit(Some(person.account), "roster.remove", target, &shift.to_string()).await?;
        Ok(unit.commit().await?)
    }

    fn roster_gate(&self, person: &Person, act: Act, id: &str) -> ActResult<(OrganisationId, Admitted)> {
        let catalogue = self.catalogue();
        let found =
            id.parse().ok().and_then(|id| catalogue.organisation(id)).ok_or_else(ActError::not_found)?;
        let target = Target::Roster(found.id, &found.region);
        Ok((found.id, admit(&Actor::Person(person.clone()), act, target)?))
    }

    /// Gives waiting appeals to those on duty, the oldest first; gives how many found somebody.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn assign_waiting(&self) -> ActResult<usize> {
        let now = self.sources.now();
        let roster = store::shift::at(&self.store, now).await?;
        let organisations: BTreeSet<OrganisationId> =
            roster.iter().map(|shift| shift.employee.organisation).collect();
        if organisations.is_empty() {
            return Ok(0);
        }
        let organisations: Vec<OrganisationId> = organisations.into_iter().collect();
        let answering = self.answering(&organisations, now).await?;
        let on_duty = roster.into_iter().filter(|shift| answering.contains(&shift.employee)).collect();
        let duty = Duty { now, organisations, answering, roster: on_duty };
        let (mut given, mut last) = (0, None);
        loop {
            let rows =
                store::appeal::waiting(&self.store, &duty.organisations, last.as_ref(), AT_ONCE).await?;
            given += self.give_out(&rows, &duty).await?;
            if rows.len() < AT_ONCE as usize {
                return Ok(given);
            }
            last = rows.into_iter().next_back();
        }
    }

    /// Who answers for these organisations at `now`.
    async fn answering(
        &self,
        organisations: &[OrganisationId],
        now: Moment,
    ) -> ActResult<BTreeSet<Employee>> {
        let working = store::grant::working_for(&self.store, organisations, now).await?;
        Ok(working.into_iter().filter(|(_, role)| role.answers()).map(|(employee, _)| employee).collect())
    }

    async fn give_out(&self, rows: &[store::appeal::Row], duty: &Duty) -> ActResult<usize> {
        let waiting = self.without_anybody(rows, duty).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let seen: HashMap<AppealId, Option<AccountId>> =
            rows.iter().map(|row| (row.id, row.assignee)).collect();
        let mut load = BTreeMap::new();
        for organisation in &duty.organisations {
            for (account, open) in store::appeal::loads(&self.store, *organisation).await? {
                load.insert(account, usize::try_from(open).unwrap_or(usize::MAX));
            }
        }
        let mut given = 0;
        for (appeal, to) in assign(&waiting, &duty.roster, &load, duty.now) {
            let seen = seen.get(&appeal).copied().flatten();
            given += usize::from(self.give(appeal, seen, to).await?);
        }
        Ok(given)
    }

    /// The appeals that nobody has, or only somebody who has gone off duty since they were given it or answers there no
    /// longer.
    async fn without_anybody(&self, rows: &[store::appeal::Row], duty: &Duty) -> ActResult<Vec<Waiting>> {
        let catalogue = self.catalogue();
        let has = |row: &store::appeal::Row| {
            let (account, organisation) = (row.assignee?, row.organisation?);
            Some((row.id, Employee { account, organisation }))
        };
        let held: Vec<(AppealId, Employee)> = rows.iter().filter_map(has).collect();
        let left: BTreeSet<AppealId> = left_behind(&held, &duty.roster, duty.now).into_iter().collect();
        let mut left =
            self.after_their_shift(held.iter().filter(|(id, _)| left.contains(id)), duty.now).await?;
        let gone = held.iter().filter(|(_, employee)| !duty.answering.contains(employee));
        left.extend(gone.map(|(id, _)| *id));
        let waits = |row: &&store::appeal::Row| row.assignee.is_none() || left.contains(&row.id);
        let rows: Vec<&store::appeal::Row> = rows.iter().filter(waits).collect();
        let ids: Vec<AppealId> = rows.iter().map(|row| row.id).collect();
        let logs = store::appeal::logs(&self.store, &ids).await?;
        let authors: Vec<AccountId> = rows.iter().map(|row| row.author).collect();
        let clinics: HashMap<AccountId, OrganisationId> =
            store::clinic::of_many(&self.store, &authors).await?;
        let as_waiting = |row: &store::appeal::Row| {
            let room = catalogue.room(row.room)?;
            Some(Waiting {
                appeal: row.id,
                opened_at: row.opened_at,
                desks: desks(row.organisation.as_ref(), &room.room.organisations).to_vec(),
                attached_to: clinics.get(&row.author).copied(),
                released_by: logs.get(&row.id).map(|events| who_released(events)).unwrap_or_default(),
            })
        };
        Ok(rows.into_iter().filter_map(as_waiting).collect())
    }

    /// Those of some held appeals whose employee's shift has ended since they were given it. What somebody takes who is
    /// not on duty, or is given by hand, stays theirs.
    async fn after_their_shift(
        &self,
        held: impl Iterator<Item = &(AppealId, Employee)>,
        now: Moment,
    ) -> ActResult<BTreeSet<AppealId>> {
        let held: Vec<(AppealId, Employee)> = held.copied().collect();
        let ids: Vec<AppealId> = held.iter().map(|(id, _)| *id).collect();
        let logs = store::appeal::logs(&self.store, &ids).await?;
        let mut given: BTreeMap<OrganisationId, Vec<(AppealId, Employee, Moment)>> = BTreeMap::new();
        for (id, employee) in held {
            if let Some(at) = logs.get(&id).and_then(|events| given_at(events, employee)) {
                given.entry(employee.organisation).or_default().push((id, employee, at));
            }
        }
        let mut over = BTreeSet::new();
        for (organisation, given) in given {
            let Some(first) = given.iter().map(|(.., at)| *at).min() else { continue };
            let shifts = store::shift::of_organisation(&self.store, organisation, first, now).await?;
            let has_ended = |(_, employee, at): &&(AppealId, Employee, Moment)| {
                let ended = |shift: &Shift| *at < shift.until && shift.until <= now;
                shifts.iter().any(|(_, shift)| shift.employee == *employee && ended(shift))
            };
            over.extend(given.iter().filter(has_ended).map(|(id, ..)| *id));
        }
        Ok(over)
    }

    /// Gives an appeal to somebody on duty, unless somebody else has done something about it meanwhile: `seen` had it
    /// when the choice was made.
    async fn give(&self, appeal: AppealId, seen: Option<AccountId>, to: Employee) -> ActResult<bool> {
        let Some(mut held) = self.hold_for_server(appeal).await? else { return Ok(false) };
        let stands: &Appeal = &held.appeal;
        let owned_elsewhere = stands.owner().is_some_and(|owner| owner != to.organisation);
        if owned_elsewhere || held.row.assignee != seen || !stands.kind().is_open() {
            return Ok(false);
        }
        held.happen(Fact::Assigned { to, by: None })?;
        let reason = to.account.to_string();
        self.finish(held, Deed { by: None, act: "appeal.assign", reason: &reason }).await?;
        Ok(true)
    }
}

/// Who may be given what waits.
struct Duty {
    now: Moment,
    /// Those of which anybody is on the roster.
    organisations: Vec<OrganisationId>,
    /// Who answers there, on duty or not.
    answering: BTreeSet<Employee>,
    /// Who is on duty, of those who answer: a shift outlives the right it was planned under.
    roster: Vec<Shift>,
}

/// When an employee was last given an appeal, or took it.
fn given_at(events: &[Event], employee: Employee) -> Option<Moment> {
    let given = |event: &&Event| match &event.fact {
        Fact::Accepted { by: to } | Fact::Assigned { to, .. } => *to == employee,
        _ => false,
    };
    events.iter().rev().find(given).map(|event| event.at)
}

/// Who gave an appeal back.
fn who_released(events: &[Event]) -> Vec<AccountId> {
    let released = |event: &Event| match event.fact {
        Fact::Released { by } => Some(by.account),
        _ => None,
    };
    events.iter().filter_map(released).collect()
}

fn moment(field: &str, text: &str) -> ActResult<Moment> {
    Moment::parse_rfc3339(text).ok_or_else(|| {
        ActError::invalid(field, "not_a_moment", "an instant looks like 2026-11-23T02:20:00.000Z")
    })
}
