//! The decision points by name. What they ask and may be answered lies in `question` and `answer`.

/// A decision point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// Where does a chat go?
    RouteChat,
    /// Which of several agents comes first?
    RankAgents,
    /// What is a waiting chat let go of?
    Relax,
    /// May this offer be rejected?
    RejectPermission,
    /// What becomes of an agent who missed an offer?
    AfterMissedOffer,
    /// What is shown to the agent?
    ScreenPop,
    /// What does the desk say to the customer?
    Greet,
    /// What becomes of a message?
    Message,
    /// What becomes of a chat whose customer is gone?
    CustomerLeft,
    /// What becomes of a chat whose agent is gone?
    AgentLeft,
    /// How long is a wrap-up, and what does it need?
    PostProcessing,
    /// How does a chat log open?
    ChatLogMode,
    /// Is a log written to the CRM by itself?
    AutoLog,
}

impl Point {
    /// All points.
    pub const ALL: [Self; 13] = [
        Self::RouteChat,
        Self::RankAgents,
        Self::Relax,
        Self::RejectPermission,
        Self::AfterMissedOffer,
        Self::ScreenPop,
        Self::Greet,
        Self::Message,
        Self::CustomerLeft,
        Self::AgentLeft,
        Self::PostProcessing,
        Self::ChatLogMode,
        Self::AutoLog,
    ];

    /// The name that `hark.on` takes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RouteChat => "route_chat",
            Self::RankAgents => "rank_agents",
            Self::Relax => "relax",
            Self::RejectPermission => "reject_permission",
            Self::AfterMissedOffer => "after_missed_offer",
            Self::ScreenPop => "screen_pop",
            Self::Greet => "greet",
            Self::Message => "message",
            Self::CustomerLeft => "customer_left",
            Self::AgentLeft => "agent_left",
            Self::PostProcessing => "post_processing",
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
