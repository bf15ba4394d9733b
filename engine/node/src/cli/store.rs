//! The desk's store, opened by a command while no engine runs. It opens no door for anybody else and loads no script.

use crate::config::Config;
use crate::error::Error;
use crate::serve::runtime_options;
use hark_core::{Action, Actor, BuiltIn, Setup};
use hark_journal::Error as JournalError;
use hark_runtime::{Handle, OpenError, Runtime};
use std::path::Path;

/// Opens the store of a configuration, lets `work` use it, and closes it.
///
/// # Errors
/// The configuration has faults, an engine runs on the folder, or what `work` says.
pub(super) fn with_store<T>(
    file: &Path,
    work: impl AsyncFnOnce(&Handle, &Config) -> Result<T, Error>,
) -> Result<T, Error> {
    let config = Config::load(file).map_err(Error::Faults)?;
    let data_dir = config.data_dir();
    std::fs::create_dir_all(&data_dir).map_err(Error::io("make", &data_dir))?;
    // A journal that begins here is made as the engine would make it.
    let options = runtime_options(&config, &data_dir, Box::new(BuiltIn));
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::io("start", "the executor"))?;
    let (runtime, worked) = executor.block_on(async {
        let (runtime, handle) = Runtime::open(options).map_err(|error| explain(error, &data_dir))?;
        let worked = match configure(&handle, &config.setup).await {
            Ok(()) => work(&handle, &config).await,
            Err(error) => Err(error),
        };
        Ok::<_, Error>((runtime, worked))
    })?;
    // Whoever could still be told goes first: the engine's end waits for nobody then.
    drop(executor);
    runtime.stop();
    worked
}

/// Queues that are configured since the last start must be known. Whether there is a CRM only `serve` finds out.
async fn configure(handle: &Handle, setup: &Setup) -> Result<(), Error> {
    let crm = handle.read(|state| state.setup().crm).await?.value;
    let setup = Setup { crm, ..setup.clone() };
    handle.submit(Actor::Engine, Action::Configure(Box::new(setup)), None).await?;
    Ok(())
}

fn explain(error: OpenError, data_dir: &Path) -> Error {
    match error {
        OpenError::Journal(JournalError::Locked { pid, .. }) => Error::told(format!(
            "an engine{} runs on {}: stop it first, or ask it by POST /v1/agents and /v1/api-tokens",
            pid.map(|pid| format!(" (process {pid})")).unwrap_or_default(),
            data_dir.display()
        )),
        other => Error::Open(other),
    }
}
