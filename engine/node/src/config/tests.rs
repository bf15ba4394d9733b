//! What the configuration takes and what it says of what it does not take.

use super::*;

fn faults(text: &str) -> Vec<String> {
    let told = Config::parse("config.toml", text, Path::new("")).expect_err("it has faults");
    told.iter().map(ToString::to_string).collect()
}

#[test]
fn the_shipped_file_says_the_defaults() {
    let shipped = Config::parse("config.toml", SHIPPED, Path::new("")).expect("it has no faults");
    assert_eq!(shipped, Config::new(""));
}

#[test]
fn an_empty_file_means_the_defaults() {
    let empty = Config::parse("config.toml", "", Path::new("")).expect("it has no faults");
    assert_eq!(empty, Config::new(""));
}

/// The keys that a place knows, as the fault of one that it does not know tells them.
fn known_keys(text_with_zzz: &str) -> Vec<String> {
    let told = faults(text_with_zzz);
    let known = told.iter().find_map(|fault| fault.split_once("'zzz'")?.1.split_once("known are "));
    let (_, known) = known.expect("zzz is like no key");
    known.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_key_is_stated_in_the_shipped_file() {
    let places = [
        "zzz = 1",
        "[server]\nzzz = 1",
        "[http]\nzzz = 1",
        "[log]\nzzz = 1",
        "[journal]\nzzz = 1",
        "[limits]\nzzz = 1",
        "[grace]\nzzz = 1",
        "[reasons]\nzzz = 1",
        "[queues.support]\nzzz = 1",
        "[queues.support.overflow]\nzzz = 1",
        "[[queues.support.codes]]\nzzz = 1",
        "[[code_lists.outcome]]\nzzz = 1",
        "[scripts]\nzzz = 1",
        "[[plugins]]\nzzz = 1",
        "[[widgets]]\nzzz = 1",
    ];
    for place in places {
        for key in known_keys(place) {
            let said = [
                format!("\n{key} = "),
                format!("\n# {key} = "),
                format!("{{ {key} = "),
                format!(", {key} = "),
            ];
            let section =
                [format!("\n[{key}]"), format!("\n[{key}."), format!("\n[[{key}]]"), format!(".{key}.")];
            let stated = said.iter().chain(&section).any(|said| SHIPPED.contains(said.as_str()));
            assert!(stated, "config.toml does not state {key} of {place}");
        }
    }
}

#[test]
fn an_unknown_key_is_told_with_its_place_and_the_nearest_known_one() {
    assert_eq!(
        faults("[queues.support]\ntitle = \"Hü\"\nacceptence_s = 20\n"),
        ["config.toml:3:1: unknown key 'acceptence_s' in [queues.support], did you mean 'acceptance_s'?"]
    );
    assert_eq!(
        faults("[sever]\nlisten = \"127.0.0.1:1\""),
        ["config.toml:1:2: unknown key 'sever', did you mean 'server'?"]
    );
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_their_lines() {
    let text = "default_queue = \"suport\"\n[server]\nlisten = \"here\"\n[limits]\ncapacity = 99\n\
        agent_message_chars = \"many\"\n[grace]\nagent_chats = \"drop\"\n[queues.support]\nreject_allowed = 1\n\
        skills = { german = 11 }\n";
    assert_eq!(
        faults(text),
        [
            "config.toml:1:17: default_queue: there is no queue 'suport', did you mean 'support'?",
            "config.toml:3:10: server.listen must be an address and a port, such as \"127.0.0.1:7070\"; it is \"here\"",
            "config.toml:5:12: limits.capacity must be a whole number from 1 to 20; it is 99",
            "config.toml:6:23: limits.agent_message_chars must be a whole number from 1 to 20000; it is the text \"many\"",
            "config.toml:8:15: grace.agent_chats must be one of \"keep\", \"requeue\", \"end\"; it is the text \"drop\"",
            "config.toml:10:18: queues.support.reject_allowed must be true or false; it is 1",
            "config.toml:11:21: queues.support.skills.german must be a whole number from 1 to 10; it is 11",
        ]
    );
}

#[test]
fn what_belongs_together_is_looked_at_together() {
    let text = "[queues.a]\noverflow = { to = \"bb\", after_s = 60 }\npost_processing_s = 0\n\
        codes = [{ list = \"out\", mandatory = true }, { list = \"gone\" }]\n[queues.b]\n\
        overflow = { to = \"b\" }\n[code_lists]\nout = [{ code = \"A\", title = \"A\" }, { code = \"A\", title = \"B\" }]\n\
        [grace]\nagent_offers_s = 400\n";
    let told = faults(text).join("\n");
    for part in [
        "there is no queue 'bb'",
        "config.toml:3:21: queues.a.post_processing_s is 0, but the code list 'out' is mandatory",
        "there is no code list 'gone'",
        "queues.b.overflow.to is the queue itself",
        "'A' is there twice",
        "agent_log_out_s is 300 and must not be less than agent_offers_s, which is 400",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
}

#[test]
fn a_broken_document_is_told_with_its_place() {
    let told = faults("[server\nlisten = 3\n[limits]\ncapacity = 0\n");
    assert!(told[0].starts_with("config.toml:1:"), "{told:?}");
    assert!(told.iter().any(|fault| fault.contains("limits.capacity must be")), "{told:?}");
}

#[test]
fn plugins_and_widgets_need_names_of_their_own() {
    let text = "plugins = [{ name = \"x\", path = \"a\" }, { name = \"x\", isolation = \"cage\" }, { path = \"b\" }]\n\
        widgets = [{ key = \"w\", queues = [\"sales\"] }, { key = \"w\" }]\n";
    let told = faults(text).join("\n");
    for part in [
        "two plugins are named 'x'",
        "plugins.isolation must be",
        "plugins.name is missing",
        "two widgets have the key 'w'",
        "there is no queue 'sales'",
    ] {
        assert!(told.contains(part), "{part} is not in\n{told}");
    }
}
