//! For each model of theory the configuration and the traffic that are that model, exactly: agents answer at once, there
//! is no wrap-up, and longest idle, first come first served is what the desk does anyway.

use crate::formulas::{
    Figures, erlang_a, erlang_b, erlang_c, least_loaded, many_servers, pollaczek_khinchine, priority, skills,
};
use hark_core::setup::{QueueSetup, Setup, Strategy};
use hark_sim::{Arrivals, Draw, Group, Handling, Kind, Rate, Results, Scenario, simulate};

/// Seconds of an hour.
const HOUR: f64 = 3600.0;
/// Replications of each model.
const REPLICATIONS: u32 = 20;
/// Most chats that one model may take.
const MOST_CHATS: f64 = 900_000.0;
/// Fewest chats that a model takes.
const FEWEST_CHATS: f64 = 250_000.0;
/// Turns a customer away whom nobody could be offered to at once: how a desk without a place to wait is configured.
const LOSS: &str = "hark.on('route_chat', function(chat, queues)
    for _, queue in queues do
        if queue.ready == 0 then return { turn_away = 'Everybody is busy.' } end
    end
    return nil
end)
";

/// A model as a desk, and what theory says of one of its queues.
pub(crate) struct Desk {
    pub(crate) name: String,
    pub(crate) theory: Figures,
    queue: String,
    scenario: Scenario,
    setup: Setup,
    loss: bool,
}

impl Desk {
    fn new(name: &str, queues: &[(String, QueueSetup)], watched: usize, theory: Figures) -> Self {
        let setup = Setup { queues: queues.iter().cloned().collect(), ..Setup::default() };
        Self {
            name: name.to_owned(),
            theory,
            queue: queues[watched].0.clone(),
            scenario: Scenario { replications: REPLICATIONS, slices: 1, ..Scenario::default() },
            setup,
            loss: false,
        }
    }

    fn comes(&mut self, queue: &str, per_hour: f64, handle: Draw, patience: Option<f64>) {
        let kind = Kind::new(queue, Arrivals::Poisson(Rate::Constant { per_hour }));
        let patience = patience.map(|mean_s| Draw::Exponential { mean_s });
        self.scenario.traffic.push(Kind { patience, ..kind });
        let handling = Handling { handle: Some(handle), ..Handling::default() };
        self.scenario.queues.insert(queue.to_owned(), handling);
    }

    /// How long is run, from how busy the desk is: the variance of a mean wait grows with (1-ρ)⁻² (Whitt 1989).
    fn runs_for(mut self, load: f64, handle: f64, agents: u32) -> Self {
        let spare = 1.0 - load;
        let per_hour: f64 = self.scenario.traffic.iter().map(|kind| rate_of(&kind.arrivals)).sum();
        let chats = (8_000.0 / spare.powi(2)).clamp(FEWEST_CHATS, MOST_CHATS);
        let relaxes = handle / f64::from(agents) / (1.0 - load.min(0.98).sqrt()).powi(2);
        self.scenario.warm_up_ms = ((4.0 * relaxes + 8.0 * handle) * 1000.0) as u64;
        self.scenario.length_ms = (chats / f64::from(REPLICATIONS) / per_hour * HOUR * 1000.0) as u64;
        self
    }

    /// Runs it with this seed.
    pub(crate) fn run(&mut self, seed: u64) -> Results {
        self.scenario.seed = seed;
        if !self.loss {
            let rules = &mut hark_core::BuiltIn;
            return simulate(&self.scenario, &self.setup, rules, &mut |_| {})
                .expect("the desk can be staffed");
        }
        let folder = std::env::temp_dir().join(format!("hark-loss-{}-{}", std::process::id(), self.name));
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        std::fs::write(folder.join("loss.lua"), LOSS).expect("a script can be written");
        let mut options = hark_policy::Options::new(&folder, &["loss.lua"]);
        // A busy machine must not make the script fail.
        (options.budget.cpu_ms, options.budget.wall_ms) = (1000, 10_000);
        let mut rules = hark_policy::Scripts::load(options).expect("the script is sound");
        let results = simulate(&self.scenario, &self.setup, &mut rules, &mut |_| {});
        std::fs::remove_dir_all(&folder).expect("the folder can be removed");
        let failed: u64 = rules.stats().entries().iter().map(|entry| entry.errors).sum();
        assert_eq!(failed, 0, "the script answered every question");
        results.expect("the desk can be staffed")
    }

    /// What the simulation says of a figure of theory.
    pub(crate) fn found(&self, results: &Results, figure: &str) -> hark_sim::Estimate {
        let queue = &results.queues[&self.queue];
        let found = match figure {
            "P(wait)" => queue.waited,
            "wait" => queue.wait_s,
            "served wait" => queue.served_wait_s,
            "answer" => queue.answer_s,
            "service level" => queue.service_level,
            "abandoned" => queue.abandoned,
            "blocked" => queue.blocked,
            "waiting" => queue.waiting,
            "occupancy" => self.occupancy(results),
            "active" => results.moments[0].active[&self.queue],
            other => panic!("no figure {other}"),
        };
        found.unwrap_or_else(|| panic!("{}: {figure} was not counted", self.name))
    }

