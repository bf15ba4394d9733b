//! An authority for certificates of the tests' own, made anew for each use. Other plugins' tests take this file too.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// A certificate for `localhost`, all PEM, and the root that vouches for it.
pub(crate) struct Made {
    pub(crate) root: String,
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// Makes a root and a certificate for `localhost`.
pub(crate) fn certificate() -> Made {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a root");
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, &root).expect("signed");
    Made { root: root.pem(), certificate: certificate.pem(), key: key.serialize_pem() }
}
