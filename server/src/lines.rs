//! `medchat triage` and `medchat mask`: a JSON object a line in, one a line out, judged by what is compiled in. Writes
//! nothing, keeps nothing, and shows no text of anybody in its complaints.

use std::collections::HashMap;
use std::io::{BufRead, Write};

use anyhow::Context as _;
use domain::topic::TopicPolicy;
use domain::{guard, pii};
use serde::{Deserialize, Serialize};

use crate::acts::subject;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    id: String,
    region: String,
    text: String,
}

#[derive(Serialize)]
struct Judged {
    id: String,
    verdict: &'static str,
    topic: &'static str,
    /// The key of the rule that decided.
    rule: String,
    /// The words that weighed most.
    words: Vec<String>,
    masked: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    id: String,
    text: String,
}

#[derive(Serialize)]
struct Masked {
    id: String,
    masked: String,
}

/// Judges every line by the list of its region and masks it. A region nobody knows gets the federal default, and a
/// warning once.
///
/// # Errors
/// A line that is no such object, told by its number, or a stream that fails.
pub fn triage(input: impl BufRead, output: impl Write, mut warn: impl FnMut(&str)) -> anyhow::Result<()> {
    let mut policies: HashMap<String, TopicPolicy> = HashMap::new();
    each(input, output, |asked: Asked| {
        let policy = match policies.get(&asked.region) {
            Some(policy) => *policy,
            None => {
                let policy = policy(&asked.region, &mut warn)?;
                policies.insert(asked.region, policy);
                policy
            }
        };
        let found = guard::triage(&asked.text, policy);
        Ok(Judged {
            id: asked.id,
            verdict: found.verdict.key(),
            topic: found.label.key(),
            rule: found.reason.key(),
            words: found.words,
            masked: pii::mask(&asked.text),
        })
    })
}

/// Masks every line.
///
/// # Errors
/// As [`triage`].
pub fn mask(input: impl BufRead, output: impl Write) -> anyhow::Result<()> {
    each(input, output, |shown: Shown| Ok(Masked { id: shown.id, masked: pii::mask(&shown.text) }))
}

fn policy(region: &str, warn: &mut impl FnMut(&str)) -> anyhow::Result<TopicPolicy> {
    Ok(match subject::region(region)? {
        Some(region) => region.topic_policy,
        None => {
            warn(&format!("there is no region {region:?}: this is the federal default"));
            subject::federation()?.topic_policy
        }
    })
}

/// Answers every line in its turn; an empty one is passed over.
fn each<In, Out>(
    mut input: impl BufRead,
    mut output: impl Write,
    mut answer: impl FnMut(In) -> anyhow::Result<Out>,
) -> anyhow::Result<()>
where
    In: for<'a> Deserialize<'a>,
    Out: Serialize,
{
    let mut line = Vec::new();
    let mut number = 0_usize;
    loop {
        line.clear();
        number += 1;
        if input.read_until(b'\n', &mut line).context("reading standard input")? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let read = serde_json::from_slice(&line).map_err(|fault| {
            anyhow::anyhow!("line {number} is not what is asked for here ({})", fault_of(&fault))
        })?;
        serde_json::to_writer(&mut output, &answer(read)?)?;
        output.write_all(b"\n")?;
    }
    Ok(output.flush()?)
}

/// What is wrong, without quoting the line.
fn fault_of(fault: &serde_json::Error) -> String {
    let kind = match fault.classify() {
        serde_json::error::Category::Data => "a field is missing, unknown or of another type",
        serde_json::error::Category::Eof => "the JSON ends early",
        _ => "no JSON in UTF-8",
    };
    format!("{kind}, column {}", fault.column())
}
