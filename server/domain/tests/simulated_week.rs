//! A week of one region: 500 appeals, two organisations with people on duty and off, a holiday in the middle,
//! transfers, questions, contests and silence. The figures folded by the domain must equal those counted here from the
//! bare logs, minute by minute, with hours and days off typed from the calendar. Everything happens on whole minutes.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use domain::appeal::Appeal;
use domain::appeal::event::{Employee, Event, Fact, Writer};
use domain::appeal::lane::Lane;
use domain::appeal::outcome::{Outcome, Score};
use domain::appeal::routing::{self, Waiting};
use domain::appeal::state::StateKind;
use domain::figures::{Figures, Record, Spread, Wait, Waits, records};
use domain::id::{AccountId, Id};
use domain::moment::Moment;
use domain::roster::Shift;
use domain::sla::calendar::{Opening, Overrides};
use domain::sla::clock::{clocks, silence_due};
use domain::sla::ladder;
use domain::sla::target::Targets;
use domain::sla::week::Week;
use domain::sla::year::{Calendar, CalendarPolicy};
use domain::topic::Topic;

const CALENDAR: &str = include_str!("../../../deploy/calendars/ru-2024-2027.json");
const MINUTE: i64 = 60_000;
/// Khabarovsk's minutes east of Greenwich.
const OFFSET: i64 = 600;
const APPEALS: usize = 500;

/// Numbers that look random and are the same in every run (the multiplier is Knuth's MMIX).
struct Dice(u64);
impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}

fn id<N>(number: u64) -> Id<N> {
    Id::from_uuid(uuid::Uuid::from_u128(u128::from(number)))
}

/// Six people: the first three of one organisation, the others of the other.
fn employee(number: u64) -> Employee {
    Employee { account: id(number), organisation: id(100 + number / 3) }
}

struct Region {
    room: Opening,
    roster: Vec<Shift>,
    dice: Dice,
    logs: Vec<Vec<Event>>,
    /// Each log folded, so that a fortnight passes quickly.
    appeals: Vec<Appeal>,
    /// The first minute, Monday 2 November 2026, 00:00 local.
    first: i64,
}

impl Region {
    fn new() -> Self {
        let calendar = Arc::new(Calendar::read(CALENDAR).unwrap());
        let zone = "Asia/Vladivostok".parse().unwrap();
        let room = Opening::new(zone, Week::default(), CalendarPolicy::SixDay, Overrides::new(), calendar);
        let first = room.from_local("2026-11-02T00:00:00").unwrap().millis() / MINUTE;
        let mut roster = Vec::new();
        for day in 0..13 {
            // Early, late and broken shifts; the late one of each organisation misses every third day.
            for (number, from, until) in
                [(0, 8, 14), (1, 13, 20), (2, 10, 12), (3, 8, 14), (4, 12, 20), (5, 16, 18)]
            {
                if day % 3 != 2 || number % 3 != 1 {
                    let hour = |hour: i64| Moment::from_millis((first + day * 1440 + hour * 60) * MINUTE);
                    roster.push(Shift { employee: employee(number), from: hour(from), until: hour(until) });
                }
            }
        }
        Self { room, roster, dice: Dice(2026), logs: Vec::new(), appeals: Vec::new(), first }
    }

    fn write(&mut self, place: usize, now: Moment, fact: Fact) {
        let event = self.appeals[place].admit(now, fact).unwrap();
        self.appeals[place] = self.appeals[place].clone().after(&event).unwrap();
        self.logs[place].push(event);
    }

    /// Fortnight: appeals come in the first week, the second one is for answers and silence.
    fn live(&mut self) {
        for minute in 0..13 * 1440 {
            let now = Moment::from_millis((self.first + minute) * MINUTE);
            let coming = self.logs.len() < APPEALS && minute < 6 * 1440;
            if coming && (self.dice.one_in(18) || (self.room.at(now).open && self.dice.one_in(7))) {
                self.open(now);
            }
            if minute % 5 == 0 {
                self.hand_out(now);
                self.residents(now);
            }
            if minute % 3 == 0 && self.room.at(now).open {
                self.staff(now);
            }
        }
    }

