//! An admin's way to the scripts: reads with their tags, writes with what was read. It judges nothing.

use hark_tests::Server;
use hark_tests::client::{Answer, Api};
use hyper::Method;
use serde_json::{Value, json};

pub(crate) struct Admin {
    pub(crate) api: Api,
}

impl Admin {
    pub(crate) fn of(server: &Server) -> Self {
        Self { api: server.admin() }
    }

    /// A script and the version that its ETag names.
    pub(crate) async fn read(&self, name: &str) -> (Value, String) {
        let answer = self.api.get(&format!("/v1/scripts/{name}")).await;
        let tag = answer.header("etag").expect("a script has an ETag").trim_matches('"').to_owned();
        let script = answer.is(200);
        assert_eq!(script["version"], tag.as_str(), "the tag is the version");
        (script, tag)
    }

    pub(crate) async fn put(&self, name: &str, tag: Option<&str>, text: &str) -> Answer {
        self.with_match("PUT", &format!("/v1/scripts/{name}"), tag, &json!({ "text": text })).await
    }

    pub(crate) async fn with_match(
        &self,
        method: &str,
        path: &str,
        tag: Option<&str>,
        body: &Value,
    ) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let tag = tag.map(|tag| format!("\"{tag}\""));
        let headers: Vec<_> = tag.iter().map(|tag| ("if-match", tag.as_str())).collect();
        self.api.send(method, path, &headers, Some(body)).await
    }

    pub(crate) async fn press(&self, name: &str, verb: &str, text: &str) -> Answer {
        self.api.post(&format!("/v1/scripts/{name}/{verb}"), &json!({ "text": text })).await
    }

    pub(crate) async fn versions(&self, name: &str) -> Vec<Value> {
        self.api.all(&format!("/v1/scripts/{name}/versions")).await
    }

    /// Names and states of all scripts.
    pub(crate) async fn states(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let scripts = self.api.all("/v1/scripts").await;
        scripts.iter().map(|script| (text(&script["name"]), text(&script["state"]))).collect()
    }
}
