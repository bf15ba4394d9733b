//! The library through the plugin's table, as the engine calls it.

mod common;
use common::{Shelf, wait_until};
use hark_faq_search::FaqSearch;
use hark_plugin_sdk::abi::HarkPluginTableV1;
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, Json, export, json};

static TABLE: HarkPluginTableV1 = export::table::<FaqSearch>();

fn shelf() -> Shelf {
    let article = "---\ntitle: Reset the router\nkeywords: reboot\n---\nHold **RESET** for ten seconds.";
    Shelf::with(&[("net/reset.md", article), ("bad.md", "---\n")])
}

fn create(config: &Json) -> Result<Driver, Failure> {
    Driver::create(&TABLE, config)
}

#[test]
fn the_manifest_names_the_operations_and_the_configuration() {
    let manifest = Driver::manifest(&TABLE);
    assert_eq!(manifest["name"], "faq-search");
    let operations = ["faq.search/1", "faq.get/1", "faq.categories/1", "faq.feedback/1"];
    assert_eq!(manifest["capabilities"], json!(operations));
    let properties = manifest["config_schema"]["properties"].as_object().expect("an object");
    assert_eq!(properties.keys().collect::<Vec<_>>(), ["folder", "poll_ms", "state_path", "synonyms"]);
}

#[test]
fn the_four_operations_answer() {
    let shelf = shelf();
    let faq = create(&json!({ "folder": shelf.path(), "poll_ms": 50 })).expect("created");
    let logs: Vec<String> = faq.logs().into_iter().map(|(_, line)| line).collect();
    assert_eq!(
        logs,
        ["bad.md: has a head that is not closed by `---`", "1 articles indexed, 1 files left out"]
    );

    let answer = faq.call("faq.search/1", json!({ "text": "rebot ruoter", "limit": 5 })).expect("answered");
    let hit = &answer["hits"][0];
    assert_eq!(
        (&hit["id"], &hit["category"], &hit["language"]),
        (&json!("net/reset"), &json!("net"), &json!("en"))
    );
    assert_eq!(
        (&hit["title"], &hit["snippet"]),
        (&json!("Reset the router"), &json!("Hold RESET for ten seconds."))
    );
    assert!(hit["score"].as_f64().is_some_and(|score| score > 0.0));

    let article = faq.call("faq.get/1", json!({ "id": "net/reset" })).expect("answered");
    assert_eq!(article["body"], "Hold **RESET** for ten seconds.");
    let updated = article["updated_at"].as_str().expect("a time");
    assert!(updated.len() >= 20 && updated.ends_with('Z'), "{updated}");
    let missing = faq.call("faq.get/1", json!({ "id": "none" })).expect_err("no such article");
    assert_eq!(missing, Failure::not_found("there is no article none"));

    let categories = faq.call("faq.categories/1", json!({})).expect("answered");
    assert_eq!(categories, json!({ "categories": [{ "name": "net", "count": 1 }] }));
    assert_eq!(faq.call("faq.feedback/1", json!({ "id": "net/reset", "helpful": true })), Ok(json!({})));
    let missing =
        faq.call("faq.feedback/1", json!({ "id": "none", "helpful": true })).expect_err("no such article");
    assert!(matches!(missing, Failure::NotFound(_)), "{missing}");

    shelf.write("new.md", b"# Balloon");
    wait_until("the new article", || {
        let answer = faq.call("faq.search/1", json!({ "text": "balloon" })).expect("answered");
        answer["hits"][0]["id"] == "new"
    });
}

#[test]
fn verdicts_are_kept_where_configured() {
    let shelf = shelf();
    let state = shelf.path().join(".state/verdicts");
    let config = json!({ "folder": shelf.path(), "state_path": state });
    for helpful in [true, false] {
        let faq = create(&config).expect("created");
        faq.call("faq.feedback/1", json!({ "id": "net/reset", "helpful": helpful })).expect("counted");
    }
    let kept = std::fs::read_to_string(&state).expect("kept");
    let lines: Vec<&str> = kept.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 2, "{kept}");
}

#[test]
fn a_wrong_configuration_is_refused_with_its_reason() {
    for (config, reason) in [
        (json!({}), "folder"),
        (json!({ "folder": "/nowhere/at/all" }), "/nowhere/at/all"),
        (json!({ "folder": "/tmp", "poll_ms": 1 }), "poll_ms"),
        (json!({ "folder": "/tmp", "foldr": "x" }), "foldr"),
    ] {
        let failure = create(&config).err().expect("refused");
        assert!(matches!(&failure, Failure::Invalid(why) if why.contains(reason)), "{failure}");
    }
}
