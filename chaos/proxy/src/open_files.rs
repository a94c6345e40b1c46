//! How many files this process may hold open: each connection that is relayed takes two.

use rustix::process::{Resource, getrlimit, setrlimit};

/// As many as it may allow itself; the usual 1,024 are some five hundred connections. What it may have then, if there
/// is a limit. Where raising it is refused, connections beyond it fail as they come.
pub fn raise_limit() -> Option<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _ = setrlimit(Resource::Nofile, limit);
    getrlimit(Resource::Nofile).current
}
