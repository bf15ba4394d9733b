//! Words that mean the same: they find one another in every form, and never count more than the word itself.

mod common;
use common::{Shelf, ids};
use hark_faq_search::{FaqSearch, Library, Options, Synonyms};
use hark_plugin_sdk::abi::HarkPluginTableV1;
use hark_plugin_sdk::testing::Driver;
use hark_plugin_sdk::{Failure, export, json};

static TABLE: HarkPluginTableV1 = export::table::<FaqSearch>();

fn shelf() -> Shelf {
    Shelf::with(&[
        ("modem.md", "---\ntitle: Restart the modem\n---\nPull the plug."),
        ("router.md", "---\ntitle: Choose a router\n---\nWhich one fits."),
        ("bill.md", "---\ntitle: Your invoice\n---\nHow to read it."),
    ])
}

fn open(shelf: &Shelf) -> Library {
    let groups = [["router", "modem", "box"].as_slice(), &["bill", "Invoice"], &["Wi-Fi", "wlan"]];
    let groups: Vec<Vec<String>> =
        groups.iter().map(|group| group.iter().map(|word| (*word).to_owned()).collect()).collect();
    let synonyms = Synonyms::read(&groups).expect("words");
    let options = Options { synonyms, ..Options::new(shelf.path()) };
    Library::open(options, Box::new(|_| {})).expect("a library")
}

#[test]
fn a_word_finds_what_means_the_same_below_what_says_it() {
    let shelf = shelf();
    let library = open(&shelf);
    assert_eq!(ids(&library, "router "), ["router", "modem"]);
    assert_eq!(ids(&library, "modems "), ["modem", "router"], "in each of its forms");
    let found = ids(&library, "box ");
    assert_eq!(found.len(), 2, "a word that stands in no article: {found:?}");
    assert_eq!(ids(&library, "BILL "), ["bill"]);
    assert_eq!(ids(&shelf.open(), "bill "), [""; 0], "nobody said so");
}

#[test]
fn a_new_picture_of_the_folder_keeps_them() {
    let shelf = shelf();
    let synonyms = Synonyms::read(&[vec!["Wi-Fi".to_owned(), "wlan".to_owned()]]).expect("words");
    let poll = std::time::Duration::from_millis(20);
    let options = Options { synonyms, poll, ..Options::new(shelf.path()) };
    let library = Library::open(options, Box::new(|_| {})).expect("a library");
    shelf.write("wifi.md", b"---\ntitle: Change the WLAN key\n---\nText.");
    common::wait_until("the new article", || ids(&library, "wifi ") == ["wifi"]);
}

#[test]
fn what_is_not_one_word_is_told() {
    let shelf = shelf();
    let create = |synonyms| Driver::create(&TABLE, &json!({ "folder": shelf.path(), "synonyms": synonyms }));
    for wrong in ["two words", "", "!"] {
        let failure = create(json!([["router", wrong]])).err().expect("refused");
        assert!(matches!(&failure, Failure::Invalid(text) if text.starts_with("`synonyms`")), "{failure}");
    }
    let faq = create(json!([["router", "box"]])).expect("created");
    let answer = faq.call("faq.search/1", json!({ "text": "box " })).expect("searched");
    assert_eq!(answer["hits"][0]["id"], "router");
}
