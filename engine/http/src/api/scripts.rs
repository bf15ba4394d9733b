//! The desk's scripts: looked at by supervisors, changed by admins. Every change is tried first and audited; what a
//! script may say is the rulebook's.

use crate::ask::{Ask, List, json, ok};
use crate::problem::Problem;
use crate::route::{Outcome, Route, Who, get, post, put};
use crate::rulebook::{
    Attempt, Publication, Published, ScriptRefusal, ScriptText, ScriptView, Trial, VersionView,
};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) fn routes() -> Vec<Route> {
    let mut routes = looking();
    routes.extend(changing());
    routes
}

fn looking() -> Vec<Route> {
    vec![
        get("/v1/scripts", Who::Supervisor, "Scripts: state, numbers, last error, last change", list)
            .gives::<List<ScriptView>>(),
        get("/v1/scripts/{name}", Who::Supervisor, "A script with its text; `/` in its name is `%2F`", read)
            .gives::<ScriptText>(),
        get("/v1/scripts/{name}/stats", Who::Supervisor, "A script's numbers by decision point", stats)
            .gives::<ScriptView>(),
        get("/v1/scripts/{name}/versions", Who::Supervisor, "Versions that are kept, newest first", versions)
            .gives::<List<VersionView>>(),
        get("/v1/scripts/{name}/versions/{number}", Who::Supervisor, "The text of a kept version", version)
            .gives::<VersionText>(),
    ]
}

fn changing() -> Vec<Route> {
    vec![
        post("/v1/scripts", Who::Admin, "A new script, asked before the others", create)
            .takes::<NewScript>()
            .gives::<Published>()
            .created(),
        put("/v1/scripts/{name}", Who::Admin, "Publish a script's text; needs If-Match", publish)
            .takes::<NewText>()
            .gives::<Published>(),
        post("/v1/scripts/{name}/roll-back", Who::Admin, "Publish a kept version; needs If-Match", roll_back)
            .takes::<BackTo>()
            .gives::<Published>(),
        post("/v1/scripts/{name}/validate", Who::Admin, "Load all scripts with this text", |ask| {
            attempt(ask, Attempt::Validate)
        })
        .takes::<Draft>()
        .gives::<Trial>(),
        post("/v1/scripts/{name}/test", Who::Admin, "Run the scripts' tests with this text", |ask| {
            attempt(ask, Attempt::Test)
        })
        .takes::<Draft>()
        .gives::<Trial>(),
        post("/v1/scripts/{name}/dry-run", Who::Admin, "Ask recorded questions with this text", |ask| {
            attempt(ask, Attempt::DryRun)
        })
        .takes::<Draft>()
        .gives::<Trial>(),
        post("/v1/scripts/{name}/enable", Who::Admin, "Let a script answer", |ask| switch(ask, true))
            .gives::<ScriptView>(),
        post("/v1/scripts/{name}/disable", Who::Admin, "Set a script aside", |ask| switch(ask, false))
            .gives::<ScriptView>(),
    ]
}

/// A script to make.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewScript {
    /// Its file, relative to the scripts' folder.
    name: String,
    /// Its text.
    text: String,
}

/// A text to publish.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewText {
    /// The text.
    text: String,
}

/// A text to try.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Draft {
    /// The text; the script as it is otherwise.
    #[serde(default)]
    text: Option<String>,
}

/// Which version is to answer again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BackTo {
    /// Its number.
    number: u64,
}

/// A kept text.
#[derive(Serialize, JsonSchema)]
struct VersionText {
    /// The text.
    text: String,
}

fn name(ask: &Ask) -> String {
    ask.param("name").to_owned()
}

async fn list(ask: Ask) -> Outcome {
    Ok(List::whole(ask.app.rulebook.list().await?).answer(&ask))
}

async fn read(ask: Ask) -> Outcome {
    let script = ask.app.rulebook.read(name(&ask)).await?;
    Ok(tagged(ok(&script), &script.script.version))
}

async fn stats(ask: Ask) -> Outcome {
    Ok(ok(&ask.app.rulebook.read(name(&ask)).await?.script))
}

async fn versions(ask: Ask) -> Outcome {
    Ok(List::whole(ask.app.rulebook.versions(name(&ask)).await?).answer(&ask))
}

async fn version(ask: Ask) -> Outcome {
    let text = ask.app.rulebook.version(name(&ask), ask.id("number")?).await?;
    Ok(ok(&VersionText { text }))
}

