//! Accounts of staff, made and helped by whoever holds the files of the server.

use std::io::Read as _;

use anyhow::{anyhow, bail};
use clap::Subcommand;
use domain::grant::{Role, Scope};
use domain::region::RegionCode;
use medchat::acts::account::NewStaff;
use medchat::acts::error::ActError;
use medchat::app::Server;
use medchat::config::Config;

use crate::command::{at_rest, lock, say};

#[derive(Subcommand)]
pub enum Account {
    /// Takes away the second factor of who has lost it and the recovery codes too; they are signed out everywhere, and set
    /// up another when they next sign in.
    RemoveSecondFactor {
        /// What they sign in with.
        #[arg(long)]
        login: String,
    },
    /// Opens a staff account; the password comes from standard input.
    Create {
        /// What they sign in with.
        #[arg(long)]
        login: String,
        /// The role they hold.
        #[arg(long)]
        role: String,
        /// Where: `organisation:RU-KHA/KEY`, `room:RU-KHA/KEY`, `region:RU-KHA` or `federation`.
        #[arg(long)]
        scope: String,
        /// The name under their messages; the login when left out.
        #[arg(long)]
        name: Option<String>,
        /// The position under their messages.
        #[arg(long, default_value = "")]
        position: String,
        /// Whom they work for, when it is no organisation of the regions.
        #[arg(long)]
        employer: Option<String>,
    },
}

pub async fn run(config: &Config, command: Account) -> anyhow::Result<()> {
    match command {
        Account::Create { login, role, scope, name, position, employer } => {
            create_account(config, NewAccount { login, role, scope, name, position, employer }).await
        }
        Account::RemoveSecondFactor { login } => remove_second_factor(config, &login).await,
    }
}

async fn remove_second_factor(config: &Config, login: &str) -> anyhow::Result<()> {
    let _lock = lock(config)?;
    match at_rest(config).await?.acts.remove_second_factor(login).await {
        Ok(()) => Ok(()),
        Err(ActError::Denied(_)) => bail!("there is no account {login}"),
        Err(ActError::AlreadyDone) => bail!("{login} has no second factor"),
        Err(error) => Err(error.into()),
    }
}

/// What a staff account is to be, as typed.
struct NewAccount {
    login: String,
    role: String,
    scope: String,
    name: Option<String>,
    position: String,
    employer: Option<String>,
}

async fn create_account(config: &Config, new: NewAccount) -> anyhow::Result<()> {
    let NewAccount { login, role, scope, name, position, employer } = new;
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    let role = Role::from_word(&role).ok_or_else(|| anyhow!("there is no role \"{role}\""))?;
    let _lock = lock(config)?;
    let server = at_rest(config).await?;
    let scope = parse_scope(&server, &scope)?;
    if !role.fits(scope.kind()) {
        bail!("a {} is not held in a scope of kind {}", role.word(), scope.kind().word());
    }
    let name = name.unwrap_or_else(|| login.clone());
    let new = NewStaff { login, password, name, position, employer, grants: vec![(role, scope)] };
    match server.acts.open_staff_account(new).await {
        Ok(id) => {
            say(&id.to_string());
            Ok(())
        }
        Err(ActError::Invalid(faults)) => {
            let lines: Vec<String> =
                faults.iter().map(|fault| format!("{}: {}", fault.field, fault.detail)).collect();
            bail!("{}", lines.join("; "))
        }
        Err(error) => Err(error.into()),
    }
}

fn parse_scope(server: &Server, text: &str) -> anyhow::Result<Scope> {
    let unknown = || anyhow!("there is no scope \"{text}\"");
    let catalogue = server.acts.catalogue();
    let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
    let scope = match (kind, rest.split_once('/')) {
        ("federation", None) if rest.is_empty() => Scope::Federation,
        ("region", None) => Scope::Region(rest.parse().map_err(|_| unknown())?),
        ("organisation" | "room", Some((region, key))) => {
            let region: RegionCode = region.parse().map_err(|_| unknown())?;
            if kind == "room" {
                let room = catalogue.room_of_key(&region, key).ok_or_else(unknown)?;
                Scope::Room(room.room.id)
            } else {
                Scope::Organisation(catalogue.organisation_of_key(&region, key).ok_or_else(unknown)?.id)
            }
        }
        _ => return Err(unknown()),
    };
    if catalogue.has_scope(&scope) { Ok(scope) } else { Err(unknown()) }
}
