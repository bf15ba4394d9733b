//! Opens a library and checks its table: the symbol, sizes, functions and manifest. A library that was opened stays
//! open until the process ends, also when it turns out to be none of ours.

use crate::about::About;
use crate::manifest::Manifest;
use hark_plugin_abi::{self as abi, HarkBuffer, HarkBytes, HarkCall, HarkHost, HarkPluginTableV1};
use libloading::os::unix::{Library as Opened, RTLD_LOCAL, RTLD_NOW};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The table's functions, none of them missing.
#[derive(Clone, Copy)]
pub(crate) struct Functions {
    describe: unsafe extern "C" fn() -> HarkBytes,
    pub(crate) create:
        unsafe extern "C" fn(*const HarkHost, HarkBytes, *mut *mut c_void, *mut HarkBuffer) -> u32,
    pub(crate) call: unsafe extern "C" fn(*mut c_void, *const HarkCall),
    pub(crate) cancel: unsafe extern "C" fn(*mut c_void, u64),
    pub(crate) health: unsafe extern "C" fn(*mut c_void, *mut HarkBuffer) -> u32,
    pub(crate) drain: unsafe extern "C" fn(*mut c_void, u32),
    pub(crate) destroy: unsafe extern "C" fn(*mut c_void),
}

/// A library that may be used.
#[derive(Clone)]
pub(crate) struct Library {
    pub(crate) functions: Functions,
    pub(crate) about: About,
    /// Held while an instance is created: the header allows one at a time.
    pub(crate) creating: &'static Mutex<()>,
}

impl Library {
    /// The manifest's bytes, as the plugin gives them.
    pub(crate) fn described(&self) -> &'static [u8] {
        // SAFETY: the header allows `describe` at any time, and its bytes live as long as the library, which stays.
        unsafe { (self.functions.describe)().as_slice() }
    }

    /// Opens the file, which must not be changed as long as the process lives, and reads its manifest.
    pub(crate) fn open(file: &Path) -> Result<Self, String> {
        let table = table(file)?;
        let functions = functions(&table)?;
        // SAFETY: the header allows `describe` at any time, and its bytes live as long as the library, which stays.
        let manifest = unsafe { (functions.describe)().as_slice() };
        if manifest.is_empty() {
            return Err("it describes itself with nothing".to_owned());
        }
        let about = About::new(file, Manifest::read(manifest)?, table.minor);
        Ok(Self { functions, about, creating: creating(file) })
    }
}

/// The exported table as this host knows it, once its size says that all of minor 0 is there: what an older plugin does
/// not have is null, what a newer one has more is left out.
pub(crate) fn table(file: &Path) -> Result<HarkPluginTableV1, String> {
    // SAFETY: running the initialisers of a library that the admin named is what loading it means. All symbols are bound
    // now: one that is missing is told here, and does not end the process at its first use.
    let library = unsafe { Opened::open(Some(file), RTLD_NOW | RTLD_LOCAL) }
        .map_err(|error| format!("it cannot be loaded: {error}"))?;
    let library: &'static Opened = Box::leak(Box::new(library));
    // SAFETY: the symbol's address is taken as a pointer, and nothing behind it is read before it is checked.
    let symbol = unsafe { library.get::<*const u32>(abi::SYMBOL) };
    let pointer = symbol.map_err(|_| {
        "it exports no hark_plugin_v1: it is no plugin of Hark, or one for another major version".to_owned()
    })?;
    let pointer: *const u32 = *pointer;
    if pointer.is_null() || !pointer.cast::<HarkPluginTableV1>().is_aligned() {
        return Err("its hark_plugin_v1 is no table".to_owned());
    }
    // SAFETY: not null and aligned; every version of the table begins with its size.
    let size = unsafe { pointer.read() } as usize;
    let needed = abi::TABLE_SIZE_0;
    if size < needed {
        return Err(format!("its table has {size} bytes, this version of Hark needs {needed}"));
    }
    let mut table = MaybeUninit::<HarkPluginTableV1>::zeroed();
    // SAFETY: no more is read than the plugin says that there is, and no more is written than there is room; numbers of 0
    // and functions of null are values of the struct.
    Ok(unsafe {
        let known = size.min(size_of::<HarkPluginTableV1>());
        pointer.cast::<u8>().copy_to_nonoverlapping(table.as_mut_ptr().cast(), known);
        table.assume_init()
    })
}

fn functions(table: &HarkPluginTableV1) -> Result<Functions, String> {
    let missing = |name: &str| format!("its table has no function `{name}`");
    Ok(Functions {
        describe: table.describe.ok_or_else(|| missing("describe"))?,
        create: table.create.ok_or_else(|| missing("create"))?,
        call: table.call.ok_or_else(|| missing("call"))?,
        cancel: table.cancel.ok_or_else(|| missing("cancel"))?,
        health: table.health.ok_or_else(|| missing("health"))?,
        drain: table.drain.ok_or_else(|| missing("drain"))?,
        destroy: table.destroy.ok_or_else(|| missing("destroy"))?,
    })
}

/// One lock for each file that was ever opened; there are as many as builds.
fn creating(file: &Path) -> &'static Mutex<()> {
    static LOCKS: Mutex<BTreeMap<PathBuf, &'static Mutex<()>>> = Mutex::new(BTreeMap::new());
    let mut locks = LOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    locks.entry(file.to_owned()).or_insert_with(|| Box::leak(Box::default()))
}
