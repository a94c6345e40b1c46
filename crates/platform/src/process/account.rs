//! The unprivileged account a server runs as when we are root.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

impl Account {
    /// The first of `names` that `/etc/passwd` knows.
    pub fn first_of(names: &[&str]) -> Option<Account> {
        let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
        names.iter().find_map(|name| parse(&passwd, name))
    }

    /// Whether this account can walk down to `path`: search permission on every folder above it.
    pub fn can_reach(&self, path: &Path) -> bool {
        path.ancestors()
            .filter(|folder| !folder.as_os_str().is_empty())
            .all(|folder| match folder.metadata() {
                Ok(meta) => self.may_search(&meta),
                // Not there yet: whoever creates it decides.
                Err(error) => error.kind() == std::io::ErrorKind::NotFound,
            })
    }

    fn may_search(&self, folder: &Metadata) -> bool {
        may_search(
            folder.mode(),
            folder.uid() == self.uid,
            folder.gid() == self.gid,
        )
    }
}

fn parse(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account {
            name: name.to_owned(),
            uid,
            gid,
        })
    })
}

/// The kernel asks only the first class that fits: an owner without the bit is refused even if others have it.
fn may_search(mode: u32, owner: bool, group: bool) -> bool {
    let bit = match (owner, group) {
        (true, _) => 0o100,
        (false, true) => 0o010,
        (false, false) => 0o001,
    };
    mode & bit != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_from_passwd() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104:PG,,,:/var:/bin/bash\n";
        let account = parse(passwd, "postgres").expect("is there");
        assert_eq!((account.uid, account.gid), (101, 104));
        assert_eq!(parse(passwd, "post"), None);
        assert_eq!(parse("postgres:x:nonsense:1::", "postgres"), None);
    }

    #[test]
    fn the_first_class_that_fits_decides_about_a_folder() {
        assert!(may_search(0o755, false, false));
        assert!(!may_search(0o750, false, false));
        assert!(may_search(0o750, false, true));
        assert!(!may_search(0o001, true, false));
        assert!(may_search(0o700, true, false));
    }
}
