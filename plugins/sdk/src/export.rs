//! The one line that makes a library a plugin, and the hidden trait behind it. Not called by hand.

use crate::{Call, Plugin};
use hark_plugin_abi::{ABI_MINOR, HarkPluginTableV1};
use std::sync::OnceLock;

/// What [`export!`](crate::export!) writes for a plugin.
pub trait Exported: Plugin {
    /// Where the manifest's bytes live, as long as the library.
    fn manifest_cell() -> &'static OnceLock<Box<[u8]>>;
    /// The operations of all exported capabilities.
    fn operations() -> Vec<&'static str>;
    /// Hands a call to the capability that serves it.
    fn dispatch(&self, call: Call<'_>);
}

/// The table of one plugin type.
#[must_use]
pub const fn table<P: Exported>() -> HarkPluginTableV1 {
    HarkPluginTableV1 {
        size: size_of::<HarkPluginTableV1>() as u32,
        minor: ABI_MINOR,
        describe: Some(crate::entry::describe::<P>),
        create: Some(crate::entry::create::<P>),
        call: Some(crate::entry::call::<P>),
        cancel: Some(crate::entry::cancel::<P>),
        health: Some(crate::entry::health::<P>),
        drain: Some(crate::entry::drain::<P>),
        destroy: Some(crate::entry::destroy::<P>),
    }
}

/// Exports a type as the library's plugin: `export!(MyCrm: crm);`, `export!(Both: crm, faq);`,
/// `export!(Own: service);`. Capabilities are asked in the order given. One per library.
#[macro_export]
macro_rules! export {
    ($plugin:ty : $($capability:ident),+ $(,)?) => {
        impl $crate::export::Exported for $plugin {
            fn manifest_cell() -> &'static ::std::sync::OnceLock<::std::boxed::Box<[u8]>> {
                static CELL: ::std::sync::OnceLock<::std::boxed::Box<[u8]>> = ::std::sync::OnceLock::new();
                &CELL
            }

            fn operations() -> ::std::vec::Vec<&'static str> {
                [$($crate::$capability::OPERATIONS),+].concat()
            }

            fn dispatch(&self, call: $crate::Call<'_>) {
                $(
                    if $crate::$capability::serves(call.operation()) {
                        return $crate::$capability::dispatch(self, call);
                    }
                )+
                let failure = $crate::Failure::unknown_operation(call.operation());
                call.fail(&failure);
            }
        }

        /// The plugin's table, as `hark_plugin.h` wants it.
        #[unsafe(no_mangle)]
        #[allow(non_upper_case_globals)]
        pub static hark_plugin_v1: $crate::abi::HarkPluginTableV1 = $crate::export::table::<$plugin>();
    };
}
