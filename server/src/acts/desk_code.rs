//! Codes handed out at a desk: a registrar looks at a passport and gives one of them away, or prints a sheet of slips. What a
//! code is good for is `verify`'s matter. Nothing about whoever gets it is asked or kept.

use domain::actor::{Actor, Person};
use domain::desk_code::DeskCode;
use domain::grant::Scope;
use domain::id::{DeskCodeId, OrganisationId};
use domain::moment::Moment;
use domain::policy::{Act, TargetKind, scopes};
use store::desk_code::Issued;

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};

/// How long a code is good, in milliseconds: 72 hours.
const LIFE: i64 = 72 * 3_600_000;
/// How long one that was handed out is listed, in milliseconds: a week.
const LISTED: i64 = 7 * 24 * 3_600_000;
/// How many slips a sheet may have.
const SHEET: u32 = 48;
/// How many codes one registrar may hand out in a day: what a desk cannot look at in a shift.
const A_DAY: u64 = 500;
const DAY: i64 = 24 * 3_600_000;
/// When a registrar who has handed out as many may look again, in seconds.
const LATER: u64 = 3_600;

/// A code that was just handed out. It is told this once.
pub struct HandedOut {
    /// What is kept of it.
    pub issued: Issued,
    /// The code.
    pub code: DeskCode,
}

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is good.
    Open,
    /// It was redeemed.
    Redeemed,
    /// It was taken back.
    Revoked,
    /// Its time is over.
    Expired,
}

impl Fate {
    /// What became of `code` by now.
    pub fn of(code: &Issued, now: Moment) -> Self {
        if code.redeemed_at.is_some() {
            Self::Redeemed
        } else if code.revoked_at.is_some() {
            Self::Revoked
        } else if code.expires_at <= now {
            Self::Expired
        } else {
            Self::Open
        }
    }

    /// The word used in answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Redeemed => "redeemed",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

impl Acts {
    /// Hands out codes at the desk of an organisation: one at the counter, or a sheet.
    ///
    /// # Errors
    /// [`ActError::Denied`]; [`ActError::Invalid`] for a sheet too large, or an organisation where one is no registrar;
    /// [`ActError::RateLimited`] when one has handed out too many today.
    pub async fn hand_out_codes(
        &self,
        person: &Person,
        organisation: Option<&str>,
        count: u32,
    ) -> ActResult<Vec<HandedOut>> {
        self.limits.change(person.account)?;
        let admitted = Self::admit_to_service(&Actor::Person(person.clone()), Act::HandOutCodes)?;
        let organisation = desk(person, organisation)?;
        if !(1..=SHEET).contains(&count) {
            return Err(ActError::invalid("count", "out_of_range", "a sheet has 1 to 48 slips"));
        }
        let today = self.sources.now().plus_millis(-DAY);
        let before = store::desk_code::count(&self.store, person.account, today).await?;
        if before.saturating_add(count.into()) > A_DAY {
            return Err(ActError::RateLimited { retry_after: LATER });
        }
        let mut unit = self.writer.begin(admitted).await?;
        let now = unit.now;
        let handed_out: Vec<HandedOut> = (1..=count)
            .map(|place| HandedOut {
                issued: Issued {
                    id: self.sources.id(),
                    place,
                    organisation,
                    issued_by: person.account,
                    issued_at: now,
                    expires_at: now.plus_millis(LIFE),
                    redeemed_at: None,
                    revoked_at: None,
                },
                code: DeskCode::from_random(self.sources.number()),
            })
            .collect();
        let rows: Vec<_> =
            handed_out.iter().map(|it| (it.issued.clone(), self.digest_of(&it.code))).collect();
        store::desk_code::add(&mut unit.tx, &rows).await?;
        unit.audit(
            Some(person.account),
            "desk_code.hand_out",
            format!("organisation:{organisation}"),
            &count.to_string(),
        )
        .await?;
        unit.commit().await?;
        Ok(handed_out)
    }

    /// The codes handed out within a week at the desks where `person` is a registrar, and what became of each.
    ///
    /// # Errors
    /// [`ActError::Denied`], or the store's.
    pub async fn handed_out_codes(&self, person: &Person) -> ActResult<Vec<(Issued, Fate)>> {
        Self::admit_to_service(&Actor::Person(person.clone()), Act::HandOutCodes)?;
        let now = self.sources.now();
        let mut codes = Vec::new();
        for organisation in desks(person) {
            let since = now.plus_millis(-LISTED);
            codes.extend(store::desk_code::of_organisation(&self.store, organisation, since).await?);
        }
        Ok(codes.into_iter().map(|code| (code.clone(), Fate::of(&code, now))).collect())
    }

    /// Takes back a code that was lost, or given to the wrong hands.
    ///
    /// # Errors
    /// [`ActError::Denied`] also for a code of another desk; [`ActError::CodeUsed`]; [`ActError::AlreadyDone`].
    pub async fn take_back_code(&self, person: &Person, id: &str) -> ActResult<()> {
        self.limits.change(person.account)?;
        let admitted = Self::admit_to_service(&Actor::Person(person.clone()), Act::HandOutCodes)?;
        let id: DeskCodeId = id.parse().map_err(|_| ActError::not_found())?;
        let code = store::desk_code::by_id(&self.store, id).await?.ok_or_else(ActError::not_found)?;
        if !desks(person).contains(&code.organisation) {
            return Err(ActError::not_found());
        }
        let mut unit = self.writer.begin(admitted).await?;
        let now = unit.now;
        if !store::desk_code::revoke(&mut unit.tx, id, person.account, now).await? {
            let revoked = code.revoked_at.is_some();
            return Err(if revoked { ActError::AlreadyDone } else { ActError::CodeUsed });
        }
        unit.audit(Some(person.account), "desk_code.take_back", format!("desk_code:{id}"), "").await?;
        unit.commit().await?;
        Ok(())
    }

    /// What is kept of a code.
    pub(crate) fn digest_of(&self, code: &DeskCode) -> String {
        self.digests.of(&["desk code", code.digits()])
    }
}

/// The organisations whose registrar `person` is.
fn desks(person: &Person) -> Vec<OrganisationId> {
    let scopes = scopes(person, Act::HandOutCodes, TargetKind::Service);
    scopes
        .into_iter()
        .filter_map(|scope| match scope {
            Scope::Organisation(id) => Some(id),
            _ => None,
        })
        .collect()
}

/// The desk that is meant; whoever has one alone need not name it.
fn desk(person: &Person, named: Option<&str>) -> ActResult<OrganisationId> {
    let desks = desks(person);
    let found = match named {
        Some(named) => desks.into_iter().find(|desk| desk.to_string() == named),
        None => desks.first().copied().filter(|_| desks.len() == 1),
    };
    found.ok_or_else(|| {
        ActError::invalid("organisation", "unknown", "name an organisation whose registrar you are")
    })
}