    fn open(&mut self, now: Moment) {
        let number = u64::try_from(self.logs.len()).unwrap();
        let organisation = self.dice.one_in(2).then(|| id(100 + number % 2));
        let fact =
            Fact::Opened { author: id(1000 + number), room: id(7), category: Topic::Queue, organisation };
        let event = Event { at: now, fact };
        self.appeals.push(Appeal::open(&event).unwrap());
        self.logs.push(vec![event]);
    }

    /// What nobody on duty has goes to somebody on duty.
    fn hand_out(&mut self, now: Moment) {
        let mut load: BTreeMap<AccountId, usize> = BTreeMap::new();
        let mut given = Vec::new();
        let mut waiting = Vec::new();
        for place in 0..self.logs.len() {
            let appeal = &self.appeals[place];
            if !appeal.kind().is_open() {
                continue;
            }
            let number = u64::try_from(place).unwrap();
            match appeal.assignee() {
                Some(employee) => {
                    *load.entry(employee.account).or_default() += 1;
                    given.push((id(number), employee));
                }
                None => waiting.push(waits(number, appeal)),
            }
        }
        for left in routing::left_behind(&given, &self.roster, now) {
            let number = u64::try_from(left.uuid().as_u128()).unwrap();
            waiting.push(waits(number, &self.appeals[usize::try_from(number).unwrap()]));
        }
        for (appeal, to) in routing::assign(&waiting, &self.roster, &load, now) {
            let place = usize::try_from(appeal.uuid().as_u128()).unwrap();
            self.write(place, now, Fact::Assigned { to, by: None });
        }
    }

    /// Everybody on duty may do one thing for their oldest appeal.
    fn staff(&mut self, now: Moment) {
        for number in 0..6 {
            let by = employee(number);
            let on_duty = self.roster.iter().any(|shift| shift.employee == by && shift.holds_at(now));
            let has = |place: &usize| {
                let appeal = &self.appeals[*place];
                let owes = appeal.kind().is_open() && appeal.kind() != StateKind::WaitingForResident;
                owes && appeal.assignee() == Some(by)
            };
            let oldest = (0..self.logs.len()).find(has).filter(|_| on_duty);
            let Some(place) = oldest.filter(|_| self.dice.one_in(3)) else { continue };
            let (lane, entry) = (Lane::Public, id(9));
            let fact = match self.dice.below(20) {
                0 => Fact::Transferred {
                    by,
                    to: id(if number < 3 { 101 } else { 100 }),
                    reason: "участок".into(),
                },
                1..=4 => Fact::Asked { by, lane, entry },
                5..=9 => Fact::Messaged { by: Writer::Staff(by), lane, entry, personal: false },
                10 => Fact::Messaged { by: Writer::Template, lane, entry, personal: false },
                chosen => {
                    let outcome = if chosen % 3 == 0 { Outcome::Explained } else { Outcome::Resolved };
                    Fact::Answered { by, outcome, lane, entry }
                }
            };
            self.write(place, now, fact);
        }
    }

