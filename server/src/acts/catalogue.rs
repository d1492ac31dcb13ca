//! The catalogue in memory: regions, organisations and rooms with all that is asked of them on every request.
//! Read whole from the store when the server starts and after provisioning; shared, never changed.

use std::collections::HashMap;
use std::sync::Arc;

use domain::grant::Scope;
use domain::id::{OrganisationId, RoomId};
use domain::invitation::InvitationCode;
use domain::link::{Link, Platform};
use domain::moment::Moment;
use domain::region::{OutsideHours, Region, RegionCode};
use domain::room::{Room, RoomKind};
use domain::sla::calendar::{Opening, Zone};
use domain::sla::target::Targets;
use domain::sla::week::Week;
use domain::sla::year::Calendar;
use domain::territory::OkrugCover;
use domain::text::fold;
use store::Store;
use store::catalogue::{OrganisationRow, RoomRow, Rows};

use crate::acts::error::{ActError, ActResult};
use crate::acts::subject::{self, opening};

/// A region and its parts.
#[derive(Debug)]
pub struct RegionEntry {
    /// The region.
    pub region: Region,
    /// Its hours.
    pub opening: Opening,
    /// Key and name of its units.
    pub units: Vec<(String, String)>,
    /// Its medchats with a territory.
    pub okrugs: Vec<OkrugEntry>,
}

/// A territory with its medchat.
#[derive(Debug)]
pub struct OkrugEntry {
    /// The stable key.
    pub key: String,
    /// The name: the units by name, or the medchat's title where it covers all but some.
    pub name: String,
    /// The units covered by name.
    pub units: Vec<String>,
    /// The units left out.
    pub except: Vec<String>,
    /// The medchat.
    pub room: RoomId,
}

/// An organisation.
#[derive(Debug)]
pub struct OrganisationEntry {
    /// The id.
    pub id: OrganisationId,
    /// The region.
    pub region: RegionCode,
    /// The stable key.
    pub key: String,
    /// The name.
    pub name: String,
}

/// A room and what does not change by the minute.
#[derive(Debug)]
pub struct RoomEntry {
    /// The room as the policy sees it.
    pub room: Room,
    /// The stable key.
    pub key: String,
    /// The title.
    pub title: String,
    /// A line above it.
    pub subtitle: Option<String>,
    /// The key of its okrug.
    pub okrug: Option<String>,
    /// Its hours.
    pub opening: Opening,
    /// How long its answers may take.
    pub targets: Arc<Targets>,
    /// Who answers an appeal that names nobody.
    pub default_organisation: Option<OrganisationId>,
    /// What happens to writing outside them.
    pub outside_hours: OutsideHours,
    /// Its invitation code.
    pub code: Option<InvitationCode>,
    /// Its groups in messengers.
    pub links: Vec<Link>,
    /// The names of the organisations that answer in it.
    pub organisations: Vec<String>,
    /// All words it is found by, folded.
    pub haystack: String,
}

/// Everything.
#[derive(Debug, Default)]
pub struct Catalogue {
    regions: Vec<Arc<RegionEntry>>,
    rooms: Vec<Arc<RoomEntry>>,
    by_id: HashMap<RoomId, usize>,
    by_code: HashMap<InvitationCode, usize>,
    organisations: HashMap<OrganisationId, OrganisationEntry>,
    calendar: Option<Arc<Calendar>>,
    fingerprint: String,
}

impl Catalogue {
    /// Reads it from the store.
    ///
    /// # Errors
    /// Those of the store; [`ActError::Broken`] when a stored setting cannot be read.
    pub async fn read(store: &Store) -> ActResult<Self> {
        Self::build(store::catalogue::read(store).await?)
    }

