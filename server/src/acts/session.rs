//! Sessions: signing in, carrying on, signing out, and turning a token into the actor it speaks for.

use std::collections::HashMap;
use std::net::IpAddr;

use domain::actor::{Actor, Kind, Person};
use domain::event::Taken;
use domain::id::SessionId;
use domain::moment::Moment;
use domain::person::Login;
use domain::policy::Act;
use store::session::{Bearer, RefreshToken};
use store::{Store, StoreResult};

use crate::acts::Acts;
use crate::acts::account::AccountView;
use crate::acts::error::{ActError, ActResult};
use crate::acts::read_box::Question;
use crate::auth::token::{Access, TokenError};

/// How long a repeated exchange of a refresh token is taken for a lost answer, in milliseconds.
const GRACE: i64 = 10_000;

/// What somebody who signs in shows.
pub struct Credentials {
    /// The login, as sent.
    pub login: String,
    /// The password, as sent.
    pub password: String,
    /// The code of a second factor, as sent.
    pub second_factor: Option<String>,
    /// What they sit at, in a few words.
    pub device: Option<String>,
    /// Where they come from.
    pub from: IpAddr,
}

/// A session's next pair of tokens.
pub struct Pair {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    /// Who it is.
    pub account: AccountView,
}

impl Acts {
    /// Begins a session. Whether the login exists shows neither in the answer nor in its time.
    ///
    /// # Errors
    /// [`ActError::Unauthenticated`] for a wrong login or password; [`ActError::RateLimited`].
    pub async fn sign_in(&self, credentials: Credentials) -> ActResult<Pair> {
        let login = Login::new(&credentials.login).ok();
        let key = login.as_ref().map_or("", Login::as_str);
        self.limits.sign_in(credentials.from, key)?;
        let found = match &login {
            Some(login) => store::account::by_login(&self.store, login.as_str()).await?,
            None => None,
        };
        let (account, kept) = found.unzip();
        let open = account.filter(|account| account.closed_at.is_none());
        // An account of a made-up population has no password: nobody's is right.
        let kept = kept.filter(|kept| open.is_some() && !kept.is_empty());
        let matches = self.passwords.matches(credentials.password, kept).await?;
        self.limits.signed_in(key, matches);
        let account = open.filter(|_| matches).ok_or(ActError::Unauthenticated)?;
        self.ask_for_factor(account.id, credentials.second_factor.as_deref()).await?;
        let admitted = Self::admit_to_service(&Actor::Guest, Act::SignIn)?;

        let session = self.sources.id();
        let refresh = self.tokens.first_refresh();
        let mut unit = self.writer.begin(admitted).await?;
        let now = unit.now;
        store::session::begin(&mut unit.tx, session, account.id, credentials.device.as_deref(), now).await?;
        store::session::add_token(
            &mut unit.tx,
            &self.kept(&refresh)?,
            session,
            now,
            self.tokens.refresh_expiry(),
        )
        .await?;
        unit.commit().await?;
        self.pair(Access { account: account.id, session }, refresh).await
    }

    /// Exchanges a refresh token for the next pair. A client that lost the answer may repeat itself within ten
    /// seconds and gets the same pair; a later repetition is theft, and ends the session.
    ///
    /// # Errors
    /// [`ActError::Unauthenticated`].
    pub async fn refresh(&self, token: &str) -> ActResult<Pair> {
        let hash = self.kept(token)?;
        let admitted = Self::admit_to_service(&Actor::Guest, Act::Refresh)?;
        let mut unit = self.writer.begin(admitted).await?;
        let now = unit.now;
        let first = store::session::use_token(&mut unit.tx, &hash, now).await?;
        let known = store::session::find_token(&mut unit.tx, &hash).await?;
        let known =
            known.filter(|it| it.session_lives && now < it.expires_at).ok_or(ActError::Unauthenticated)?;
        if !first && is_theft(&known, now) {
            let RefreshToken { session, account, .. } = known;
            store::session::end(&mut unit.tx, session, now).await?;
            unit.audit(
                Some(account),
                "session.theft",
                format!("session:{session}"),
                "a used token came back",
            )
            .await?;
            unit.take(account, Taken::Session(session)).await?;
            unit.commit().await?;
            return Err(ActError::Unauthenticated);
        }
        let next = self.tokens.next_refresh(token).ok_or(ActError::Unauthenticated)?;
        let expires_at = self.tokens.refresh_expiry();
        store::session::add_token(&mut unit.tx, &self.kept(&next)?, known.session, now, expires_at).await?;
        unit.commit().await?;
        self.pair(Access { account: known.account, session: known.session }, next).await
    }

    /// Ends the session: its tokens are worth nothing and its sockets close.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sign_out(&self, person: &Person) -> ActResult<()> {
        let admitted = Self::admit_to_service(&Actor::Person(person.clone()), Act::SignOut)?;
        let mut unit = self.writer.begin(admitted).await?;
        let now = unit.now;
        store::session::end(&mut unit.tx, person.session, now).await?;
        unit.take(person.account, Taken::Session(person.session)).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Who an access token speaks for, without asking the database: good for finding the account, not for
    /// letting anything pass.
    ///
    /// # Errors
    /// [`ActError::TokenExpired`] or [`ActError::Unauthenticated`].
    pub fn bearer_of(&self, token: &str) -> ActResult<Access> {
        self.tokens.check(token).map_err(|error| match error {
            TokenError::Expired => ActError::TokenExpired,
            TokenError::Bad => ActError::Unauthenticated,
        })
    }

    /// The person a session belongs to, as they stand now.
    ///
    /// # Errors
    /// [`ActError::Unauthenticated`] when the session has ended or the account is closed.
    pub async fn person(&self, access: Access) -> ActResult<Person> {
        let mut person = self.boxes.people.ask(access).await?.ok_or(ActError::Unauthenticated)?;
        if person.kind == Kind::Staff && !person.second_factor && self.factor_is_demanded {
            // Nobody's grants hold before their second factor is confirmed.
            person.grants.clear();
        }
        Ok(person)
    }

    async fn pair(&self, access: Access, refresh: String) -> ActResult<Pair> {
        let person = self.person(access).await?;
        let token =
            self.tokens.access(access).ok_or_else(|| ActError::Broken("a token cannot be made".into()))?;
        Ok(Pair { access: token, refresh, account: AccountView::of(&person) })
    }

    fn kept(&self, token: &str) -> ActResult<String> {
        self.tokens.refresh_hash(token).ok_or(ActError::Unauthenticated)
    }
}

impl Question for Access {
    type Answer = Person;

    async fn read(store: &Store, now: Moment, asked: &[Self]) -> StoreResult<HashMap<Self, Person>> {
        let sessions: Vec<SessionId> = asked.iter().map(|access| access.session).collect();
        let bearers = store::session::bearers(store, &sessions, now).await?;
        let person = |access: &Self| {
            let bearer = bearers.get(&access.session).filter(|bearer| bearer.account == access.account)?;
            let Bearer { account, kind, alias, verified_adult, second_factor, grants } = bearer.clone();
            let (session, seen_at) = (access.session, now);
            let person =
                Person { account, session, kind, alias, verified_adult, second_factor, grants, seen_at };
            Some((*access, person))
        };
        Ok(asked.iter().filter_map(person).collect())
    }
}

fn is_theft(token: &RefreshToken, now: Moment) -> bool {
    token.used_at.is_none_or(|used_at| used_at.plus_millis(GRACE) < now)
}
