//! Opening accounts: residents do it themselves, staff accounts are made by the operator.

use std::net::IpAddr;

use domain::actor::{Actor, Kind, Person};
use domain::grant::{Grant, Role, Scope};
use domain::id::AccountId;
use domain::person::{Alias, Login};
use domain::policy::Act;
use store::StoreError;
use store::account::Account;

use crate::acts::Acts;
use crate::acts::error::{ActError, ActResult, Fault};

/// The shortest password of a resident and of staff, in characters.
const SHORTEST: (usize, usize) = (10, 12);
/// The longest password, in characters; longer ones only cost hashing time.
const LONGEST: usize = 200;

/// An account in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountView {
    /// The id.
    pub id: AccountId,
    /// Resident or staff.
    pub kind: Kind,
    /// The name others see.
    pub alias: String,
    /// Whether they were shown to be an adult.
    pub verified_adult: bool,
}

impl AccountView {
    /// The account of `person`.
    pub fn of(person: &Person) -> Self {
        let Person { account: id, kind, alias, verified_adult, .. } = person;
        Self { id: *id, kind: *kind, alias: alias.clone(), verified_adult: *verified_adult }
    }
}

/// What somebody who signs up gives.
pub struct SignUp {
    /// The login, as sent.
    pub login: String,
    /// The password, as sent.
    pub password: String,
    /// The name others are to see, as sent.
    pub alias: String,
    /// Where they come from.
    pub from: IpAddr,
}

/// A staff account the operator makes.
pub struct NewStaff {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// The name under their messages.
    pub name: String,
    /// The position under their messages.
    pub position: String,
    /// Whom they work for, when it is no organisation of ours.
    pub employer: Option<String>,
    /// The roles they get at once.
    pub grants: Vec<(Role, Scope)>,
}

impl Acts {
    /// Opens a resident's account. It may read at once, and write after verification.
    ///
    /// # Errors
    /// [`ActError::Invalid`] with every fault, [`ActError::LoginTaken`], [`ActError::RateLimited`].
    pub async fn sign_up(&self, request: SignUp) -> ActResult<AccountView> {
        self.limits.sign_up(request.from)?;
        let admitted = Self::admit_to_service(&Actor::Guest, Act::SignUp)?;
        let mut faults = Vec::new();
        let login = Login::new(&request.login);
        let login = login.map_err(|fault| faults.push(Fault::new("login", fault.code(), fault)));
        let alias = Alias::new(&request.alias);
        let alias = alias.map_err(|fault| faults.push(Fault::new("alias", fault.code(), fault)));
        faults.extend(password_fault(&request.password, SHORTEST.0));
        let (Ok(login), Ok(alias), true) = (login, alias, faults.is_empty()) else {
            return Err(ActError::Invalid(faults));
        };
        let password = self.passwords.hash(request.password).await?;
        let mut unit = self.writer.begin(admitted).await?;
        let account = Account {
            id: self.sources.id(),
            login: login.as_str().to_owned(),
            kind: Kind::Resident,
            alias: alias.as_str().to_owned(),
            name: None,
            position: None,
            employer: None,
            created_at: unit.now,
            closed_at: None,
        };
        store::account::add(&mut unit.tx, &account, &password).await.map_err(taken)?;
        unit.commit().await?;
        let Account { id, kind, alias, .. } = account;
        Ok(AccountView { id, kind, alias, verified_adult: false })
    }

    /// Opens a staff account with its grants, for the operator.
    ///
    /// # Errors
    /// [`ActError::Invalid`], [`ActError::LoginTaken`].
    pub async fn open_staff_account(&self, request: NewStaff) -> ActResult<AccountId> {
        let login =
            Login::new(&request.login).map_err(|fault| ActError::invalid("login", fault.code(), fault))?;
        if let Some(fault) = password_fault(&request.password, SHORTEST.1).filter(|_| !self.demo) {
            return Err(ActError::Invalid(vec![fault]));
        }
        let password = self.passwords.hash(request.password).await?;
        let mut unit = self.writer.begin_as_operator().await?;
        let account = Account {
            id: self.sources.id(),
            login: login.as_str().to_owned(),
            kind: Kind::Staff,
            alias: request.name.clone(),
            name: Some(request.name),
            position: Some(request.position),
            employer: request.employer,
            created_at: unit.now,
            closed_at: None,
        };
        store::account::add(&mut unit.tx, &account, &password).await.map_err(taken)?;
        for (role, scope) in request.grants {
            let at = unit.now;
            let grant =
                Grant { id: self.sources.id(), account: account.id, role, scope, from: at, until: None };
            store::grant::add(&mut unit.tx, &grant, None, at, true).await?;
            unit.audit(None, "grant.give", format!("account:{}", account.id), role.word()).await?;
        }
        unit.commit().await?;
        Ok(account.id)
    }
}

fn taken(error: StoreError) -> ActError {
    match error {
        StoreError::Conflict(_) => ActError::LoginTaken,
        other => other.into(),
    }
}

fn password_fault(password: &str, shortest: usize) -> Option<Fault> {
    match password.chars().count() {
        length if length < shortest => Some(Fault::new(
            "password",
            "too_short",
            format!("a password has at least {shortest} characters"),
        )),
        length if length > LONGEST => {
            Some(Fault::new("password", "too_long", format!("a password has at most {LONGEST} characters")))
        }
        _ => None,
    }
}