    /// Puts it together from rows.
    ///
    /// # Errors
    /// [`ActError::Broken`] when a stored setting cannot be read.
    pub fn build(rows: Rows) -> ActResult<Self> {
        let calendar = subject::calendar()?;
        let mut catalogue = Self {
            calendar: Some(calendar.clone()),
            fingerprint: fingerprint(&calendar, &rows),
            ..Self::default()
        };
        for row in &rows.organisations {
            let OrganisationRow { id, region, key, name, .. } = row.clone();
            catalogue.organisations.insert(id, OrganisationEntry { id, region, key, name });
        }
        for row in &rows.regions {
            let region: Region = from_json(&row.settings)?;
            let own = |room: &&RoomRow| room.region == region.code;
            let units: Vec<(String, String)> = rows
                .units
                .iter()
                .filter(|unit| unit.region == region.code)
                .map(|unit| (unit.key.clone(), unit.name.clone()))
                .collect();
            let targets = Arc::new(region.targets.clone());
            let mut okrugs = Vec::new();
            for room in rows.rooms.iter().filter(own) {
                let cover = room.cover.as_deref().map(from_json).transpose()?;
                let okrug = cover.and_then(|cover| okrug(room, &cover, &units));
                catalogue.add_room(
                    room,
                    &region,
                    okrug.as_ref(),
                    &rows.organisations,
                    &calendar,
                    &targets,
                )?;
                okrugs.extend(okrug);
            }
            let opening = opening(&region, region.week.clone(), &calendar);
            catalogue.regions.push(Arc::new(RegionEntry { region, opening, units, okrugs }));
        }
        Ok(catalogue)
    }

    fn add_room(
        &mut self,
        row: &RoomRow,
        region: &Region,
        okrug: Option<&OkrugEntry>,
        organisations: &[OrganisationRow],
        calendar: &Arc<Calendar>,
        targets: &Arc<Targets>,
    ) -> ActResult<()> {
        let week: Option<Week> = row.week.as_deref().map(from_json).transpose()?;
        let answering: Vec<&OrganisationRow> = organisations.iter().filter(|it| answers(it, row)).collect();
        let code = row.code.as_deref().map(InvitationCode::parse).transpose();
        let code = code.map_err(|error| ActError::Broken(error.to_string().into()))?;
        let names: Vec<String> = answering.iter().map(|organisation| organisation.name.clone()).collect();
        let entry = RoomEntry {
            room: Room {
                id: row.id,
                kind: row.kind,
                region: row.region.clone(),
                organisations: answering.iter().map(|organisation| organisation.id).collect(),
                anonymous_reading: region.anonymous_reading,
            },
            key: row.key.clone(),
            title: row.title.clone(),
            subtitle: row.subtitle.clone(),
            okrug: okrug.map(|okrug| okrug.key.clone()),
            opening: opening(region, week.unwrap_or_else(|| region.week.clone()), calendar),
            targets: targets.clone(),
            default_organisation: row.default_organisation,
            outside_hours: region.outside_hours,
            code,
            links: row.links.iter().filter_map(link).collect(),
            haystack: haystack(row, region, okrug, &names),
            organisations: names,
        };
        let index = self.rooms.len();
        self.by_id.insert(row.id, index);
        if let Some(code) = code {
            self.by_code.insert(code, index);
        }
        self.rooms.push(Arc::new(entry));
        Ok(())
    }

    /// What hours and promises are counted by, in one word: another one means that they must be counted again.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// A year without a signed calendar: that of `now` or, from October on, the next.
    pub fn unsigned_year(&self, now: Moment) -> Option<i16> {
        let today = Zone::capital().local(now).date();
        let known = |year: i16| self.calendar.as_ref().is_none_or(|calendar| calendar.knows(year));
        let next = (today.month() >= 10).then(|| today.year().saturating_add(1));
        std::iter::once(today.year()).chain(next).find(|year| !known(*year))
    }

    /// The organisations of a region, by name.
    pub fn organisations_of(&self, region: &RegionCode) -> Vec<&OrganisationEntry> {
        let mut found: Vec<_> = self.organisations.values().filter(|it| it.region == *region).collect();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found
    }

    /// The regions by code.
    pub fn regions(&self) -> impl Iterator<Item = &Arc<RegionEntry>> {
        self.regions.iter()
    }

    /// The region with this code.
    pub fn region(&self, code: &str) -> Option<&Arc<RegionEntry>> {
        self.regions.iter().find(|entry| entry.region.code.as_str() == code)
    }

