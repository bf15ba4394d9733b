//! The caps: how many connections there may be, in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedSemaphorePermit;

/// Connections of each address.
pub(super) struct Addresses {
    most: u32,
    open: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

fn lock(open: &Mutex<HashMap<IpAddr, u32>>) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Addresses {
    pub(super) fn new(most: u32) -> Self {
        Self { most, open: Arc::default() }
    }

    /// Takes a place for a connection, unless its address has as many as it may.
    pub(super) fn enter(&self, address: IpAddr, permit: OwnedSemaphorePermit) -> Option<Place> {
        let mut open = lock(&self.open);
        let count = open.entry(address).or_default();
        if *count >= self.most {
            tracing::debug!(%address, "too many connections from one address");
            return None;
        }
        *count += 1;
        Some(Place { address, open: Arc::clone(&self.open), _permit: permit })
    }
}

/// The place of one connection, for as long as its socket lives.
pub(super) struct Place {
    address: IpAddr,
    open: Arc<Mutex<HashMap<IpAddr, u32>>>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Addresses, lock};
    use std::net::IpAddr;
    use std::sync::Arc;
    use tokio::sync::Semaphore;

    #[tokio::test]
    async fn an_address_has_so_many_places_and_gives_them_back() {
        let (places, addresses) = (Arc::new(Semaphore::new(3)), Addresses::new(1));
        let permit = async || Arc::clone(&places).acquire_owned().await.expect("open");
        let (one, two) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let first = addresses.enter(one, permit().await).expect("there is room");
        assert!(addresses.enter(one, permit().await).is_none());
        assert!(addresses.enter(two, permit().await).is_some());
        assert_eq!(places.available_permits(), 2, "those let go have given back theirs");
        drop(first);
        assert!(lock(&addresses.open).is_empty());
        assert!(addresses.enter(one, permit().await).is_some());
    }
}
