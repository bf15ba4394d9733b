//! One plugin without a desk: asked for anything, as often as wanted, and never set aside.

use crate::common::{bad, plugin};
use hark_plugin_host::{Isolation, PluginOptions, Solo, limits};
use hark_runtime::SystemErrorKind;

#[tokio::test]
async fn it_is_opened_asked_and_ended_in_either_way() {
    for isolation in [Isolation::InProcess, Isolation::Process] {
        let options = PluginOptions { isolation, ..plugin("one", bad("garbage")) };
        let solo = Solo::open_by(env!("CARGO_BIN_EXE_hark-plugin-host"), options).expect("it opens");
        assert_eq!(solo.manifest().capabilities, ["test.do/1", "test.stats/1"]);
        for _ in 0..3 * limits::FAILURES {
            let failure = solo.ask("test.do/1", b"{".to_vec()).await.expect_err("it answers with nonsense");
            assert_eq!(failure.kind, SystemErrorKind::Unavailable);
            assert!(!failure.message.contains("set aside"), "{}", failure.message);
        }
        let stats = solo.ask("test.stats/1", Vec::new()).await.expect("answered");
        assert_eq!(stats, b"{\"calls\":15,\"cancels\":0}");
        let report = solo.report();
        assert_eq!(
            (report.isolation.as_str(), report.pid.is_some()),
            (isolation.word(), isolation == Isolation::Process)
        );
        solo.end().await;
    }
}

#[tokio::test]
async fn what_is_wrong_with_it_is_told() {
    for isolation in [Isolation::InProcess, Isolation::Process] {
        let options = PluginOptions { isolation, ..plugin("one", bad("small")) };
        let faults = Solo::open_by(env!("CARGO_BIN_EXE_hark-plugin-host"), options).err().expect("no plugin");
        assert_eq!(faults[0].message, "its table has 8 bytes, this version of Hark needs 64");
    }
}
