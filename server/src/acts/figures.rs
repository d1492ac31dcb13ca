//! Figures: counted from the records kept per cycle, limited to what one may ask. One way for screen, file and
//! programs. A nightly check folds every log again and says so loudly when a record differs.

use std::collections::BTreeMap;

use domain::actor::{Actor, Person};
use domain::figures::{self, Figures};
use domain::grant::Scope;
use domain::id::{AppealId, OrganisationId, RoomId};
use domain::moment::Moment;
use domain::policy::{Act, Denied, Target, TargetKind, admit, scopes};
use domain::region::RegionCode;
use domain::sla::calendar::Zone;
use domain::topic::Topic;
use store::cycle::{Asked, Kept};

use crate::acts::Acts;
use crate::acts::appeal::Deed;
use crate::acts::error::{ActError, ActResult};

/// How many appeals the nightly check reads at once.
const AT_ONCE: u32 = 500;

/// What figures are asked for.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Of a region.
    pub region: Option<String>,
    /// Of an organisation.
    pub organisation: Option<String>,
    /// Of a room.
    pub room: Option<String>,
    /// Of a category.
    pub category: Option<String>,
    /// Opened from here on: a local date or an instant.
    pub from: Option<String>,
    /// Opened before: a local date, whose day still counts, or an instant.
    pub to: Option<String>,
    /// Grouped by `organisation`, `room`, `category`, `week` or `day`.
    pub by: Option<String>,
}

/// Figures, and what they are of.
pub struct FiguresView {
    /// Over everything asked for.
    pub all: Figures,
    /// Key, name and figures of each group.
    pub groups: Vec<(String, String, Figures)>,
    /// The zone in which days begin and end.
    pub time_zone: String,
    /// When it was counted.
    pub counted_at: Moment,
    /// What was counted.
    pub asked: Asked,
}

/// What figures are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Organisation,
    Room,
    Category,
    Week,
    Day,
}

impl Acts {
    /// Figures over what `person` asks for and may ask.
    ///
    /// # Errors
    /// [`Denied::NotAllowed`] when it is not theirs to ask; not found for a region, organisation or room that is not
    /// there; [`ActError::Invalid`] for a filter that means nothing.
    pub async fn figures(&self, person: &Person, question: &Question) -> ActResult<FiguresView> {
        admit(&Actor::Person(person.clone()), Act::SeeFigures, Target::Figures)?;
        let by = question.by.as_deref().map(By::read).transpose()?;
        let (asked, zone) = self.asked(person, question)?;
        let counted_at = self.sources.now();
        let kept = store::cycle::records(&self.store, &asked).await?;
        let over = |kept: &[&Kept]| {
            let records: Vec<_> = kept.iter().map(|kept| kept.record).collect();
            Figures::over(&records, counted_at)
        };
        let mut groups: BTreeMap<String, Vec<&Kept>> = BTreeMap::new();
        for kept in &kept {
            if let Some(key) = by.and_then(|by| by.key(kept, &zone)) {
                groups.entry(key).or_default().push(kept);
            }
        }
        let named = |(key, kept): (String, Vec<&Kept>)| {
            let name = by.map_or_else(String::new, |by| self.name_of(by, &key));
            let figures = over(&kept);
            (key, name, figures)
        };
        Ok(FiguresView {
            all: over(&kept.iter().collect::<Vec<_>>()),
            groups: groups.into_iter().map(named).collect(),
            time_zone: zone.as_str().into(),
            counted_at,
            asked,
        })
    }

