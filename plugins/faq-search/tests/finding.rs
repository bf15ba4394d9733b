//! What is found, in which order, and through which filters.

mod common;
use common::{Shelf, ids, search, text};
use hark_plugin_sdk::faq::{Category, SearchRequest};

#[test]
fn title_counts_over_keywords_over_headings_over_body() {
    let shelf = Shelf::with(&[
        ("body.md", "---\ntitle: Alpha\n---\nSomething about the zeppelin and more."),
        ("heading.md", "---\ntitle: Beta\n---\n## The zeppelin\n\nSomething and more."),
        ("keyword.md", "---\ntitle: Gamma\nkeywords: zeppelin\n---\nSomething and more."),
        ("title.md", "---\ntitle: Zeppelin\n---\nSomething and more."),
    ]);
    assert_eq!(ids(&shelf.open(), "zeppelin"), ["title", "keyword", "heading", "body"]);
}

#[test]
fn what_was_typed_is_above_what_was_nearly_typed() {
    let shelf = Shelf::with(&[
        ("a.md", "---\ntitle: Routes\n---\nRoutes through the town, routes through the wood."),
        (
            "b.md",
            "---\ntitle: Something\n---\nAnd in the middle of a long text there is one router among other things.",
        ),
        ("c.md", "---\ntitle: Other\n---\nNothing of the kind."),
    ]);
    let library = shelf.open();
    assert_eq!(ids(&library, "router"), ["b", "a"]);
    assert_eq!(ids(&library, "router "), ["b", "a"]);
}

#[test]
fn errors_are_forgiven_by_the_length_of_the_word() {
    let shelf =
        Shelf::with(&[("a.md", "---\ntitle: Compensation\n---\nFor the fee of a cat, see the line.")]);
    let library = shelf.open();
    for found in ["compnsation", "compensatoin", "cmpensatoin", "linr ", "lien "] {
        assert_eq!(ids(&library, found), ["a"], "{found}");
    }
    for not_found in ["cet ", "fei ", "lyna ", "kompenzatoin ", "dog "] {
        assert!(ids(&library, not_found).is_empty(), "{not_found}");
    }
}

#[test]
fn only_the_last_word_may_be_unfinished() {
    let shelf = Shelf::with(&[
        ("a.md", "---\ntitle: Voicemail greeting\n---\nText"),
        ("b.md", "---\ntitle: Technician\n---\nText"),
    ]);
    let library = shelf.open();
    assert_eq!(ids(&library, "voic"), ["a"]);
    assert_eq!(ids(&library, "voicemail te"), ["a", "b"]);
    assert_eq!(ids(&library, "tech voicemail"), ["a"]);
    assert!(ids(&library, "voic?").is_empty(), "a word before a question mark is finished");
    assert_eq!(ids(&library, "voicemial gre"), ["a"]);
    assert_eq!(ids(&library, "techniz"), ["b"], "unfinished and mistyped");
}

#[test]
fn case_accents_forms_and_hyphens_do_not_matter() {
    let shelf = Shelf::with(&[
        ("mail.md", "---\ntitle: Your e-mail\n---\nText"),
        ("cafe.md", "---\ntitle: Café Łódź\n---\nText"),
        ("pay.md", "---\ntitle: Paying invoices\n---\nText"),
        ("es.md", "---\ntitle: Facturación\nlanguage: es\n---\nTexto"),
        ("ja.md", "---\ntitle: 光回線の解約\nlanguage: ja\n---\n手続き"),
    ]);
    let library = shelf.open();
    for (question, id) in [
        ("EMAIL", "mail"),
        ("e-mail", "mail"),
        ("cafe\u{301}", "cafe"),
        ("lodz ", "cafe"),
        ("paid invoice payment pays", "pay"),
        ("facturacion", "es"),
        ("facturas", "es"),
        ("解約", "ja"),
    ] {
        assert_eq!(ids(&library, question).first().map(String::as_str), Some(id), "{question}");
    }
}

#[test]
fn stop_words_do_not_rank_but_still_find() {
    let shelf = Shelf::with(&[
        ("noise.md", "---\ntitle: How do I do what I do\n---\nHow do I do it? Do I? I do. My my."),
        ("router.md", "---\ntitle: Hardware\n---\nHold the button to reset the router."),
    ]);
    let library = shelf.open();
    assert_eq!(ids(&library, "how do I reset my router?"), ["router"]);
    assert_eq!(ids(&library, "how do I")[0], "noise");
}

#[test]
fn filters_hold_and_limits_are_kept() {
    let shelf = Shelf::new();
    for at in 0..60 {
        shelf.write(&format!("Büro/a{at:02}.md"), b"---\ntitle: Router\n---\nText");
    }
    shelf.write("es/b.md", b"---\ntitle: Router\nlanguage: es-MX\ncategory: Ayuda\n---\nTexto");
    shelf.write("top.md", b"# Router");
    let library = shelf.open();
    let found = |language: &str, category: &str, limit: u32| {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let request =
            SearchRequest { language: some(language), category: some(category), limit, ..text("router") };
        let mut sizes = Vec::new();
        for text in [request.text.clone(), String::new()] {
            let hits = library.search(&SearchRequest { text, ..request.clone() }).expect("a search");
            sizes.push(hits.len());
        }
        assert_eq!(sizes[0], sizes[1], "the same filters hold without a text");
        sizes[0]
    };
    assert_eq!(found("", "", 0), 10);
    assert_eq!(found("", "", 1), 1);
    assert_eq!(found("", "", 9999), 50);
    assert_eq!((found("es", "", 50), found("es-ES", "", 50), found("fr", "", 50)), (1, 1, 0));
    assert_eq!((found("", "buro", 50), found("", "AYUDA", 50), found("", "none", 50)), (50, 1, 0));
    assert_eq!(found("en", "ayuda", 50), 0);
    let category = |name: &str, count| Category { name: name.to_owned(), count };
    assert_eq!(library.categories(), [category("Ayuda", 1), category("Büro", 60)]);
}

#[test]
fn a_hit_carries_what_a_list_shows() {
    let shelf =
        Shelf::with(&[("net/a.md", "---\ntitle: Reset *it*\n---\nHold the <b>red</b> **button**.\n\n- now")]);
    let hit = search(&shelf.open(), "button").remove(0);
    assert_eq!((hit.id.as_str(), hit.title.as_str()), ("net/a", "Reset *it*"));
    assert_eq!(hit.snippet, "Hold the red button. now");
    assert_eq!((hit.category.as_deref(), hit.language.as_deref()), (Some("net"), Some("en")));
    assert!(hit.score.is_finite() && hit.score > 0.0);
}

#[test]
fn what_helped_others_is_above_what_fits_as_well() {
    let shelf = Shelf::with(&[
        ("a.md", "---\ntitle: Router\n---\nSwitch the router off and on again."),
        ("b.md", "---\ntitle: Router\n---\nSwitch the router off and on anew."),
        ("c.md", "---\ntitle: Something else\n---\nBeside the router there is a lamp, and it is red."),
    ]);
    let library = shelf.open();
    let first = ids(&library, "router");
    assert_eq!(first[2], "c");
    let say = |id: &str, helpful| (0..50).for_each(|_| library.feedback(id, helpful).expect("it is counted"));
    say(&first[1], true);
    assert_eq!(ids(&library, "router"), [first[1].as_str(), first[0].as_str(), "c"]);
    // Words come first: an article that fits far worse stays below whatever is said of it.
    say("c", true);
    assert_eq!(ids(&library, "router")[2], "c");
    say(&first[1], false);
    say(&first[1], false);
    assert_eq!(ids(&library, "router"), first);
}
