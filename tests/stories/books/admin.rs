//! The admin's book: `scripts/README.md`, and the cookbook beside it.

use crate::book;
use crate::follower::Follower;

#[test]
fn the_admins_book_is_true() {
    let port = format!("127.0.0.1:{}", hark_tests::free_port());
    let followed =
        Follower::new().instead("127.0.0.1:7070", &port).follow(&book::blocks("scripts/README.md"));
    assert!(followed >= 10, "the book has few blocks that say anything: {followed}");
}

#[test]
fn the_cookbooks_recipes_are_true() {
    let followed = Follower::new().follow(&book::blocks("scripts/COOKBOOK.md"));
    assert!(followed >= 20, "the cookbook has few blocks that say anything: {followed}");
}
