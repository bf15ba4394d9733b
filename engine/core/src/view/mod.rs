//! What people and programs are shown of the state: the JSON bodies of the API. Views borrow nothing and decide nothing.

mod chat;
mod desk;
mod guest;
mod log;
mod wallboard;

pub use chat::{ChatSummary, ChatView, ScreenPopView};
pub use desk::{DeskView, OfferView, QueueStrip, StatusView};
pub use guest::GuestChatView;
pub use log::{LogSummary, LogView};
pub use wallboard::{AgentView, QueueView, Wallboard};
