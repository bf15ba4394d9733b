//! What the world does, as data: a run is a list of steps, and the same list always makes the same run. Names chats by
//! the number of their customer and agents by their place, so that a list still means something when steps are left
//! out. Never holds an id that the engine made.

/// The number of a customer: each asks for one chat.
pub(crate) type Label = u32;

/// One step of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// Time that passes before it, in milliseconds.
    pub(crate) after_ms: u64,
    /// Whether the engine's timers sleep through that time, as a busy machine makes them.
    pub(crate) late: bool,
    /// What happens then.
    pub(crate) act: Act,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// Nothing but time.
    Wait,
    /// A request reaches the inbox.
    Send(Wish),
    /// The append that is under way ends, and everybody is told.
    Commit,
    /// The append that is under way ends, and the process dies before it has told anybody.
    CommitUnheard,
    /// The process dies; with power, the disk loses whatever part of the unsynced writes the number says.
    Kill { power: Option<u64> },
    /// The disk fails from now on; none mends it.
    Disk(Option<DiskFault>),
    /// Somebody sets the wall clock, by so many milliseconds.
    Jump(i64),
    /// From now on the rules are these.
    Rules(u32),
    /// The doors close and everybody goes home: nothing may be left over.
    Drain,
}

/// How the disk fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DiskFault {
    /// The n-th sync from now says EIO.
    Sync(u64),
    /// The n-th write from now says EIO after half of it.
    Write(u64),
    /// There is room for so many bytes more.
    Full(usize),
    /// The process dies at the n-th operation from now, whatever it is.
    Dead(u64),
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Who sends it.
    pub(crate) by: Who,
    /// Its idempotency key.
    pub(crate) key: Option<u32>,
    /// What is wanted.
    pub(crate) ask: Ask,
}

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Hark's own doors.
    Engine,
    /// An agent, by place.
    Agent(usize),
    /// The customer of a chat.
    Customer(Label),
    /// A plugin.
    Plugin,
}

/// An offer of a chat: the n-th that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OfferRef {
    /// The chat.
    pub(crate) chat: Label,
    /// Which of its offers, from 0.
    pub(crate) nth: usize,
}

/// What a plugin answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answered {
    /// So many matches, the first with a case or not.
    Matches(u8, bool),
    /// The log was filed.
    Attached,
    /// It failed, and another try may help or not.
    Failed(bool),
    /// Far too many matches, with texts as long as they come.
    Flood,
}

/// What is wanted. Numbers pick from small lists in `resolve.rs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Chat { label: Label, queue: usize, email: u32, watched: bool, form: u32 },
    Accept(OfferRef),
    Reject(OfferRef),
    Say { chat: Label, client: u32, text: u32 },
    Read { chat: Label, agent: bool, upto: u32 },
    Draft { chat: Label, text: u32 },
    ToQueue { chat: Label, queue: usize, note: bool },
    ToAgent { chat: Label, agent: usize, note: bool },
    End(Label),
    Codes { chat: Label, codes: u32, note: u32 },
    Extend(Label),
    Finish(Label),
    Link { chat: Label, customer: Option<u32> },
    LogDraft { chat: Label, body: u32 },
    LogSave { chat: Label, version: u32, body: u32, tied: bool },
    Answer { chat: Label, nth: usize, answered: Answered },
    Status { agent: usize, status: u32, stop_new: Option<bool> },
    AgentHere(usize),
    AgentGone(usize),
    CustomerHere(Label),
    CustomerGone(Label),
    LogIn(usize),
    LogOut { agent: usize, nth: usize },
    Hire { agent: usize, variant: u32 },
    Configure(u32),
}
