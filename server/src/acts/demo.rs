//! The demo: three real regions, and organisations and people that are invented and say so. Set up once, on
//! loopback only; every account has the same published password.

use domain::actor::Kind;
use domain::grant::{Grant, Role, Scope};
use domain::region::RegionCode;
use domain::region_file::{OrganisationPlan, RegionPlan, Serves};
use domain::room::RoomKind;
use domain::verification::Method;
use store::account::{Account, Verification};

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult};
use crate::acts::subject;
use crate::acts::unit::Unit;

/// The password of every demo account.
pub const PASSWORD: &str = "medchat-demo-2026";
/// The database remembers by this fact that its demo was set up.
const FACT: &str = "demo";

/// Somebody invented.
struct Person {
    login: String,
    name: &'static str,
    position: &'static str,
    employer: Option<&'static str>,
    kind: Kind,
    verified: bool,
    grants: Vec<(Role, Scope)>,
}

/// The plans of the demo: the real regions, each with two invented organisations that serve all its medchats.
///
/// # Errors
/// [`ActError::Broken`] when a file compiled in has a fault.
pub fn plans() -> ActResult<Vec<RegionPlan>> {
    let mut plans = subject::plans()?;
    for plan in &mut plans {
        for (key, name) in [("demo-a", "Поликлиника А (вымышленная)"), ("demo-b", "Больница Б (вымышленная)")]
        {
            plan.organisations.push(OrganisationPlan {
                key: key.parse().map_err(|error| ActError::Broken(Box::new(error)))?,
                name: name.into(),
                serves: Serves::All,
                invented: true,
                staff_room_title: format!("Сотрудники: {name}"),
            });
        }
    }
    Ok(plans)
}

impl Acts {
    /// Creates the demo's people, once; the regions must be provisioned.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn set_up_demo(&self) -> ActResult<()> {
        if store::fact::find(&self.store, FACT).await?.is_some() {
            return Ok(());
        }
        let password = self.passwords.hash(PASSWORD.into()).await?;
        let mut people = federal();
        let catalogue = self.catalogue();
        for entry in catalogue.regions() {
            people.extend(self.people(&entry.region.code)?);
        }
        let mut unit = self.writer.begin_as_operator().await?;
        for person in people {
            self.add(&mut unit, person, &password).await?;
        }
        store::fact::set(&mut unit.tx, FACT, "set up").await?;
        unit.commit().await?;
        Ok(())
    }

    async fn add(&self, unit: &mut Unit, person: Person, password: &str) -> ActResult<()> {
        let staff = person.kind == Kind::Staff;
        let account = Account {
            id: self.sources.id(),
            login: person.login,
            kind: person.kind,
            alias: person.name.into(),
            name: staff.then(|| person.name.into()),
            position: staff.then(|| person.position.into()),
            employer: person.employer.map(Into::into),
            created_at: unit.now,
            closed_at: None,
        };
        store::account::add(&mut unit.tx, &account, password).await?;
        if person.verified {
            let verification = Verification { method: Method::Demo, at: unit.now, expires_at: None };
            store::account::verify(&mut unit.tx, account.id, &verification).await?;
        }
        for (role, scope) in person.grants {
            let from = unit.now;
            let grant = Grant { id: self.sources.id(), account: account.id, role, scope, from, until: None };
            store::grant::add(&mut unit.tx, &grant, None, from, true).await?;
        }
        Ok(())
    }

    fn people(&self, region: &RegionCode) -> ActResult<Vec<Person>> {
        let catalogue = self.catalogue();
        let place = region.as_str().to_lowercase().replace('-', "");
        let login = |who: &str| format!("{who}.{place}@demo");
        let organisation = |key: &str| {
            let found = catalogue.organisation_of_key(region, key).map(|it| Scope::Organisation(it.id));
            found.ok_or_else(|| ActError::Broken(format!("the demo has no organisation {key}").into()))
        };
        let (a, b) = (organisation("demo-a")?, organisation("demo-b")?);
        let medchats = |role: Role| -> Vec<(Role, Scope)> {
            let own = |kind: RoomKind, code: &RegionCode| kind == RoomKind::Medchat && code == region;
            let rooms = catalogue.rooms().filter(|entry| own(entry.room.kind, &entry.room.region));
            rooms.map(|entry| (role, Scope::Room(entry.room.id))).collect()
        };
        let here = Scope::Region(region.clone());
        let ministry = Some("Министерство здравоохранения (вымышленные лица)");
        let project = Some("ЗдравКонтроль (вымышленные лица)");
        let mut people: Vec<Person> = RESIDENTS
            .into_iter()
            .enumerate()
            .map(|(index, name)| resident(login(&format!("resident{}", index + 1)), name, true))
            .collect();
        people.push(resident(login("guest"), "Гость Примеров", false));
        for (who, name, position, role, scope) in [
            ("chief", "Анна Примерова", "главный врач", Role::ChiefPhysician, &a),
            ("head", "Ирина Образцова", "заведующая отделением", Role::DepartmentHead, &a),
            ("responder", "Олег Показательный", "специалист по работе с обращениями", Role::Responder, &a),
            ("registrar", "Нина Наглядная", "регистратор", Role::Registrar, &a),
            ("responder2", "Пётр Учебный", "старшая медсестра", Role::Responder, &b),
        ] {
            people.push(employee(login(who), name, position, None, vec![(role, scope.clone())]));
        }
        people.push(employee(
            login("moderator"),
            "Мария Порядкова",
            "модератор",
            project,
            medchats(Role::Moderator),
        ));
        people.push(employee(
            login("volunteer"),
            "Юлия Отзывчивая",
            "волонтёр",
            project,
            medchats(Role::Volunteer),
        ));
        people.push(employee(
            login("curator"),
            "Сергей Кураторов",
            "куратор",
            ministry,
            vec![(Role::Curator, here.clone())],
        ));
        people.push(employee(
            login("observer"),
            "Вера Наблюдательная",
            "наблюдатель",
            Some("Общественная палата (вымышленные лица)"),
            vec![(Role::Observer, here)],
        ));
        Ok(people)
    }
}

/// Invented residents; the names are those of nobody.
const RESIDENTS: [&str; 5] = ["Галина П.", "Нина К.", "Виктор С.", "Тамара Н.", "Павел Р."];

fn resident(login: String, name: &'static str, verified: bool) -> Person {
    Person { login, name, position: "", employer: None, kind: Kind::Resident, verified, grants: Vec::new() }
}

fn employee(
    login: String,
    name: &'static str,
    position: &'static str,
    employer: Option<&'static str>,
    grants: Vec<(Role, Scope)>,
) -> Person {
    Person { login, name, position, employer, kind: Kind::Staff, verified: false, grants }
}

fn federal() -> Vec<Person> {
    let office = Some("Оператор (вымышленные лица)");
    let of = |login: &str, name: &'static str, position: &'static str, role: Role| {
        employee(login.into(), name, position, office, vec![(role, Scope::Federation)])
    };
    vec![
        of("admin@demo", "Алексей Первый", "администратор", Role::Administrator),
        of("admin2@demo", "Алиса Вторая", "администратор", Role::Administrator),
        of("auditor@demo", "Борис Проверкин", "аудитор", Role::Auditor),
    ]
}
