//! A quota of a process's own: what it writes to may not grow, as on a disk that is full. It needs no file system
//! to spare and no administrator.

use std::io;

use rustix::process::{Gid, Pid, Resource, Rlimit, Uid, prlimit};
use rustix::thread::{set_thread_res_gid, set_thread_res_uid};

use super::Account;
use super::signals::tree;

/// The largest file then. PostgreSQL's log of what it will do stays within it (see `--wal-segsize`): what a server can
/// neither log nor undo ends it, and that is another fault.
pub const FILE_BYTES_MAX: u64 = 1 << 20;

/// For a process and its descendants, those to come as well. Larger files can be read and written over, not extended.
pub fn limit(root: u32, account: Option<&Account>, bytes: Option<u64>) -> io::Result<()> {
    let account = account.cloned();
    // Only its own account may limit a process, and a thread may have an account to itself.
    let limiting = std::thread::spawn(move || {
        if let Some(account) = account {
            become_account(&account)?;
        }
        // The root first: whom it has from then on, is limited like it.
        let mut first = true;
        for pid in tree(root) {
            let soft = Rlimit {
                current: bytes,
                maximum: None,
            };
            match prlimit(Pid::from_raw(pid.cast_signed()), Resource::Fsize, soft) {
                Err(error) if first => return Err(error.into()),
                // A descendant may end between the look and the limit.
                _ => first = false,
            }
        }
        Ok(())
    });
    limiting
        .join()
        .unwrap_or_else(|_| Err(io::Error::other("the thread that limits it panicked")))
}

/// For this thread alone, and for good.
fn become_account(account: &Account) -> io::Result<()> {
    let (uid, gid) = (Uid::from_raw(account.uid), Gid::from_raw(account.gid));
    set_thread_res_gid(gid, gid, gid)?;
    set_thread_res_uid(uid, uid, uid)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    /// Writes 100 octets to a file each time it is told to, by a child of its own.
    const WRITER: &str = "trap '' XFSZ; while read line; do sh -c 'head -c 100 /dev/zero' 2>/dev/null >> \"$0\"; echo; done";

    #[test]
    fn what_it_writes_cannot_grow_until_it_may_again() {
        use std::io::{BufRead, BufReader, Write};
        let file = std::env::temp_dir().join(format!("breakwater-quota-{}", std::process::id()));
        let mut shell = Command::new("sh")
            .args(["-c", WRITER])
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        let mut orders = shell.stdin.take().expect("piped");
        let mut done = BufReader::new(shell.stdout.take().expect("piped"));
        let mut write = || {
            writeln!(orders, "write").expect("it listens");
            done.read_line(&mut String::new()).expect("it answers");
            std::fs::metadata(&file).map_or(0, |it| it.len())
        };
        assert_eq!(write(), 100);
        limit(shell.id(), None, Some(150)).expect("it is ours");
        assert_eq!((write(), write()), (150, 150));
        limit(shell.id(), None, None).expect("it is ours");
        assert_eq!(write(), 250);
        shell.kill().expect("it runs");
        shell.wait().expect("it ends");
        std::fs::remove_file(&file).expect("it was written");
    }
}
