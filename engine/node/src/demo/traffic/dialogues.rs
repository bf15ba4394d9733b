//! What simulated customers and agents say to each other: a text file in the binary.

/// The file.
const TEXT: &str = include_str!("dialogues.txt");
/// First names of simulated customers.
pub(super) const NAMES: [&str; 16] = [
    "Amina", "Bruno", "Chen", "Dilek", "Emil", "Fatou", "Goran", "Hanna", "Ivo", "Jun", "Kaia", "Luis",
    "Mira", "Noor", "Otto", "Priya",
];

/// A conversation: the agent speaks first, then in turns.
#[derive(Debug)]
pub(super) struct Dialogue {
    /// The queue that it belongs to.
    pub(super) queue: &'static str,
    /// What the customer asks to begin with.
    pub(super) question: &'static str,
    /// The agent's lines.
    pub(super) agent: Vec<&'static str>,
    /// The customer's lines.
    pub(super) customer: Vec<&'static str>,
}

/// All conversations.
pub(super) fn all() -> Vec<Dialogue> {
    let mut all: Vec<Dialogue> = Vec::new();
    for line in TEXT.lines() {
        if let Some((queue, question)) = line.strip_prefix("= ").and_then(|line| line.split_once(" | ")) {
            all.push(Dialogue { queue, question, agent: Vec::new(), customer: Vec::new() });
        } else if let Some(dialogue) = all.last_mut() {
            dialogue.agent.extend(line.strip_prefix("> "));
            dialogue.customer.extend(line.strip_prefix("< "));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    #[test]
    fn everybody_speaks_in_turns() {
        let all = super::all();
        assert!(all.len() > 5);
        for dialogue in &all {
            assert_eq!(dialogue.agent.len(), dialogue.customer.len() + 1, "{}", dialogue.question);
        }
    }
}
