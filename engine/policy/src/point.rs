//! The decision points by name. What they ask and may be answered lies in `question` and `answer`.

/// A decision point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// Where does a chat go?
    RouteChat,
    /// May this offer be rejected?
    RejectPermission,
    /// What is shown to the agent?
    ScreenPop,
    /// What becomes of a message?
    Message,
    /// How does a chat log open?
    ChatLogMode,
    /// Is a log written to the CRM by itself?
    AutoLog,
}

impl Point {
    /// All points.
    pub const ALL: [Self; 6] = [
        Self::RouteChat,
        Self::RejectPermission,
        Self::ScreenPop,
        Self::Message,
        Self::ChatLogMode,
        Self::AutoLog,
    ];

    /// The name that `hark.on` takes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RouteChat => "route_chat",
            Self::RejectPermission => "reject_permission",
            Self::ScreenPop => "screen_pop",
            Self::Message => "message",
            Self::ChatLogMode => "chat_log_mode",
            Self::AutoLog => "auto_log",
        }
    }

    /// The point of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.name() == name)
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}