async fn create(ask: Ask) -> Outcome {
    let NewScript { name, text } = ask.body()?;
    let wish = Publication { name, text, seen: None, back_to: None, by: ask.author()? };
    let published = ask.app.rulebook.publish(wish).await?;
    Ok(tagged(json(StatusCode::CREATED, &published), &published.script.version))
}

async fn publish(ask: Ask) -> Outcome {
    let (seen, NewText { text }) = (Some(ask.if_match_text()?), ask.body()?);
    let wish = Publication { name: name(&ask), text, seen, back_to: None, by: ask.author()? };
    let published = ask.app.rulebook.publish(wish).await?;
    Ok(tagged(ok(&published), &published.script.version))
}

async fn roll_back(ask: Ask) -> Outcome {
    let (seen, BackTo { number }) = (Some(ask.if_match_text()?), ask.body()?);
    let text = ask.app.rulebook.version(name(&ask), number).await?;
    let wish = Publication { name: name(&ask), text, seen, back_to: Some(number), by: ask.author()? };
    let published = ask.app.rulebook.publish(wish).await?;
    Ok(tagged(ok(&published), &published.script.version))
}

async fn attempt(ask: Ask, wish: Attempt) -> Outcome {
    let Draft { text } = if ask.body.is_empty() { Draft::default() } else { ask.body()? };
    Ok(ok(&ask.app.rulebook.attempt(name(&ask), text, wish).await?))
}

async fn switch(ask: Ask, on: bool) -> Outcome {
    let script = ask.app.rulebook.switch(name(&ask), on, ask.author()?).await?;
    Ok(tagged(ok(&script), &script.version))
}

/// Adds the `ETag` of a script's version.
fn tagged(mut response: Response, version: &str) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

impl From<ScriptRefusal> for Problem {
    fn from(refusal: ScriptRefusal) -> Self {
        match refusal {
            ScriptRefusal::NotFound => Self::not_found(),
            ScriptRefusal::Exists => {
                Self::conflict("script_exists", "a script of this name is there already").at("/name")
            }
            ScriptRefusal::BadName(why) => Self::invalid("invalid_script_name", why).at("/name"),
            ScriptRefusal::Stale(version) => {
                let detail = format!("the script was changed meanwhile: it is {version} now");
                Self::new(StatusCode::PRECONDITION_FAILED, "stale_version", detail)
            }
            ScriptRefusal::Unchanged => {
                Self::conflict("script_unchanged", "this is the text that answers already")
            }
            ScriptRefusal::TooLarge(most) => {
                let detail = format!("a script has at most {most} bytes");
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
            }
            ScriptRefusal::Faulty(trial) => faulty(&trial),
            ScriptRefusal::TestsFail(trial) => failing(&trial),
            ScriptRefusal::RecordedFail(trial) => failing_at_recorded(&trial),
            ScriptRefusal::Failed(why) => {
                tracing::error!(%why, "a change of scripts failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "scripts_failed", why)
            }
        }
    }
}

/// Each fault with its file, line and message.
fn faulty(trial: &Trial) -> Problem {
    let count = trial.faults.len();
    let faults = if count == 1 { "1 fault" } else { &format!("{count} faults") };
    let detail =
        format!("not published: the scripts would have {faults}, and what answered goes on answering");
    let problem = Problem::invalid("script_faulty", detail);
    trial.faults.iter().fold(problem, |problem, fault| {
        problem.in_script("script_fault", &fault.file, fault.line, fault.message.clone())
    })
}

fn failing(trial: &Trial) -> Problem {
    let failed: Vec<_> = trial.tests.iter().flatten().filter(|test| test.failure.is_some()).collect();
    let tests = if failed.len() == 1 { "1 test fails" } else { &format!("{} tests fail", failed.len()) };
    let detail = format!("not published: {tests}, and what answered goes on answering");
    let problem = Problem::invalid("script_tests_failed", detail);
    failed.into_iter().fold(problem, |problem, test| {
        let file = test.name.split(": ").next().unwrap_or_default();
        let why = test.failure.as_deref().unwrap_or_default();
        problem.in_script("test_failed", file, 0, format!("{}: {why}", test.name))
    })
}

fn failing_at_recorded(trial: &Trial) -> Problem {
    let detail = "not published: scripts fail at recorded questions, and what answered goes on answering";
    let failures = trial.recorded.iter().flat_map(|recorded| &recorded.failures);
    failures.fold(Problem::invalid("script_recorded_failed", detail), |problem, why| {
        let file = why.split(':').next().unwrap_or_default();
        problem.in_script("recorded_failed", file, 0, why.clone())
    })
}
