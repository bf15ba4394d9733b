//! Help centres behind REST interfaces, through the plugin's table: Zendesk Guide is replayed in its documented shapes by
//! an HTTPS server of the tests' own, and one of an admin's own is made of templates alone.

#[path = "../../../net/tests/net/authority.rs"]
mod authority;
mod library;
#[path = "../../../sdk/tests/plugins/opened.rs"]
mod opened;
mod own;
#[path = "../../../rest/tests/rest/server.rs"]
#[allow(dead_code, reason = "other plugins' tests use all of it")]
mod server;
mod zendesk;

use hark_plugin_sdk::faq::{CategoriesAnswer, FaqHit, SearchAnswer};
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, Json, json};

fn create(config: &Json) -> Result<Driver, Failure> {
    Driver::create(&hark_faq_http::hark_plugin_v1, config)
}

fn search(faq: &Driver, request: Json) -> Result<Vec<FaqHit>, Failure> {
    let answer = faq.call("faq.search/1", request)?;
    Ok(serde_json::from_value::<SearchAnswer>(answer).expect("hits").hits)
}

fn categories(faq: &Driver) -> Vec<(String, u32)> {
    let answer = faq.call("faq.categories/1", json!({})).expect("listed");
    let answer: CategoriesAnswer = serde_json::from_value(answer).expect("categories");
    answer.categories.into_iter().map(|category| (category.name, category.count)).collect()
}

#[test]
fn the_manifest_names_every_operation() {
    let manifest = Driver::manifest(&hark_faq_http::hark_plugin_v1);
    assert_eq!(manifest["name"], "faq-http");
    assert_eq!(manifest["capabilities"], json!(hark_plugin_sdk::faq::OPERATIONS));
    assert_eq!(manifest["config_schema"]["required"], json!(["server"]));
}
