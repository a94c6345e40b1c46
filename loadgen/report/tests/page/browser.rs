//! A real browser that looks at a page, and what it saw.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::generated::Folder;

const CHROMIUM: &str = "/usr/bin/chromium";
/// A start on a busy machine; a browser that takes longer hangs.
const BROWSER_TIMEOUT_S: &str = "120";
/// A browser's window is no narrower, whatever it is asked for.
const NARROWEST: u32 = 500;

pub fn is_there() -> bool {
    let is_there = Path::new(CHROMIUM).exists();
    if !is_there {
        tell(format_args!(
            "skipped: there is no {CHROMIUM} to look at the pages with, so that nobody has seen them"
        ));
    }
    is_there
}

/// Past the test's own output, which nobody sees of a test that passes.
fn tell(what: std::fmt::Arguments) {
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// Kept for people, in cargo's own folder for what tests leave: `target/tmp`.
fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report-screenshots");
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    folder
}

pub struct Seen {
    /// What the page says of itself.
    pub check: Value,
    /// The browser's log.
    pub said: String,
    pub picture_bytes: u64,
}

/// In a frame of the width that is wanted: a window is never as narrow as a phone.
pub fn look(folder: &Folder, page: &str, (width, height): (u32, u32)) -> Seen {
    let frame = folder.0.join(format!("{width}-{page}"));
    let text = format!(
        "<!doctype html><body style=\"margin:0\"><iframe src=\"{page}#check\" width=\"{width}\" height=\"{height}\" \
         style=\"border:0\"></iframe><script>addEventListener(\"message\", (message) => {{ \
         document.body.dataset.check = message.data }})</script>"
    );
    std::fs::write(&frame, text).expect("written");
    let picture = pictures().join(format!("{page}-{width}.png"));
    // One of before must not be taken for what this browser saw.
    let _ = std::fs::remove_file(&picture);
    let window = (width.max(NARROWEST), height);
    let dump = browse(folder, window, "--dump-dom", &frame);
    let shot = browse(
        folder,
        window,
        &format!("--screenshot={}", picture.display()),
        &frame,
    );
    tell(format_args!("seen: {}", picture.display()));
    let (_, rest) = dump
        .out
        .split_once("data-check=\"")
        .expect("the page spoke of itself");
    let (check, _) = rest.split_once('"').expect("an attribute ends");
    let check = check
        .replace("&quot;", "\"")
        .replace("&gt;", ">")
        .replace("&lt;", "<")
        .replace("&amp;", "&");
    Seen {
        check: serde_json::from_str(&check).expect("JSON"),
        said: dump.said + &shot.said,
        picture_bytes: std::fs::metadata(&picture).expect("a picture").len(),
    }
}

struct Output {
    out: String,
    said: String,
}

/// Into files: a full pipe would hold the browser up.
fn browse(folder: &Folder, (width, height): (u32, u32), what: &str, page: &Path) -> Output {
    let (out, said) = (folder.0.join("browser.out"), folder.0.join("browser.log"));
    let file = |path: &Path| Stdio::from(File::create(path).expect("a file"));
    let status = Command::new("timeout")
        .args([BROWSER_TIMEOUT_S, CHROMIUM])
        .args([
            "--headless",
            "--disable-gpu",
            "--no-sandbox",
            "--hide-scrollbars",
            "--enable-logging=stderr",
        ])
        .arg("--virtual-time-budget=2000")
        .arg(format!(
            "--user-data-dir={}",
            folder.0.join("profile").display()
        ))
        .arg(format!("--window-size={width},{height}"))
        .arg(what)
        .arg(format!("file://{}", page.display()))
        .stdout(file(&out))
        .stderr(file(&said))
        .status()
        .expect("the browser starts");
    assert!(
        status.success(),
        "the browser ended with {status}; 124 says that it hung"
    );
    let text =
        |path: &Path| String::from_utf8_lossy(&std::fs::read(path).expect("there")).into_owned();
    Output {
        out: text(&out),
        said: text(&said),
    }
}
