//! A route as data: method, path, who may use it, what it takes and gives, and who answers. The router, the OpenAPI
//! document and the test of all roles are made from the same list.

use crate::ask::Ask;
use crate::problem::Problem;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use std::future::Future;
use std::pin::Pin;

/// What an endpoint answers.
pub(crate) type Outcome = Result<Response, Problem>;

type Answering = Pin<Box<dyn Future<Output = Outcome> + Send>>;
type Answerer = Box<dyn Fn(Ask) -> Answering + Send + Sync>;
type SchemaMaker = fn(&mut SchemaGenerator) -> Schema;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Everybody; credentials are looked at where they are there.
    Anyone,
    /// The customer of a chat.
    Guest,
    /// Customers and all people of the desk.
    GuestOrAgent,
    /// Agents, supervisors and admins.
    Agent,
    /// Supervisors and admins.
    Supervisor,
    /// Admins.
    Admin,
}

/// One route.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) who: Who,
    /// One line about it, for the OpenAPI document.
    pub(crate) does: &'static str,
    pub(crate) takes: Option<SchemaMaker>,
    pub(crate) status: StatusCode,
    pub(crate) gives: Option<SchemaMaker>,
    /// Query parameters and what they are.
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// Content type of the answer.
    pub(crate) content: &'static str,
    pub(crate) answer: Answerer,
}

/// A route of any method.
pub(crate) fn route<F, Fut>(
    method: Method,
    path: &'static str,
    who: Who,
    does: &'static str,
    answer: F,
) -> Route
where
    F: Fn(Ask) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Outcome> + Send + 'static,
{
    Route {
        method,
        path,
        who,
        does,
        takes: None,
        status: StatusCode::OK,
        gives: None,
        query: &[],
        content: "application/json",
        answer: Box::new(move |ask| Box::pin(answer(ask))),
    }
}

macro_rules! methods {
    ($($name:ident = $method:ident;)*) => {$(
        pub(crate) fn $name<F, Fut>(path: &'static str, who: Who, does: &'static str, answer: F) -> Route
        where
            F: Fn(Ask) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = Outcome> + Send + 'static,
        {
            route(Method::$method, path, who, does, answer)
        }
    )*};
}

methods! {
    get = GET;
    post = POST;
    put = PUT;
    patch = PATCH;
    delete = DELETE;
}

impl Route {
    /// The body that it takes.
    pub(crate) fn takes<T: JsonSchema>(mut self) -> Self {
        self.takes = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// The body that it gives.
    pub(crate) fn gives<T: JsonSchema>(mut self) -> Self {
        self.gives = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// The status of success.
    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// It answers 204, without a body.
    pub(crate) fn empty(self) -> Self {
        self.status(StatusCode::NO_CONTENT)
    }

    /// It answers 201.
    pub(crate) fn created(self) -> Self {
        self.status(StatusCode::CREATED)
    }

    /// Its query parameters.
    pub(crate) fn query(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }

    /// The content type of its answer.
    pub(crate) fn content(mut self, content: &'static str) -> Self {
        self.content = content;
        self
    }
}
