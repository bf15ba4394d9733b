// The wire as the pages see it: what engine/core/src/view sends, for the checker only.

export type Side = "customer" | "agent";
export type EndedBy = "agent" | "customer" | "customer_gone" | "supervisor" | "agent_gone" | "abandoned";
export type Stage = "waiting" | "offered" | "active" | "ended" | "closed" | "abandoned";
export type Shown = "logged_out" | "available" | "busy" | "post_processing" | "on_break" | "work_offline";

export interface Message {
  id: string; seq: number; from: Side; agent_id?: string; kind: "text" | "note" | "faq" | "greeting";
  client_id: string; text: string; at: string;
}
export interface Receipt { delivered: number; read: number }
export interface Form {
  name: string; email?: string; phone?: string; account?: string; case?: string; question?: string;
  language?: string; page?: string; faq?: string; queue?: string;
}
export interface Customer {
  id: string; name: string; email?: string; phone?: string; account?: string; company?: string; language?: string;
  vip?: boolean; since?: string; notes?: string; fields?: Record<string, string>; version?: number;
}
export interface Case {
  id: string; number: string; customer_id?: string; subject: string; status: string; opened_at: string;
  updated_at: string; notes?: { at: string; author: string; text: string }[];
}
export interface Match { customer: Customer; case?: Case; open_cases: number; score: number; by: string }
export interface ScreenPop {
  kind: string; on?: string; matches?: Match[]; fields?: Record<string, string>; url?: string; why?: string;
}
export interface NextStatus { status: string; reason?: string }
export interface StatusView {
  status: Shown; chosen: string; reason?: string; next?: NextStatus; stop_new: boolean; missed: boolean; rests_until?: string; since: string;
  capacity: number; load: number; connected: boolean;
}
export interface OfferView {
  id: string; chat_id: string; queue: string; queue_title: string; name: string; question?: string;
  requested_at: string; presented_at: string; expires_at: string; can_reject: boolean; reject_reason?: string;
  screen_pop: ScreenPop;
}
export interface Candidate {
  agent_id: string; name: string; status: Shown; capacity: number; load: number; skills?: Record<string, number>;
  idle_since: string; could: boolean; obstacle?: { what: string };
}
export interface ScriptSay {
  point: string; answer: string; policy: string;
  answered?: { who: "built_in" } | { who: "script"; file: string } | { who: "default"; file: string; why: string };
}
export interface ExplainedStep {
  at: string; kind: string; says: string; agent_id?: string; rules?: { rule: string; says: string }[];
  scripts?: ScriptSay[]; desk?: { candidates: Candidate[] };
}
export interface Explanation {
  chat_id: string; name: string; requested_at: string; summary: string; whole: boolean; missing?: string;
  steps: ExplainedStep[];
}
export interface ChosenCode { list: string; code: string }
export interface CodeRule { list: string; mandatory: boolean; several: boolean }
export interface Code { code: string; title: string }
export interface Moment { at: string; after_seq: number; what: string; queue?: string; agent?: string; from?: string; to?: string; by?: EndedBy }
export interface PostProcessing { since: string; until: string; extended: number; held: boolean }
export interface Draft { text: string; updated_at: string }
export interface ChatSummary {
  id: string; state: Stage; queue: string; queue_title: string; priority: number; agent_id?: string; name: string;
  question?: string; requested_at: string; accepted_at?: string; ended_at?: string; messages: number;
}
export interface ChatView extends ChatSummary {
  form: Form; transcript: Message[]; moments: Moment[]; screen_pop: ScreenPop; customer?: Customer; case_id?: string;
  customer_connected: boolean; customer_receipt: Receipt; agent_receipt: Receipt; codes: ChosenCode[];
  code_rules: CodeRule[]; note: string; draft?: Draft; ended_by?: EndedBy; post_processing?: PostProcessing;
  extends_left: number; log_mode?: "view" | "edit" | "none";
}
export interface LogBody {
  subject: string; notes: string; codes: ChosenCode[]; customer_id?: string; customer_name?: string; case_id?: string;
}
export interface LogSummary {
  chat_id: string; agent_id: string; queue: string; customer: string; subject: string; status: "open" | "draft" | "saved";
  mode: "view" | "edit" | "none"; version: number; started_at: string; ended_at: string; updated_at: string;
}
export interface LogView extends LogSummary {
  body: LogBody; draft?: { body: LogBody; updated_at: string };
  filing: { state: "not_asked" | "pending" | "filed" | "failed"; case?: string; why?: string };
  code_rules: CodeRule[]; editable: boolean;
}
export interface QueueStrip { id: string; queue: string; title: string; waiting: number; oldest_at?: string }
export interface DeskView {
  agent_id: string; name: string; role: string; status: StatusView; offers: OfferView[]; chats: ChatView[];
  logs: LogSummary[]; queues: QueueStrip[]; all_queues: Record<string, string>; code_lists: Record<string, Code[]>;
  reasons: Record<string, string[]>; message_limit: number; now: string; cursor: string;
}
export interface GuestChat {
  id: string; state: Stage; queue: string; position?: number; agent?: string; form: Form; transcript: Message[];
  last_seq: number; agent_receipt: Receipt; requested_at: string; ended_by?: EndedBy; message_limit: number; now: string;
  cursor: string;
}
export interface QueueView {
  id: string; queue: string; title: string; waiting: number; offered: number; active: number; oldest_at?: string;
  ready: number; agents: Record<string, number>; service_level_s: number;
}
export interface AgentView {
  id: string; login: string; name: string; role: string; status: StatusView; queues: string[];
  skills: Record<string, number>; chats: string[]; wrap_ups: string[]; missed_today: number; disabled: boolean;
}
export interface Wallboard { queues: QueueView[]; agents: AgentView[]; now: string }
export interface FaqHit { id: string; title: string; snippet: string; category?: string; language?: string; score?: number }
export interface Article { id: string; title: string; body: string; category?: string; language?: string; updated_at?: string }

