//! The folder changes under the library: everything is picked up, nothing half made is seen, nothing broken is fatal.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

mod common;
use common::{Shelf, ids, text, wait_until};
use hark_faq_search::{Broken, Error, Fault, Library, MAX_ARTICLE_BYTES, Options};

#[test]
fn added_changed_and_removed_files_are_picked_up() {
    let shelf = Shelf::with(&[("a.md", "# Zeppelin")]);
    let library = shelf.open();
    assert_eq!(ids(&library, "zeppelin"), ["a"]);
    shelf.write("deep/er/b.md", b"# Balloon");
    wait_until("the added file", || ids(&library, "balloon") == ["deep/er/b"]);
    // The same size, written twice within a tick of the clock: the second must not be missed.
    shelf.write("a.md", b"# Zeppelix");
    shelf.write("a.md", b"# Airplane");
    wait_until("the changed file", || {
        ids(&library, "airplane") == ["a"] && ids(&library, "zeppelin").is_empty()
    });
    assert!(library.get("a").expect("there").title.contains("Airplane"));
    shelf.remove("deep/er/b.md");
    wait_until("the removed file", || {
        library.get("deep/er/b").is_none() && ids(&library, "balloon").is_empty()
    });
    assert_eq!(library.status().articles, 1);
}

#[test]
fn a_file_replaced_by_renaming_is_picked_up() {
    let shelf = Shelf::with(&[("a.md", "# Zeppelin"), (".draft", "# Balloons")]);
    let library = shelf.open();
    fs::rename(shelf.path().join(".draft"), shelf.path().join("a.md")).expect("renamed");
    wait_until("the new text", || ids(&library, "balloons") == ["a"]);
}

#[test]
fn broken_files_are_named_and_left_out() {
    let shelf = Shelf::with(&[
        ("good.md", "# Router"),
        ("empty.md", ""),
        ("open.md", "---\ntitle: x\n"),
        ("line.md", "---\nrouter\n---\n"),
        ("note.txt", "# Router"),
        (".hidden.md", "# Router"),
        (".git/x.md", "# Router"),
    ]);
    shelf.write("latin1.md", b"# Caf\xe9");
    shelf.write("large.md", &vec![b'x'; usize::try_from(MAX_ARTICLE_BYTES).expect("small") + 1]);
    fs::write(shelf.path().join(OsStr::from_bytes(b"\xff.md")), "# Router").expect("a file");
    symlink("/nowhere/at/all", shelf.path().join("dangling.md")).expect("a link");
    symlink(shelf.path(), shelf.path().join("round")).expect("a link");
    fs::create_dir(shelf.path().join("folder.md")).expect("a folder");
    let (library, told) = shelf.open_told();
    let faults: Vec<(String, Fault)> =
        library.status().broken.into_iter().map(|Broken { path, fault }| (path, fault)).collect();
    let expected = [
        ("empty.md", Fault::Empty),
        ("large.md", Fault::TooLarge { bytes: MAX_ARTICLE_BYTES + 1 }),
        ("latin1.md", Fault::NotUtf8 { at: 5 }),
        ("line.md", Fault::FrontMatter { line: 2 }),
        ("open.md", Fault::OpenFrontMatter),
        ("\u{fffd}.md", Fault::PathNotUtf8),
    ];
    assert_eq!(faults, expected.map(|(path, fault)| (path.to_owned(), fault)));
    assert_eq!(ids(&library, "router"), ["good"]);
    let told: Vec<String> = told.try_iter().collect();
    assert!(told.contains(&"latin1.md: is not UTF-8 at byte 5".to_owned()), "{told:?}");
    assert!(told.contains(&"1 articles indexed, 6 files left out".to_owned()), "{told:?}");

    shelf.write("latin1.md", "# Café".as_bytes());
    wait_until("the mended file", || ids(&library, "cafe") == ["latin1"]);
    assert_eq!(library.status().broken.len(), 5);
}

#[test]
fn a_folder_that_goes_away_leaves_the_last_index() {
    let shelf = Shelf::with(&[("faq/a.md", "# Zeppelin")]);
    let (here, away) = (shelf.path().join("faq"), shelf.path().join("away"));
    let options = Options { poll: Duration::from_millis(20), ..Options::new(&here) };
    let library = Library::open(options, Box::new(|_| {})).expect("a library");
    fs::rename(&here, &away).expect("renamed");
    wait_until("the missing folder", || library.status().stale.is_some());
    assert_eq!(ids(&library, "zeppelin"), ["a"]);
    fs::write(away.join("b.md"), "# Balloon").expect("a file");
    fs::rename(&away, &here).expect("renamed");
    wait_until("the folder is back", || {
        library.status().stale.is_none() && ids(&library, "balloon") == ["b"]
    });
}

#[test]
fn without_a_folder_there_is_no_library() {
    let opened = Library::open(Options::new("/nowhere/at/all"), Box::new(|_| {}));
    assert!(matches!(opened.err(), Some(Error::Folder(..))));
}

#[test]
fn an_empty_folder_answers_nothing() {
    let library = Shelf::new().open();
    assert!(ids(&library, "router").is_empty() && ids(&library, "").is_empty());
    assert!(library.categories().is_empty());
}

/// A deployment turns a link from one folder of three articles to the next: a search sees three of one generation.
#[test]
fn a_search_never_sees_half_a_change() {
    const GENERATIONS: u32 = 20;
    let shelf = Shelf::new();
    let write = |generation: u32| {
        let next = shelf.path().join(format!(".next{generation}"));
        fs::create_dir(&next).expect("a folder");
        for name in ["a", "b", "c"] {
            fs::write(next.join(format!("{name}.md")), format!("# Generation {generation}")).expect("a file");
        }
        // The link is changed in one step, as deployments do it.
        let link = shelf.path().join(".link");
        symlink(&next, &link).expect("a link");
        fs::rename(&link, shelf.path().join("now")).expect("renamed");
    };
    write(0);
    let options = Options { poll: Duration::from_millis(1), ..Options::new(shelf.path().join("now")) };
    let library = Library::open(options, Box::new(|_| {})).expect("a library");
    let (done, searches) = (AtomicBool::new(false), AtomicU32::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let hits = library.search(&text("generation")).expect("a search");
                    let titles: Vec<&str> = hits.iter().map(|hit| hit.title.as_str()).collect();
                    assert_eq!(titles, [titles[0]; 3]);
                    searches.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for generation in 1..=GENERATIONS {
            write(generation);
            let title = format!("Generation {generation}");
            wait_until("the generation", || {
                ["a", "b", "c"].iter().all(|id| library.get(id).is_some_and(|article| article.title == title))
            });
        }
        done.store(true, Ordering::Relaxed);
    });
    assert!(searches.load(Ordering::Relaxed) > GENERATIONS);
}