    /// What is asked for, within what `person` may ask, and the zone of its days.
    fn asked(&self, person: &Person, question: &Question) -> ActResult<(Asked, Zone)> {
        let catalogue = self.catalogue();
        let region = match question.region.as_deref() {
            None => None,
            Some(code) => Some(catalogue.region(code).ok_or_else(ActError::not_found)?.clone()),
        };
        let found = question.organisation.as_deref().map(|id| {
            let found = id.parse().ok().and_then(|id| catalogue.organisation(id));
            found
                .map(|organisation| (organisation.id, organisation.region.clone()))
                .ok_or_else(ActError::not_found)
        });
        let organisation: Option<(OrganisationId, RegionCode)> = found.transpose()?;
        let room = match question.room.as_deref() {
            None => None,
            Some(id) => {
                let found = id.parse().ok().and_then(|id| catalogue.room(id));
                Some(found.ok_or_else(ActError::not_found)?)
            }
        };
        let mut asked = Asked {
            region: region.as_ref().map(|entry| entry.region.code.clone()),
            organisation: organisation.as_ref().map(|(id, _)| *id),
            room: room.as_ref().map(|entry| entry.room.id),
            category: question.category.as_deref().map(category).transpose()?,
            ..Asked::default()
        };
        let scopes = scopes(person, Act::SeeFigures, TargetKind::Figures);
        self.limit_to(&mut asked, &scopes, organisation.as_ref().map(|(_, region)| region), room.as_deref())?;
        let zone = self.zone_for(&asked, &scopes);
        asked.from = question.from.as_deref().map(|text| day(&zone, "from", text, 0)).transpose()?;
        asked.to = question.to.as_deref().map(|text| day(&zone, "to", text, 1)).transpose()?;
        Ok((asked, zone))
    }

    /// Narrows what is asked to the scopes one may ask in; what lies wholly outside is not allowed.
    fn limit_to(
        &self,
        asked: &mut Asked,
        scopes: &[Scope],
        region_of_organisation: Option<&RegionCode>,
        room: Option<&crate::acts::catalogue::RoomEntry>,
    ) -> ActResult<()> {
        if scopes.contains(&Scope::Federation) {
            return Ok(());
        }
        let (mut regions, mut organisations) = (Vec::new(), Vec::new());
        for scope in scopes {
            match scope {
                Scope::Region(code) => regions.push(code.clone()),
                Scope::Organisation(id) => organisations.push(*id),
                Scope::Room(_) | Scope::Federation => {}
            }
        }
        let catalogue = self.catalogue();
        let in_region = |code: &RegionCode| {
            regions.contains(code)
                || organisations
                    .iter()
                    .any(|id| catalogue.organisation(*id).is_some_and(|it| it.region == *code))
        };
        let outside = asked.region.as_ref().is_some_and(|code| !in_region(code))
            || asked.organisation.is_some_and(|id| {
                !organisations.contains(&id) && !region_of_organisation.is_some_and(|it| regions.contains(it))
            })
            || room.is_some_and(|entry| {
                !regions.contains(&entry.room.region)
                    && !entry.room.organisations.iter().any(|id| organisations.contains(id))
            });
        if outside {
            return Err(Denied::NotAllowed.into());
        }
        asked.regions = Some(regions);
        asked.organisations = Some(organisations);
        Ok(())
    }

    /// The zone in which days begin: that of the region asked for, or of the only one that can be meant; else the
    /// capital's, in which the country counts.
    fn zone_for(&self, asked: &Asked, scopes: &[Scope]) -> Zone {
        let catalogue = self.catalogue();
        let of_organisation = |id: &OrganisationId| catalogue.organisation(*id).map(|it| it.region.clone());
        let region = asked
            .region
            .clone()
            .or_else(|| asked.organisation.as_ref().and_then(of_organisation))
            .or_else(|| asked.room.and_then(|id| catalogue.room(id)).map(|entry| entry.room.region.clone()))
            .or_else(|| match scopes {
                [Scope::Region(code)] => Some(code.clone()),
                [Scope::Organisation(id)] => of_organisation(id),
                _ => None,
            });
        let entry = region.and_then(|code| catalogue.region(code.as_str()).cloned());
        entry.map_or_else(Zone::capital, |entry| entry.region.time_zone.clone())
    }

    fn name_of(&self, by: By, key: &str) -> String {
        let catalogue = self.catalogue();
        let organisation = || catalogue.organisation(key.parse().ok()?).map(|it| it.name.clone());
        let room = || catalogue.room(key.parse::<RoomId>().ok()?).map(|it| it.title.clone());
        let name = match by {
            By::Organisation => organisation(),
            By::Room => room(),
            By::Category | By::Week | By::Day => None,
        };
        name.unwrap_or_else(|| key.to_owned())
    }