export interface ScriptFault { file: string; line: number; column?: number; message: string }
export interface LastError extends ScriptFault { at: string; point: string }
export interface PointView {
  point: string; calls: number; answers: number; calls_per_minute: number; p50_us: number; p95_us: number; errors: number;
  errors_last_hour: number; defaults: number; last_error?: LastError;
}
export interface ScriptView {
  name: string; kind: "policy" | "test"; state: "on" | "off" | "set_aside" | "not_asked"; place?: number; version: string;
  changed_at?: string; changed_by?: string; calls: number; calls_per_minute: number; p50_us: number; p95_us: number;
  errors: number; errors_last_hour: number; last_error?: LastError; points: PointView[];
}
export interface ScriptText extends ScriptView { text: string }
export interface TestView { name: string; failure?: string }
export interface ChangeView { at: string; chat_id: string; point: string; was: string; would_be: string }
export interface RecordedView { asked: number; same: number; different: number; failures: string[]; changes: ChangeView[]; says: string }
export interface Trial { ok: boolean; version: string; faults: ScriptFault[]; tests?: TestView[]; recorded?: RecordedView; took_ms: number }
export interface VersionView { number: number; version: string; at: string; by?: string; note: string; live: boolean }
export interface PluginView {
  name: string; path: string; sha256: string; version: string; abi: string; isolation: string; pid?: number;
  memory_kib?: number; state: string; restarts: number; reloads: number; operations: string[]; calls: number; errors: number;
  timeouts: number; dropped: number; last_error?: string; median_us: number; p95_us: number;
}
export interface ReactionView {
  script: string; event: string; events: number; calls: number; errors: number; retries: number; passed_over: number;
  total_us: number; p95_us: number; lag_ms: number; last_error?: Omit<LastError, "point">;
}
export interface Deed {
  number: number; at: string; by: { kind: string }; name?: string; what: string; subject: string; before?: string;
  after?: string; note?: string;
}

/** The one envelope of every transport. `local.*` and `*.loaded` are made by the pages themselves. */
export interface Envelope {
  v?: number; id?: string; cursor?: string; type: string; ts?: string; chat_id?: string; seq?: number;
  actor?: { kind: string; id?: string }; data?: any;
  /** Of what was read: the last event that was known when it was asked for. */
  after?: string;
}

/** A chat on the agent's desk. */
export interface Chat {
  id: string;
  /** Whether the whole view has been read; until then it is what events told. */
  loaded: boolean;
  stage: Stage | "gone" | "unknown";
  messages: Message[];
  moments: Moment[];
  view: Partial<ChatView>;
  customer_receipt: Receipt; agent_receipt: Receipt;
  /** When the other side was last told to be typing, 0 when not; page time. */
  typing: number;
}
export interface Log { summary: Partial<LogSummary> & { chat_id: string }; filing?: LogView["filing"] }
export interface State {
  me: { id: string; name: string; role: string } | null;
  status: StatusView | null;
  offers: Record<string, OfferView>;
  chats: Record<string, Chat>;
  logs: Record<string, Log>;
  queues: QueueStrip[];
  setup: { queues: Record<string, string>; codes: Record<string, Code[]>; reasons: Record<string, string[]>; limit: number };
  wallboard: Wallboard | null;
  guest: Guest | null;
  cursor: string;
  /** Cursor of the snapshot that all this began with: what is not after it is known already. */
  floor: string;
  /** Which event last set each register, by its cursor. */
  marks: Record<string, string>;
}
export interface Guest {
  id: string; state: Stage; queue: string; position: number; agent: string; form: Form; messages: Message[];
  agent_receipt: Receipt; typing: number; ended_by: EndedBy | ""; message_limit: number; requested_at: string;
  /** What was told besides messages, with its place. */
  lines: { at: string; after_seq: number; what: string; detail: string }[];
}
export interface OutboxItem {
  client_id: string; chat_id: string; text: string; kind: "text" | "note" | "faq"; at: number;
  state: "waiting" | "sending" | "failed"; why: string;
}
