//! `hark init`: writes what an admin begins with. It never writes over what is there.

use crate::config::SHIPPED;
use crate::error::Error;
use crate::say::say;
use crate::shipped;
use std::path::Path;

pub(super) fn init(dir: &Path) -> Result<(), Error> {
    let file = dir.join("config.toml");
    if !shipped::write_new(&file, SHIPPED)? {
        return Err(Error::told(format!("{} is already there: choose another folder", file.display())));
    }
    shipped::write_out(&dir.join("scripts"), shipped::SCRIPTS)?;
    shipped::write_out(&dir.join("faq"), shipped::ARTICLES)?;
    let config = file.display();
    say(format!(
        "{config} explains every key; scripts/default.lua is the policy, faq/ has sample articles.\nNext:\n  \
         hark check --config {config}\n  \
         hark user add NAME --role admin --config {config}\n  \
         hark serve --config {config}"
    ));
    Ok(())
}