    /// The rooms, region by region, in the order of their files.
    pub fn rooms(&self) -> impl Iterator<Item = &Arc<RoomEntry>> {
        self.rooms.iter()
    }

    /// The room with this id.
    pub fn room(&self, id: RoomId) -> Option<Arc<RoomEntry>> {
        self.by_id.get(&id).and_then(|index| self.rooms.get(*index)).cloned()
    }

    /// The room this invitation code opens.
    pub fn room_of_code(&self, code: InvitationCode) -> Option<Arc<RoomEntry>> {
        self.by_code.get(&code).and_then(|index| self.rooms.get(*index)).cloned()
    }

    /// The organisation with this id.
    pub fn organisation(&self, id: OrganisationId) -> Option<&OrganisationEntry> {
        self.organisations.get(&id)
    }

    /// The organisation of a region with this key.
    pub fn organisation_of_key(&self, region: &RegionCode, key: &str) -> Option<&OrganisationEntry> {
        self.organisations.values().find(|it| it.region == *region && it.key == key)
    }

    /// The room of a region with this key.
    pub fn room_of_key(&self, region: &RegionCode, key: &str) -> Option<&Arc<RoomEntry>> {
        self.rooms.iter().find(|entry| entry.room.region == *region && entry.key == key)
    }

    /// Whether what the scope names exists.
    pub fn has_scope(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Organisation(id) => self.organisations.contains_key(id),
            Scope::Room(id) => self.by_id.contains_key(id),
            Scope::Region(code) => self.region(code.as_str()).is_some(),
            Scope::Federation => true,
        }
    }
}

/// Whose grants cover the room: those that serve a medchat, the owner of a staff room, all of the region for
/// its announcements.
fn answers(organisation: &OrganisationRow, room: &RoomRow) -> bool {
    match room.kind {
        RoomKind::Medchat => organisation.serves.contains(&room.id),
        RoomKind::Announcements => organisation.region == room.region,
        RoomKind::Staff => room.organisation == Some(organisation.id),
    }
}

/// The digest of everything that decides when a room is open and what is promised there.
fn fingerprint(calendar: &Calendar, rows: &Rows) -> String {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};
    let mut hash = Sha256::new();
    hash.update(calendar.version());
    for region in &rows.regions {
        hash.update(&region.settings);
    }
    for room in &rows.rooms {
        hash.update(room.id.to_string());
        hash.update(room.week.as_deref().unwrap_or_default());
    }
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash.finalize())
}

fn okrug(room: &RoomRow, cover: &OkrugCover, units: &[(String, String)]) -> Option<OkrugEntry> {
    let names = |keys: &[domain::region::Key]| -> Vec<String> {
        let named = |(key, name): &(String, String)| {
            keys.iter().any(|wanted| wanted.as_str() == key).then(|| name.clone())
        };
        units.iter().filter_map(named).collect()
    };
    let (units, except) = match cover {
        OkrugCover::Units(keys) => (names(keys), Vec::new()),
        OkrugCover::AllExcept(keys) => (Vec::new(), names(keys)),
        OkrugCover::General => return None,
    };
    let name = if units.is_empty() { room.title.clone() } else { units.join(", ") };
    Some(OkrugEntry { key: room.key.clone(), name, units, except, room: room.id })
}

fn link((platform, url): &(String, String)) -> Option<Link> {
    let platform = Platform::ALL.into_iter().find(|it| it.as_str() == platform)?;
    Some(Link { platform, url: url.clone() })
}

fn haystack(row: &RoomRow, region: &Region, okrug: Option<&OkrugEntry>, organisations: &[String]) -> String {
    let mut words = vec![row.title.as_str(), &region.name];
    words.extend(row.subtitle.as_deref());
    words.extend(okrug.iter().map(|okrug| okrug.name.as_str()));
    words.extend(organisations.iter().map(String::as_str));
    words.into_iter().map(fold).collect::<Vec<_>>().join("\n")
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> ActResult<T> {
    serde_json::from_str(text).map_err(|error| ActError::Broken(Box::new(error)))
}
