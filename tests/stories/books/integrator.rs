//! The integrator's book: `plugins/README.md`, from `hark plugin new` to a chat with its answer.

use crate::book;
use crate::follower::Follower;
use hark_tests::repository;
use std::path::Path;

#[test]
fn the_integrators_book_is_true() {
    let port = format!("127.0.0.1:{}", hark_tests::free_port());
    // Plugins are built into a folder that is kept, with the crates that are at hand, by this very SDK.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("books").display().to_string();
    let followed = Follower::new()
        .with("CARGO_TARGET_DIR", &target)
        .with("CARGO_NET_OFFLINE", "true")
        .with("HARK_SDK", &repository().join("plugins/sdk").display().to_string())
        .instead("../first-crm/target/debug", &format!("{target}/debug"))
        .instead("target/debug/libfirst_crm.so", &format!("{target}/debug/libfirst_crm.so"))
        .instead("127.0.0.1:7070", &port)
        .follow(&book::blocks("plugins/README.md"));
    assert!(followed >= 15, "the book has few blocks that say anything: {followed}");
}