    /// Residents reply, confirm, contest, rate, thank, withdraw, or stay silent for good.
    fn residents(&mut self, now: Moment) {
        let thanks =
            Fact::Messaged { by: Writer::Resident, lane: Lane::Public, entry: id(9), personal: false };
        for place in 0..self.logs.len() {
            let appeal = self.appeals[place].clone();
            let silent = place % 3 == 0;
            match appeal.kind() {
                StateKind::WaitingForResident if self.dice.one_in(30) => {
                    self.write(place, now, thanks.clone())
                }
                StateKind::InWork if self.dice.one_in(2000) => self.write(place, now, Fact::Withdrawn),
                StateKind::Answered if !silent && self.dice.one_in(60) => {
                    let score = Score::try_from(u8::try_from(self.dice.below(5)).unwrap() + 1).unwrap();
                    let rated = appeal.state().answer().unwrap().rating.is_some();
                    let fact = match self.dice.below(5) {
                        0 => Fact::Contested { reason: "не помогло".into() },
                        1 => thanks.clone(),
                        2 | 3 if !rated => Fact::Rated { score, comment: None },
                        _ => Fact::Confirmed,
                    };
                    self.write(place, now, fact);
                }
                StateKind::Answered => {
                    let due = silence_due(&appeal, &self.room, &Targets::default()).unwrap();
                    if due.is_some_and(|due| due <= now) {
                        self.write(place, now, Fact::ClosedSilently);
                    }
                }
                _ => {}
            }
        }
    }
}

fn waits(number: u64, appeal: &Appeal) -> Waiting {
    let desks = appeal.owner().map_or_else(|| vec![id(100), id(101)], |owner| vec![owner]);
    Waiting {
        appeal: id(number),
        opened_at: appeal.opened_at(),
        desks,
        attached_to: Some(id(100 + number % 2)),
        released_by: Vec::new(),
    }
}

/// Whether the room is open in the minute that begins here: Monday to Saturday, 8 to 20, closed on 4 November 2026.
fn is_open(minute: i64) -> bool {
    let local = minute + OFFSET;
    let (day, of_day) = (local.div_euclid(1440), local.rem_euclid(1440));
    // 1970-01-01 was a Thursday; 2026-11-04 is 20 761 days later.
    (day + 4) % 7 != 0 && day != 20_761 && (480..1200).contains(&of_day)
}

/// What one clock of one cycle came to, counted from the log alone: used minutes, wall minutes and whether in time.
fn count(log: &[Event], is_answer: fn(&Fact) -> bool, pauses: bool, target: i64) -> Vec<(i64, i64, bool)> {
    let mut counted = Vec::new();
    let mut begun: Option<(i64, i64, bool, bool)> = None; // wall begin, used, late, reached in this run
    let mut waiting = false;
    let mut last = 0;
    for event in log {
        let minute = event.at.millis() / MINUTE;
        if let Some((_, used, late, reached)) = &mut begun {
            for cell in last..minute {
                if waiting && pauses {
                    *reached = false;
                    continue;
                }
                *late |= *reached || (is_open(cell) && *used >= target);
                *used += i64::from(is_open(cell));
                *reached |= *used == target && is_open(cell);
            }
        }
        last = minute;
        match &event.fact {
            Fact::Opened { .. } | Fact::Contested { .. } => begun = Some((minute, 0, false, false)),
            Fact::Asked { .. } => waiting = true,
            Fact::Messaged { by: Writer::Resident, .. }
            | Fact::Transferred { .. }
            | Fact::Answered { .. } => {
                waiting = false;
            }
            _ => {}
        }
        if is_answer(&event.fact)
            && let Some((from, used, late, _)) = begun.take()
        {
            counted.push((used, minute - from, !late));
        }
    }
    counted
}

fn assert_spread(spread: Option<Spread>, mut minutes: Vec<i64>) {
    minutes.sort_unstable();
    let at = |rank: usize| minutes[rank - 1] as f64 * 60.0;
    let (spread, n) = (spread.unwrap(), minutes.len());
    let median = if n % 2 == 1 { at(n / 2 + 1) } else { (at(n / 2) + at(n / 2 + 1)) / 2.0 };
    let mean = minutes.iter().sum::<i64>() as f64 * 60.0 / n as f64;
    assert!((spread.mean - mean).abs() < 1e-6, "{} {mean}", spread.mean);
    assert_eq!((spread.median, spread.p90), (median, at((n * 9).div_ceil(10))));
}

