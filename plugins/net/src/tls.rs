//! TLS for clients: whom to trust. The other side's certificate and name are always checked; there is no way around it,
//! only a further root to trust.

use hark_plugin_sdk::Failure;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// A client's configuration that trusts the system's roots, and those in a PEM file.
///
/// # Errors
/// [`Failure::Invalid`] when the file cannot be read or has no certificate, and when there is nobody to trust at all.
pub fn client(ca_file: Option<&Path>) -> Result<ClientConfig, Failure> {
    let mut roots = RootCertStore::empty();
    // What of the system's store cannot be read is left out: a server that needs it is then not trusted.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(file) = ca_file {
        add_file(&mut roots, file)?;
    }
    if roots.is_empty() {
        return Err(Failure::invalid("this system has no root certificates: name a `ca_file`"));
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::Internal(format!("TLS: {error}")))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn add_file(roots: &mut RootCertStore, file: &Path) -> Result<(), Failure> {
    let wrong = |what: String| Failure::invalid(format!("`ca_file`: {} {what}", file.display()));
    let pem = std::fs::read(file).map_err(|error| wrong(format!("cannot be read: {}", error.kind())))?;
    let mut found = false;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| wrong(format!("is not PEM: {error}")))?;
        roots.add(certificate).map_err(|error| wrong(format!("has a bad certificate: {error}")))?;
        found = true;
    }
    if found { Ok(()) } else { Err(wrong("has no certificate".to_owned())) }
}
