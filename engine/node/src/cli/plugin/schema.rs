//! `hark plugin schema`: JSON Schemas for whoever writes a plugin or its configuration, made from the types themselves.

use super::check::look;
use crate::error::Error;
use crate::say::say;
use clap::Args;
use hark_plugin_sdk::payloads::{PAYLOADS, Payload};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Which schemas are wanted.
#[derive(Debug, Args)]
pub(in super::super) struct Schema {
    /// An operation such as crm.lookup/1, or a plugin's library; all operations when left out
    #[arg(value_name = "OPERATION|FILE")]
    what: Option<String>,
}

pub(super) fn schema(wish: &Schema) -> Result<(), Error> {
    let schema = match wish.what.as_deref() {
        None => PAYLOADS
            .iter()
            .map(|payload| (payload.operation.to_owned(), of(payload)))
            .collect::<Map<_, _>>()
            .into(),
        Some(what) => match PAYLOADS.iter().find(|payload| payload.operation == what) {
            Some(payload) => of(payload),
            None => of_library(what)?,
        },
    };
    say(serde_json::to_string_pretty(&schema).expect("a schema is plain data"));
    Ok(())
}

fn of(payload: &Payload) -> Value {
    json!({ "request": payload.request_schema(), "answer": payload.answer_schema() })
}

fn of_library(file: &str) -> Result<Value, Error> {
    let known = PAYLOADS.iter().map(|payload| payload.operation).collect::<Vec<_>>().join(", ");
    if !Path::new(file).exists() {
        let what = format!("{file} is neither a file nor one of the operations {known}");
        return Err(Error::told(what));
    }
    let looked = look(Path::new(file))?.map_err(|why| Error::told(format!("{file}: {why}")))?;
    Ok(looked.manifest.config_schema)
}
