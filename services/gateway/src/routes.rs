//! Which method and path belongs to which service: a table, one route a line, `#` for comments.
//!
//! ```text
//! # METHOD PATH                SERVICE     [LIMIT_MS]
//! POST     /orders             orders
//! GET      /orders/{id}        order-view  35000
//! ```
//!
//! `{name}` stands for one segment of the path. `LIMIT_MS` is how long a request may take that does not say so
//! itself in `Deadline-Ms`; 10 s when it is left out. In `GATEWAY_ROUTES` a `;` may stand for the end of a line.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::Duration;

use axum::http::Method;
use lifecycle::deadline;

/// The public API.
///
/// An order is read with `?wait=terminal` for up to 30 s: its limit leaves time for the answer after that.
const BUILT_IN: &str = "
    POST /orders                        orders
    POST /orders/{id}/cancel            orders
    GET  /orders                        order-view
    GET  /orders/{id}                   order-view  35000
    PUT  /skus/{sku}                    inventory
    GET  /skus/{sku}                    inventory
    POST /skus/{sku}/receipts           inventory
    GET  /accounts/{customer}           payments
    POST /accounts/{customer}/deposits  payments
    POST /accounts/{customer}/block     payments
";

/// What the gateway answers itself; see `pages`.
const RESERVED: [&str; 3] = ["/", "/problems", "/problems/{slug}"];

/// Methods a route can have. HEAD goes where GET goes.
const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

/// Far above what one system's API has, and a bound on the series of its metrics.
const ROUTES_MAX: usize = 100;

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub method: Method,
    pub path: String,
    pub service: String,
    pub limit: Duration,
}

/// The whole table, in which no two routes can match the same request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes(Vec<Route>);

/// A table that cannot be routed by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line:?} {reason}; write METHOD PATH SERVICE [LIMIT_MS]")]
pub struct RouteError {
    line: String,
    reason: String,
}

impl Default for Routes {
    fn default() -> Self {
        // The test below parses it, so this never is empty.
        BUILT_IN.parse().unwrap_or(Self(Vec::new()))
    }
}

impl Routes {
    pub fn iter(&self) -> impl Iterator<Item = &Route> {
        self.0.iter()
    }

    /// The names of all services that are routed to, each once.
    pub fn services(&self) -> BTreeSet<&str> {
        self.iter().map(|route| route.service.as_str()).collect()
    }

    /// How long a request to this route may take unless it says so itself.
    pub fn limit(&self, method: &Method, path: &str) -> Duration {
        let method = if method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        let route = self
            .iter()
            .find(|route| route.method == *method && route.path == path);
        route.map_or(deadline::DEFAULT, |route| route.limit)
    }
}

impl FromStr for Routes {
    type Err = RouteError;

    fn from_str(table: &str) -> Result<Self, RouteError> {
        let mut routes: Vec<Route> = Vec::new();
        let mut paths = matchit::Router::new();
        for path in RESERVED {
            // They are written above and do not conflict.
            let _ = paths.insert(path, ());
        }
        for line in table.split(['\n', ';']) {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let wrong = |reason: String| RouteError {
                line: line.to_owned(),
                reason,
            };
            let route = parse(line).map_err(wrong)?;
            if routes.len() >= ROUTES_MAX {
                return Err(wrong(format!(
                    "is beyond the {ROUTES_MAX} routes there can be"
                )));
            }
            if !routes.iter().any(|other| other.path == route.path) {
                paths
                    .insert(route.path.clone(), ())
                    .map_err(|error| wrong(error.to_string()))?;
            } else if routes
                .iter()
                .any(|other| other.path == route.path && other.method == route.method)
            {
                return Err(wrong("is there twice".to_owned()));
            }
            routes.push(route);
        }
        if routes.is_empty() {
            return Err(RouteError {
                line: table.to_owned(),
                reason: "has no route".to_owned(),
            });
        }
        Ok(Self(routes))
    }
}

fn parse(line: &str) -> Result<Route, String> {
    let mut words = line.split_whitespace();
    let (Some(method), Some(path), Some(service)) = (words.next(), words.next(), words.next())
    else {
        return Err("has fewer than three words".to_owned());
    };
    let method = METHODS
        .into_iter()
        .find(|known| known.as_str() == method)
        .ok_or_else(|| format!("has no method but {method:?}"))?;
    check_path(path)?;
    let name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !service.bytes().all(name) {
        return Err(format!(
            "names a service {service:?} that is not lower case letters, digits and -"
        ));
    }
    let limit = match words.next() {
        None => deadline::DEFAULT,
        Some(limit_ms) => limit_ms
            .parse()
            .map(Duration::from_millis)
            .ok()
            .filter(|limit| !limit.is_zero() && *limit <= deadline::MAX)
            .ok_or_else(|| {
                format!(
                    "has a limit that is not 1 to {} ms",
                    deadline::MAX.as_millis()
                )
            })?,
    };
    if let Some(word) = words.next() {
        return Err(format!("has a word too many, {word:?}"));
    }
    Ok(Route {
        method,
        path: path.to_owned(),
        service: service.to_owned(),
        limit,
    })
}

/// Literal segments and `{name}` only: what axum takes for certain, and what reads as what it matches.
fn check_path(path: &str) -> Result<(), String> {
    let segments = path
        .strip_prefix('/')
        .ok_or("has a path that does not begin with /")?;
    for segment in segments.split('/') {
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let word = name.unwrap_or(segment);
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if word.is_empty() || !word.bytes().all(valid) {
            return Err(format!(
                "has a path whose segment {segment:?} is neither a word nor {{name}}"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Routes;
    use axum::http::Method;
    use lifecycle::deadline;

    #[test]
    fn the_built_in_table_is_the_public_api() {
        let routes = Routes::default();
        assert_eq!(routes.iter().count(), 10);
        let services: Vec<_> = routes.services().into_iter().collect();
        assert_eq!(services, ["inventory", "order-view", "orders", "payments"]);
        assert_eq!(
            routes.limit(&Method::GET, "/orders/{id}").as_millis(),
            35_000
        );
        assert_eq!(
            routes.limit(&Method::HEAD, "/orders/{id}").as_millis(),
            35_000
        );
        assert_eq!(routes.limit(&Method::POST, "/orders"), deadline::DEFAULT);
    }

    #[test]
    fn a_table_may_be_one_line() {
        let routes: Routes = "GET /a x 500; POST /a y # why".parse().expect("valid");
        assert_eq!(routes.iter().count(), 2);
        assert_eq!(routes.limit(&Method::GET, "/a").as_millis(), 500);
    }

    #[test]
    fn a_table_that_cannot_be_routed_by_is_refused_with_its_line() {
        for wrong in [
            "",
            "# nothing",
            "GET /a",
            "FETCH /a x",
            "GET a x",
            "GET /a/ x",
            "GET /a//b x",
            "GET /{*rest} x",
            "GET /a{b} x",
            "GET /:id x",
            "GET /a X",
            "GET /a x 0",
            "GET /a x 60001",
            "GET /a x 1 2",
            "GET /a x; GET /a y",
            "GET /a/{id} x; POST /a/{key} y",
            "GET /problems x",
        ] {
            let error = wrong.parse::<Routes>().expect_err(wrong).to_string();
            assert!(error.contains("write METHOD PATH"), "{error}");
        }
    }
}
