//! Some minutes of a day, a hundred times as busy as a real one: people write in their rooms, some put an appeal,
//! and staff take it up and answer. Appeals go over HTTP, as the clients do it.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use futures_util::{StreamExt as _, stream};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use crate::people::{Everybody, token};
use crate::person::Person;
use crate::population::PASSWORD;
use crate::progress;

/// How many appeals may be under way at once.
const AT_ONCE: usize = 32;

/// Appeals of the time, and who answers them.
pub struct Appeals<'a> {
    /// HTTP.
    pub http: &'a Client,
    /// Everybody.
    pub everybody: &'a Everybody,
    /// The file of tokens.
    pub tokens: &'a Path,
    /// The logins of the employees.
    pub staff: &'a [String],
    /// Appeals a second.
    pub rate: f64,
    /// How long.
    pub time: Duration,
}

/// What became of them.
#[derive(Debug, Clone, Default)]
pub struct Answered {
    /// How many were put and answered to the end.
    pub done: u32,
    /// How many were not, and why the first was not.
    pub failed: u32,
    /// Why the first failed.
    pub why: Option<String>,
}

impl Appeals<'_> {
    /// Puts and answers them, on a schedule of their own.
    ///
    /// # Errors
    /// When an employee cannot sign in.
    pub async fn run(&self) -> anyhow::Result<Answered> {
        let mut staff = Vec::new();
        for login in self.staff {
            staff.push(Person::sign_in(self.http, &self.everybody.target, login, PASSWORD).await?);
        }
        let count = (self.rate * self.time.as_secs_f64()).ceil() as u32;
        let bar = progress::bar("appeals", u64::from(count));
        let start = Instant::now();
        let done = AtomicU32::new(0);
        let appeals = stream::iter(0..count).map(|index| {
            let (staff, bar, done) = (&staff, &bar, &done);
            async move {
                sleep_until(start + Duration::from_secs_f64(f64::from(index) / self.rate)).await;
                let outcome = self.one(index, count, staff).await;
                bar.inc(1);
                done.fetch_add(u32::from(outcome.is_ok()), Ordering::Relaxed);
                outcome.err().map(|error| format!("{error:#}"))
            }
        });
        let failures: Vec<Option<String>> = appeals.buffer_unordered(AT_ONCE).collect().await;
        bar.finish_and_clear();
        let mut failures = failures.into_iter().flatten();
        let why = failures.next();
        let failed = u32::from(why.is_some()) + u32::try_from(failures.count())?;
        Ok(Answered { done: done.into_inner(), failed, why })
    }

    /// One appeal from its opening to its final answer. The employee of the region is the one whom it lets.
    async fn one(&self, index: u32, count: u32, staff: &[Person]) -> anyhow::Result<()> {
        let step = self.everybody.offsets.len() / usize::try_from(count.max(1))?;
        let offset = self.everybody.offsets.get(usize::try_from(index)? * step.max(1)).copied();
        let author = token(self.tokens, offset.unwrap_or_default())?;
        let author = Person::with_token(self.http, &self.everybody.target, author);
        let room = author.own_room().await?;
        let body = json!({
            "cid": format!("{:08x}-appeal-{index}", self.everybody.run),
            "room": room.id,
            "text": "Не могу записаться к терапевту: талонов нет вторую неделю. Подскажите, как быть.",
        });
        let opened: Value = author.act("appeals", &body).await?.json().await?;
        let id = opened.get("id").and_then(Value::as_str).context("an appeal without an id")?.to_owned();
        let employee = self.employee(staff, &id).await?;
        let cid = |what: &str| format!("{:08x}-{what}-{index}", self.everybody.run);
        let answer = json!({ "cid": cid("answer"), "text": "Здравствуйте. Передали в регистратуру, сегодня ответим." });
        employee.act(&format!("appeals/{id}/messages"), &answer).await?;
        let last = json!({ "text": "Запись открыта, приходите к восьми.", "outcome": "resolved" });
        employee.act(&format!("appeals/{id}/final-answer"), &last).await?;
        author.act(&format!("appeals/{id}/confirm"), &json!({})).await?;
        Ok(())
    }

    /// Who may accept the appeal: the employee of its region.
    async fn employee<'s>(&self, staff: &'s [Person], id: &str) -> anyhow::Result<&'s Person> {
        let mut why = None;
        for employee in staff {
            match employee.act(&format!("appeals/{id}/accept"), &json!({})).await {
                Ok(_) => return Ok(employee),
                Err(error) => why = Some(error),
            }
        }
        Err(why.unwrap_or_else(|| anyhow::anyhow!("there are no employees")))
    }
}