    /// Of the agents of the watched queue alone, where others have agents of their own.
    fn occupancy(&self, results: &Results) -> Option<hark_sim::Estimate> {
        let alone = self.scenario.agents.iter().find(|group| group.queues == [self.queue.clone()]);
        match alone.filter(|_| self.scenario.agents.len() > 1 && self.scenario.queues.len() > 1) {
            None => results.occupancy,
            Some(group) => results.groups[&group.name].occupancy,
        }
    }
}

fn rate_of(arrivals: &Arrivals) -> f64 {
    match arrivals {
        Arrivals::Poisson(rate) => rate.at(0.0),
        Arrivals::Regular { per_hour } => *per_hour,
    }
}

/// A queue without wrap-up.
fn queue(name: &str, threshold: f64) -> (String, QueueSetup) {
    let setup = QueueSetup {
        post_processing_s: 0,
        service_level_s: threshold as u32,
        transfer_when_empty: true,
        ..QueueSetup::default()
    };
    (name.to_owned(), setup)
}

fn exponential(mean_s: f64) -> Draw {
    Draw::Exponential { mean_s }
}

/// M/M/N, and M/M/N+M with patience.
pub(crate) fn line(
    name: &str,
    agents: u32,
    per_hour: f64,
    handle: f64,
    patience: Option<f64>,
    threshold: f64,
) -> Desk {
    let rate = per_hour / HOUR;
    let theory = match patience {
        None => erlang_c(agents, rate, handle, threshold),
        Some(patience) => erlang_a(agents, rate, handle, patience, threshold),
    };
    let mut desk = Desk::new(name, &[queue("line", threshold)], 0, theory);
    desk.comes("line", per_hour, exponential(handle), patience);
    desk.scenario.agents.push(Group::new("agent", agents, &["line"]));
    let busy = patience.map_or(rate * handle / f64::from(agents), |_| 0.5);
    desk.runs_for(busy, handle, agents)
}

/// M/M/N with classes: a queue each, all served by all, with falling priorities.
pub(crate) fn classes(
    name: &str,
    agents: u32,
    rates: &[f64],
    class: usize,
    handle: f64,
    threshold: f64,
) -> Desk {
    let per_second: Vec<f64> = rates.iter().map(|rate| rate / HOUR).collect();
    let theory = priority(agents, &per_second, class, handle, threshold);
    let queues: Vec<_> = (0..rates.len()).map(|class| queue(&format!("class-{class}"), threshold)).collect();
    let mut desk = Desk::new(name, &queues, class, theory);
    for (class, per_hour) in rates.iter().enumerate() {
        let name = &queues[class].0;
        desk.setup.queues.get_mut(name).expect("it was just made").priority = 9 - class as u8;
        desk.comes(name, *per_hour, exponential(handle), None);
    }
    let names: Vec<&str> = queues.iter().map(|(name, _)| name.as_str()).collect();
    desk.scenario.agents.push(Group::new("agent", agents, &names));
    let load = per_second.iter().sum::<f64>() * handle / f64::from(agents);
    desk.runs_for(load, handle, agents)
}

/// M/G/N/N: a script turns away whom nobody is ready for.
pub(crate) fn loss(name: &str, agents: u32, per_hour: f64, handle: Draw) -> Desk {
    let mean = handle.mean_s();
    let blocked = erlang_b(agents, per_hour / HOUR * mean);
    let theory = Figures { blocked: Some(blocked), ..Figures::default() };
    let mut desk = Desk::new(name, &[queue("line", 20.0)], 0, theory);
    desk.comes("line", per_hour, handle, None);
    desk.scenario.agents.push(Group::new("agent", agents, &["line"]));
    desk.loss = true;
    desk.runs_for(0.6, mean, agents)
}

/// Kinds of customers whom only some of the agents serve: a queue each.
pub(crate) fn kinds(name: &str, rates: &[f64], can: &[Vec<usize>], kind: usize, handle: f64) -> Desk {
    let per_second: Vec<f64> = rates.iter().map(|rate| rate / HOUR).collect();
    let agents = 1 + can.iter().flatten().max().expect("somebody serves somebody");
    let theory = skills(&per_second, can, agents, handle, kind);
    let queues: Vec<_> = (0..rates.len()).map(|kind| queue(&format!("kind-{kind}"), 20.0)).collect();
    let mut desk = Desk::new(name, &queues, kind, theory);
    for (kind, per_hour) in rates.iter().enumerate() {
        desk.comes(&queues[kind].0, *per_hour, exponential(handle), None);
    }
    for agent in 0..agents {
        let serves = (0..rates.len()).filter(|kind| can[*kind].contains(&agent));
        let names: Vec<&str> = serves.map(|kind| queues[kind].0.as_str()).collect();
        desk.scenario.agents.push(Group::new(&format!("agent-{agent}"), 1, &names));
    }
    let load = per_second.iter().sum::<f64>() * handle / agents as f64;
    desk.runs_for(load, handle, agents as u32)
}

