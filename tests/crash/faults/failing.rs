//! Disks that cannot be written any more, for whatever reason: the desk ends with 1 and says why, acknowledges nothing
//! from then on, and has everything that it acknowledged when it is started on a disk that works.

use super::Talk;
use crate::shim::{Fault, Shim};
use std::fs;

pub(super) async fn nothing_is_acknowledged_after_a_failed_write_or_sync(shim: &Shim) {
    for fault in [Fault::WriteFails, Fault::SyncFails] {
        let mut talk = Talk::begin(shim).await;
        shim.make(fault);
        must_end(&mut talk, "the journal cannot be written").await;
        shim.make(Fault::None);
        talk.server.start().await;
        talk.must_be_whole(1).await;
        let answer = talk.say(5, "During the fault").await.expect("the server serves");
        assert!(matches!(answer.status, 200 | 201), "{answer}");
        talk.must_be_whole(0).await;
        assert!(talk.server.stop().await.success());
        eprintln!("faults: {fault:?} ended the desk, and nothing acknowledged was lost");
    }
}

/// The next message is not acknowledged, and the process ends with 1 and says why.
async fn must_end(talk: &mut Talk, why: &str) {
    if let Ok(answer) = talk.say(5, "During the fault").await {
        answer.is_problem(503, "stopped");
    }
    let status = talk.server.ended().await;
    assert_eq!(status.code(), Some(1), "{status}\n{}", talk.server.log());
    assert!(talk.server.has_said(why), "the log says why:\n{}", talk.server.log());
}

pub(super) async fn a_read_only_disk_is_named(shim: &Shim) {
    let mut talk = Talk::begin(shim).await;
    shim.make(Fault::ReadOnly);
    must_end(&mut talk, "the journal cannot be written").await;
    let (status, said) = talk.server.second().await;
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("the disk is read-only") || said.contains("The disk is read-only"), "{said}");
    shim.make(Fault::None);
    talk.server.start().await;
    talk.must_be_whole(1).await;
    assert!(talk.server.stop().await.success());
    eprintln!("faults: a read-only disk ended the desk and refused a start");
}

pub(super) async fn a_deleted_journal_ends_the_desk(shim: &Shim) {
    let mut talk = Talk::begin(shim).await;
    fs::remove_dir_all(talk.server.data().join("journal")).expect("a folder can be deleted");
    must_end(&mut talk, "was deleted").await;
    eprintln!("faults: a deleted journal ended the desk");
}

pub(super) async fn a_second_server_is_refused(shim: &Shim) {
    let mut talk = Talk::begin(shim).await;
    let file = talk.server.folder().join("config.toml");
    let config = fs::read_to_string(&file).expect("the configuration is there");
    let own = talk.server.base().rsplit(':').next().expect("a port").to_owned();
    let other = hark_tests::free_port().to_string();
    fs::write(&file, config.replace(&own, &other)).expect("it can be written");
    let (status, said) = talk.server.second().await;
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains(&talk.server.pid().to_string()), "it says who has the folder: {said}");
    talk.say(5, "Undisturbed").await.expect("the first one serves").must_be(201);
    talk.must_be_whole(0).await;
    assert!(talk.server.stop().await.success());
    eprintln!("faults: a second server on the folder was refused");
}
