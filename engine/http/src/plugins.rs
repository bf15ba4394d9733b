//! The door to the desk's plugins: to take one out, to put it in, and to let a new build take the old one's place. Whoever
//! loads plugins implements it; what a plugin is, and when a build is fit to serve, is not known here.

use crate::rulebook::Author;
use hark_runtime::SystemReport;
use std::future::Future;
use std::pin::Pin;

/// What comes of a wish about a plugin: how it is now.
pub type Changed<'a> = Pin<Box<dyn Future<Output = Result<SystemReport, PluginRefusal>> + Send + 'a>>;

/// The desk's plugins as admins change them.
pub trait Plugins: Send + Sync {
    /// Changes a plugin while the desk runs. What is done already is no fault.
    fn change(&self, name: String, wish: PluginWish, by: Author) -> Changed<'_>;
}

/// What is to happen to a plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PluginWish {
    /// An unloaded one starts with the build that lies in its file.
    Load,
    /// It is given nothing new, and ends when what it has begun is over.
    Unload,
    /// The build that lies in its file takes the place of the one that serves.
    Reload,
}

/// Why a wish about a plugin was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PluginRefusal {
    /// No plugin of this name is configured.
    NotFound,
    /// Another change of plugins is under way.
    Busy,
    /// It is unloaded: there is nothing to reload.
    Unloaded,
    /// The build that lies in its file cannot serve: everything that is wrong with it.
    Unfit(Vec<String>),
    /// Hark failed at it: why, for the log and the admin.
    Failed(String),
}