/// Several chats at a time: `per_minute` are an agent's total rates with one chat, two chats, …
pub(crate) fn concurrency(
    name: &str,
    agents: u32,
    per_hour: f64,
    per_minute: &[f64],
    patience: f64,
    threshold: f64,
) -> Desk {
    let speeds: Vec<f64> = per_minute.iter().map(|rate| rate / 60.0).collect();
    let theory = least_loaded(agents, per_hour / HOUR, &speeds, patience, threshold);
    let mut desk = Desk::new(name, &[queue("line", threshold)], 0, theory);
    desk.setup.queues.get_mut("line").expect("it was just made").strategy = Strategy::LeastBusy;
    let handle = 1.0 / speeds[0];
    desk.comes("line", per_hour, exponential(handle), Some(patience));
    let relative = speeds.iter().map(|speed| speed / speeds[0]).collect();
    let group = Group::new("agent", agents, &["line"]);
    desk.scenario.agents.push(Group { capacity: speeds.len() as u8, speeds: relative, ..group });
    desk.runs_for(0.8, handle, agents)
}

/// M/G/1: one agent who takes time to answer, misses offers, and wraps up.
pub(crate) fn slow_answers(name: &str, per_hour: f64, handle: f64, extra: [f64; 4]) -> Desk {
    let [delay, wrap, miss, expires] = extra;
    let theory = pollaczek_khinchine(per_hour / HOUR, handle, extra);
    let mut desk = Desk::new(name, &[queue("line", 20.0)], 0, theory);
    let setup = desk.setup.queues.get_mut("line").expect("it was just made");
    (setup.acceptance_s, setup.post_processing_s) = (expires as u32, wrap as u32);
    desk.comes("line", per_hour, exponential(handle), None);
    let answer = Draw::Fixed { mean_s: delay };
    desk.scenario.agents.push(Group { answer, miss, ..Group::new("agent", 1, &["line"]) });
    desk.runs_for(theory.occupancy.expect("it is told"), handle, 1)
}

/// M_t/M/∞: more agents than chats, looked at at one moment of many short runs.
pub(crate) fn wave(name: &str, per_hour: f64, amplitude: f64, period: f64, handle: f64, at: f64) -> Desk {
    let active = many_servers(per_hour / HOUR, amplitude / HOUR, period, handle, at);
    let theory = Figures { active: Some(active), ..Figures::default() };
    let mut desk = Desk::new(name, &[queue("line", 20.0)], 0, theory);
    desk.comes("line", per_hour, exponential(handle), None);
    desk.scenario.traffic[0].arrivals = Arrivals::Poisson(Rate::Swing {
        per_hour,
        amplitude_per_hour: amplitude,
        period_ms: (period * 1000.0) as u64,
        begins_ms: 0,
    });
    let agents = 20 + (active * 4.0) as u32;
    desk.scenario.agents.push(Group::new("agent", agents, &["line"]));
    let at_ms = (at * 1000.0) as u64;
    desk.scenario.moments_ms = vec![at_ms];
    desk.scenario.replications = 300;
    // What came many handle times before has left: the runs begin there.
    desk.scenario.length_ms = at_ms + 1;
    desk
}

/// Two queues with agents of their own; part of the first one's chats is handed on to the second. Figures of the first,
/// or of the second.
pub(crate) fn network(
    name: &str,
    [first, second]: [f64; 2],
    chance: f64,
    [agents, others]: [u32; 2],
    handle: f64,
    watched: usize,
) -> Desk {
    // What comes out of M/M/N is Poisson again (Burke 1956), so each node is an M/M/N by itself (Jackson 1957).
    let both = [(agents, first), (others, second + chance * first)];
    let theory = erlang_c(both[watched].0, both[watched].1 / HOUR, handle, 20.0);
    let mut desk = Desk::new(name, &[queue("a", 20.0), queue("b", 20.0)], watched, theory);
    desk.comes("a", first, exponential(handle), None);
    desk.comes("b", second, exponential(handle), None);
    desk.scenario.queues.get_mut("a").expect("it was just made").transfers = vec![("b".to_owned(), chance)];
    desk.scenario.agents = vec![Group::new("a", agents, &["a"]), Group::new("b", others, &["b"])];
    let load =
        both.map(|(agents, rate)| rate / HOUR * handle / f64::from(agents)).into_iter().fold(0.0, f64::max);
    desk.runs_for(load, handle, agents.min(others))
}

/// Capacity of a test's own second node: enough for its work at four fifths.
pub(crate) fn agents_for(per_hour: f64, handle: f64) -> u32 {
    (per_hour / HOUR * handle / 0.7).ceil() as u32
}