    /// Checks figures and calendars, once a day: the first look after three in the morning of the capital. The day is
    /// noted before the work, so that several nodes seldom do it twice; twice does no harm.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn check_nightly(&self) -> ActResult<()> {
        const FACT: &str = "figures checked";
        const THREE_HOURS: i64 = 3 * 3_600_000;
        let night = Zone::capital().local(self.sources.now().plus_millis(-THREE_HOURS)).date().to_string();
        if store::fact::find(&self.store, FACT).await?.as_deref() == Some(&night) {
            return Ok(());
        }
        let mut unit = self.writer.begin_as_operator().await?;
        store::fact::set(&mut unit.tx, FACT, &night).await?;
        unit.commit().await?;
        self.check_calendars();
        self.check_figures().await?;
        Ok(())
    }

    /// Says loudly when a year that has begun, or from October on the next one, has no signed calendar: the rooms then
    /// open by rule.
    fn check_calendars(&self) {
        let missing = self.catalogue().unsigned_year(self.sources.now());
        metrics::gauge!("medchat_calendar_unsigned").set(f64::from(missing.unwrap_or_default()));
        if let Some(year) = missing {
            tracing::error!(year, "there is no signed calendar for this year: days off are taken by rule");
        }
    }

    /// Folds every log again and compares it with the records kept. What differs is counted, said and put right.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn check_figures(&self) -> ActResult<usize> {
        let (mut after, mut drifted) = (None, 0);
        loop {
            let page = store::cycle::appeals(&self.store, after, AT_ONCE).await?;
            let Some(last) = page.last() else { break };
            after = Some(*last);
            for id in &page {
                drifted += usize::from(self.check_records(*id).await?);
            }
        }
        metrics::gauge!("medchat_figures_drift").set(drifted as f64);
        if drifted > 0 {
            tracing::error!(appeals = drifted, "figures differed from the logs and were counted again");
        }
        Ok(drifted)
    }

    async fn check_records(&self, id: AppealId) -> ActResult<bool> {
        // Most agree, and looking locks nothing; what differs is looked at again with the appeal held.
        let Some((row, events)) = store::appeal::find(&self.store, id).await? else { return Ok(false) };
        let Some(room) = self.catalogue().room(row.room) else { return Ok(false) };
        if store::cycle::of_appeal(&self.store, id).await?
            == figures::records(&events, &room.opening, &room.targets)?
        {
            return Ok(false);
        }
        let Some(held) = self.hold_for_server(id).await? else { return Ok(false) };
        let kept = store::cycle::of_appeal(&self.store, id).await?;
        if kept == figures::records(&held.events, &held.room.opening, &held.room.targets)? {
            return Ok(false);
        }
        tracing::error!(appeal.id = %id, "the figures kept of an appeal differ from its log");
        self.finish(held, Deed { by: None, act: "figures.recount", reason: "drift" }).await?;
        Ok(true)
    }
}

impl By {
    fn read(word: &str) -> ActResult<Self> {
        match word {
            "organisation" => Ok(Self::Organisation),
            "room" => Ok(Self::Room),
            "category" => Ok(Self::Category),
            "week" => Ok(Self::Week),
            "day" => Ok(Self::Day),
            _ => Err(ActError::invalid(
                "by",
                "unknown",
                "figures are grouped by organisation, room, category, week or day",
            )),
        }
    }

    fn key(self, kept: &Kept, zone: &Zone) -> Option<String> {
        match self {
            Self::Organisation => kept.of.organisation.map(|id| id.to_string()),
            Self::Room => Some(kept.of.room.to_string()),
            Self::Category => Some(kept.of.category.key().into()),
            Self::Week => Some(zone.first_day_of_week(kept.of.opened_at).to_string()),
            Self::Day => Some(zone.local(kept.of.opened_at).date().to_string()),
        }
    }
}

fn category(word: &str) -> ActResult<Topic> {
    let topic = Topic::ACCEPTED.into_iter().find(|topic| topic.key() == word);
    topic.ok_or_else(|| ActError::invalid("category", "unknown", "a category is one of the accepted topics"))
}

/// A moment given as an instant, or as a date whose first moment is meant, `later` days on.
fn day(zone: &Zone, field: &str, text: &str, later: i64) -> ActResult<Moment> {
    Moment::parse_rfc3339(text).or_else(|| zone.midnight(text, later)).ok_or_else(|| {
        ActError::invalid(
            field,
            "not_a_moment",
            "a date looks like 2026-11-23, an instant like 2026-11-23T02:20:00Z",
        )
    })
}
