//! Applies events about chat logs.

use super::{ChatLog, Filing, LogDraft, LogStatus, State};
use crate::event::Event;
use crate::id::ChatId;
use crate::time::Time;

impl State {
    pub(super) fn apply_to_log(&mut self, at: Time, event: &Event) {
        match event {
            Event::ChatLogOpened { log, .. } => {
                self.logs.insert(log.chat, log.clone());
                self.refresh_log(log.chat);
            }
            Event::ChatLogDraftSaved { chat, body } => self.change_log(*chat, at, |log| {
                let unsaved = if log.version > 1 { LogStatus::Saved } else { LogStatus::Open };
                log.status = if body.is_some() { LogStatus::Draft } else { unsaved };
                log.draft = body.as_ref().map(|body| LogDraft { body: (**body).clone(), updated_at: at });
            }),
            Event::ChatLogSaved { chat, version, body } => self.change_log(*chat, at, |log| {
                log.status = LogStatus::Saved;
                log.version = *version;
                log.body = (**body).clone();
                log.draft = None;
            }),
            Event::ChatLogFiled { chat, case } => {
                self.change_log(*chat, at, |log| log.filing = Filing::Filed { case: case.number.clone() });
            }
            Event::ChatLogFilingFailed { chat, why } => {
                self.change_log(*chat, at, |log| log.filing = Filing::Failed { why: why.clone() });
            }
            Event::ChatLogSettled { chat } => {
                self.logs.remove(chat);
                self.refresh_log(*chat);
            }
            _ => {}
        }
    }

    fn change_log(&mut self, chat: ChatId, at: Time, change: impl FnOnce(&mut ChatLog)) {
        if let Some(log) = self.logs.get_mut(&chat) {
            change(log);
            log.updated_at = at;
        }
        self.refresh_log(chat);
    }
}
