//! What a real browser makes of the page, on a phone and on a desk.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::generated::{Folder, Plan, run};

const CHROMIUM: &str = "/usr/bin/chromium";
/// A start on a busy machine; a browser that takes longer hangs.
const BROWSER_TIMEOUT_S: &str = "120";
/// A phone, and a laptop.
const SIZES: [(u32, u32); 2] = [(375, 812), (1_280, 900)];
/// A browser's window is no narrower, whatever it is asked for.
const NARROWEST: u32 = 500;
const SECTIONS: [&str; 9] = [
    "verdict",
    "claims",
    "timeline",
    "recovery",
    "coordinations",
    "critical-path",
    "orders",
    "untested",
    "parameters",
];

const PLAN: Plan = Plan {
    seed: 11,
    seconds: 60,
    rate: 20,
    mark: "",
};

#[test]
fn the_page_fits_is_whole_and_makes_no_error_at_either_width() {
    if !Path::new(CHROMIUM).exists() {
        eprintln!("skipped: there is no {CHROMIUM} to look at the page with");
        return;
    }
    let folder = run("browser", PLAN);
    report::write(&folder.0).expect("a report");
    for (width, height) in SIZES {
        let seen = look(&folder, width, height);
        let check = &seen.check;
        assert_eq!(check["width"], width, "{check}");
        assert_eq!(check["fits"], true, "wider than {width}: {check}");
        assert_eq!(check["overhanging"], serde_json::json!([]), "at {width}");
        assert_eq!(check["without_words"], 0, "a drawing has no words");
        // Five of the orders a second, two times three percentiles, three of one line, four queues.
        assert_eq!(check["readings"], 5 + 2 * 3 + 3 + 4, "{check}");
        for section in SECTIONS {
            assert!(
                check["sections"][section].as_u64() > Some(0),
                "{section}: {check}"
            );
        }
        assert!(!seen.said.contains(":CONSOLE"), "{}", seen.said);
        assert!(
            seen.picture_bytes > 10_000,
            "an empty page is a smaller picture"
        );
    }
}

struct Seen {
    /// What the page says of itself.
    check: Value,
    /// The browser's log.
    said: String,
    picture_bytes: u64,
}

/// In a frame of the width that is wanted: a window is never as narrow as a phone.
fn look(folder: &Folder, width: u32, height: u32) -> Seen {
    let frame = folder.0.join(format!("{width}.html"));
    let text = format!(
        "<!doctype html><body style=\"margin:0\"><iframe src=\"report.html#check\" width=\"{width}\" height=\"{height}\" \
         style=\"border:0\"></iframe><script>addEventListener(\"message\", (message) => {{ \
         document.body.dataset.check = message.data }})</script>"
    );
    std::fs::write(&frame, text).expect("written");
    let picture = folder.0.join(format!("{width}.png"));
    let window = (width.max(NARROWEST), height);
    let dump = browse(folder, window, "--dump-dom", &frame);
    let shot = browse(
        folder,
        window,
        &format!("--screenshot={}", picture.display()),
        &frame,
    );
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
