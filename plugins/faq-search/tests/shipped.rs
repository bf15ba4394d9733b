//! The articles that ship answer what customers ask, in their words, with their typing errors, in three languages.

mod common;
use common::{ids, search, shipped, text};
use hark_plugin_sdk::faq::SearchRequest;

/// A question and the article that must come first.
const FIRST: &[(&str, &str)] = &[
    ("how do I reset my router?", "internet/restart-or-reset-router"),
    ("reboot modem", "internet/restart-or-reset-router"),
    ("my router has a red light", "internet/router-lights"),
    ("what does the orange LED mean", "internet/router-lights"),
    ("internet is very slow in the evening", "internet/slow-internet"),
    ("no wifi signal in the bedroom", "internet/wifi-weak-signal"),
    ("how can I change my wifi password", "internet/change-wifi-password"),
    ("is there an outage in my street", "internet/outage"),
    ("can i use a fritzbox", "internet/own-router"),
    ("I need a static ip for my camera", "internet/static-ip-port-forwarding"),
    ("why is my first bill so high", "billing/understand-invoice"),
    ("I want to change my bank account for direct debit", "billing/pay-invoice"),
    ("can I pay in instalments", "billing/late-payment"),
    ("When will I get my money back?", "billing/refund"),
    ("you charged me twice", "billing/refund"),
    ("I forgot my password", "account/forgot-password"),
    ("lost my phone with the authenticator", "account/two-step-sign-in"),
    ("I got married, how do I change my name", "account/change-contact-data"),
    ("can I keep my phone number?", "phone/keep-number"),
    ("forward calls to my mobile", "phone/voicemail-forwarding"),
    ("someone keeps calling with hidden number", "phone/block-unwanted-calls"),
    ("outlook imap settings", "email/set-up-mail-program"),
    ("email mailbox full", "email/mailbox-full-spam"),
    ("I would like to cancel my contract", "contract/cancel-contract"),
    ("upgrade to gigabit", "contract/change-plan"),
    ("I'm moving to a new flat", "contract/moving-home"),
    ("the technician did not come to the appointment", "contract/technician-visit"),
    ("¿cómo reinicio el router?", "internet/reiniciar-router"),
    ("por que es tan alta mi factura", "billing/entender-factura"),
    ("me cambio de casa, ¿y la conexion?", "contract/mudanza"),
    ("Wie kündige ich meinen Vertrag?", "contract/vertrag-kuendigen"),
    ("kuendigung", "contract/vertrag-kuendigen"),
    ("ich habe mein Passwort vergessen", "account/passwort-vergessen"),
    ("störung melden", "internet/stoerung-melden"),
    // Typing errors.
    ("restat my ruoter", "internet/restart-or-reset-router"),
    ("cancle contarct", "contract/cancel-contract"),
    ("refnud", "billing/refund"),
    ("passwrod forgoten", "account/forgot-password"),
    ("tecnician apointment", "contract/technician-visit"),
    // While typing.
    ("porti", "phone/keep-number"),
    ("invo", "billing/understand-invoice"),
    ("change pl", "contract/change-plan"),
    ("voicem", "phone/voicemail-forwarding"),
];

#[test]
fn questions_find_their_article_first() {
    let library = shipped();
    assert!(library.status().broken.is_empty(), "{:?}", library.status().broken);
    let wrong: Vec<String> = FIRST
        .iter()
        .filter(|(question, id)| ids(&library, question).first().is_none_or(|first| first != id))
        .map(|(question, id)| {
            format!("{question}: {id}, got {:?}", ids(&library, question).iter().take(3).collect::<Vec<_>>())
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), FIRST.len(), wrong.join("\n"));
}

#[test]
fn the_customers_language_is_served() {
    let library = shipped();
    for (language, id) in [("de-AT", "account/passwort-vergessen"), ("en", "account/forgot-password")] {
        let request = SearchRequest { language: Some(language.to_owned()), ..text("passwort password") };
        let hits = library.search(&request).expect("a search");
        assert_eq!(hits[0].id, id);
        let wanted = &language[..2];
        assert!(hits.iter().all(|hit| hit.language.as_deref() == Some(wanted)), "{hits:?}");
    }
}

#[test]
fn every_article_is_whole_and_finds_itself() {
    let library = shipped();
    let all = library.search(&SearchRequest { limit: 50, ..text("") }).expect("a search");
    assert!(all.len() >= 25, "{}", all.len());
    for hit in all {
        let article = library.get(&hit.id).expect("listed");
        let words = article.body.split_whitespace().count();
        assert!((80..=200).contains(&words), "{} has {words} words", hit.id);
        assert!(article.category.is_some() && !article.keywords.is_empty(), "{}", hit.id);
        assert_eq!(ids(&library, &article.title)[0], hit.id, "{}", article.title);
    }
}

#[test]
fn snippets_are_plain_text_about_the_question() {
    let library = shipped();
    for (question, _) in FIRST {
        for hit in search(&library, question) {
            for markup in ["**", "](", "`", "\n", "| ", "## ", "<"] {
                assert!(!hit.snippet.contains(markup), "{markup:?} in {:?}", hit.snippet);
            }
            assert!(
                !hit.snippet.is_empty()
                    && hit.snippet.chars().count() <= hark_faq_search::MAX_SNIPPET_CHARS + 2
            );
        }
    }
    let snippet = &search(&library, "how to count to thirty")[0].snippet;
    assert!(snippet.contains("count to thirty"), "{snippet}");
}