fn assert_waits(waits: Waits, counted: &[(i64, i64, bool)], overdue: usize) {
    assert_spread(waits.working, counted.iter().map(|(used, ..)| *used).collect());
    assert_spread(waits.wall, counted.iter().map(|(_, wall, _)| *wall).collect());
    let kept = counted.iter().filter(|(.., in_time)| *in_time).count();
    assert!(kept < counted.len(), "some were late");
    let within = kept as f64 / (counted.len() + overdue) as f64;
    assert!((waits.within.unwrap() - within).abs() < 1e-9, "{waits:?} {within}");
}

static WEEK: LazyLock<Region> = LazyLock::new(|| {
    let mut region = Region::new();
    region.live();
    region
});

#[test]
fn the_figures_of_a_week_are_those_of_its_bare_logs() {
    let Region { logs, room, first, appeals, .. } = &*WEEK;
    let now = Moment::from_millis((first + 13 * 1440) * MINUTE);
    let targets = Targets::default();
    assert_eq!(logs.len(), APPEALS);
    assert!(logs.iter().zip(appeals).all(|(log, appeal)| Appeal::fold(log).as_ref() == Ok(appeal)));

    let all: Vec<_> = logs.iter().flat_map(|log| records(log, room, &targets).unwrap()).collect();
    let figures = Figures::over(&all, now);
    let happened =
        |is: fn(&Fact) -> bool| logs.iter().filter(|log| log.iter().any(|event| is(&event.fact))).count();
    let contested = happened(|fact| matches!(fact, Fact::Contested { .. }));
    let silent = happened(|fact| matches!(fact, Fact::ClosedSilently));
    let passed = happened(|fact| matches!(fact, Fact::Transferred { .. }));
    let asked = happened(|fact| matches!(fact, Fact::Asked { .. }));
    assert!([contested, silent, passed, asked].iter().all(|count| *count > 20), "the week was too quiet");
    assert_eq!((figures.appeals, figures.contested, figures.silent), (APPEALS, contested, silent));
    assert_eq!(figures.confirmed, happened(|fact| matches!(fact, Fact::Confirmed)));
    let resolved = |log: &&Vec<Event>| {
        let last = log.iter().rev().find(|event| matches!(event.fact, Fact::Answered { .. }));
        matches!(last, Some(Event { fact: Fact::Answered { outcome: Outcome::Resolved, .. }, .. }))
    };
    assert_eq!(figures.declared, logs.iter().filter(resolved).count());

    let is_final: fn(&Fact) -> bool = |fact| matches!(fact, Fact::Answered { .. });
    let is_first: fn(&Fact) -> bool = |fact| {
        let staff = matches!(fact, Fact::Messaged { by: Writer::Staff(_), .. });
        staff || matches!(fact, Fact::Asked { .. } | Fact::Answered { .. })
    };
    let counted =
        |is, pauses, target| logs.iter().flat_map(|log| count(log, is, pauses, target)).collect::<Vec<_>>();
    let overdue = |kind: fn(&Record) -> Wait| {
        let is_overdue = |wait| match wait {
            Wait::Overdue => true,
            Wait::Running { due_at } => due_at < now,
            Wait::Answered { .. } | Wait::Open => false,
        };
        all.iter().filter(|record| is_overdue(kind(record))).count()
    };
    assert_waits(figures.first_answer, &counted(is_first, false, 120), overdue(|record| record.first_answer));
    assert_waits(figures.final_answer, &counted(is_final, true, 720), overdue(|record| record.final_answer));
}

/// Every step of the ladder comes inside the hours.
#[test]
fn nobody_is_warned_at_night_or_on_the_holiday() {
    let mut warned = 0;
    for log in &WEEK.logs {
        let clocks = clocks(log, &WEEK.room, &Targets::default()).unwrap();
        for step in ladder::steps(&clocks, &WEEK.room) {
            assert!(is_open(step.due_at.millis() / MINUTE), "{step:?}");
            warned += 1;
        }
    }
    assert!(warned > APPEALS, "{warned} steps");
}
