//! `hark top`: a running desk in a terminal, anew every second: queues, agents, scripts, reactions and plugins. It asks the
//! desk's API as any program does, and changes nothing.

mod ask;
mod page;
mod screen;
mod sight;
mod table;

use crate::error::Error;
use crate::say::say;
use crate::serve;
use ask::Desk;
use clap::Args;
use screen::Screen;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// Between two looks.
const PACE: Duration = Duration::from_secs(1);
/// Variable of the environment that holds the token.
const TOKEN: &str = "HARK_TOKEN";

/// What is looked at, and how it is shown.
#[derive(Debug, Args)]
pub(super) struct Top {
    /// The desk's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:7070")]
    url: String,
    /// A file that holds the token of a supervisor or admin; otherwise it is in the variable HARK_TOKEN
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Look once; it does so too when the output is no terminal
    #[arg(long)]
    once: bool,
    /// Look once, and print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn top(wish: &Top) -> Result<(), Error> {
    let desk = Desk::at(&wish.url, token(wish)?)?;
    serve::on_executor(async {
        if wish.json {
            let sight = desk.look().await?;
            say(serde_json::to_string(&sight).expect("what was seen is always JSON"));
            return Ok(());
        }
        if wish.once || !screen::is_watched() {
            let sight = desk.look().await?;
            for line in page::lines(&sight, None, screen::size().columns) {
                say(line.paint(screen::has_colour()));
            }
            return Ok(());
        }
        watch(&desk).await
    })
}

fn token(wish: &Top) -> Result<String, Error> {
    let token = match &wish.token_file {
        Some(file) => std::fs::read_to_string(file).map_err(Error::io("read", file))?,
        None => std::env::var(TOKEN).map_err(|_| {
            Error::told(format!(
                "hark top needs the token of a supervisor or admin: make one (`hark token add LOGIN` while no engine \
                 runs, POST /v1/api-tokens while it does), and put it into {TOKEN} or into a file for --token-file"
            ))
        })?,
    };
    Ok(token.trim().to_owned())
}

/// Looks every second until it is interrupted. A desk that is away for a while is waited for.
async fn watch(desk: &Desk) -> Result<(), Error> {
    let mut signals = serve::signals()?;
    // The first look tells a wrong address or token before the screen is taken.
    let mut sight = desk.look().await?;
    let mut trouble = None;
    let screen = Screen::take();
    let mut pace = tokio::time::interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Its first tick is at once.
    pace.tick().await;
    loop {
        let size = screen::size();
        screen.draw(&page::lines(&sight, trouble.as_deref(), size.columns), size.rows);
        let looked = async {
            pace.tick().await;
            desk.look().await
        };
        tokio::select! {
            _ = signals.next() => return Ok(()),
            looked = looked => match looked {
                Ok(seen) => (sight, trouble) = (seen, None),
                Err(error) => trouble = Some(error.to_string()),
            },
        }
    }
}
