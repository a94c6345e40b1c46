//! What a thousand connections take. A target of its own: its process is weighed.

#[allow(dead_code, reason = "the streams use the rest of it")]
#[path = "../streams/site.rs"]
mod site;
#[allow(dead_code, reason = "the streams use the rest of it")]
#[path = "../streams/traffic.rs"]
mod traffic;

use site::{Site, hear, say};
use traffic::{deliver, publish, unit};

const CONNECTIONS: usize = 1000;
/// All of them together, those of the test's own sockets included.
const RESIDENT_MAX: usize = 100_000_000;
/// More than a read buffer holds, so that each has been filled.
const SAID_BY_EACH: usize = 96 * 1024;
/// Both ends of both sockets of each, and the rest of a process.
const FILES: u64 = 4 * CONNECTIONS as u64 + 100;

/// The usual soft limit is 1,024. Whether there may be as many files as are needed.
fn may_open_enough() -> bool {
    amqp_proxy::open_files::raise_limit().is_none_or(|files| files >= FILES)
}

fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = pages.split(' ').nth(1).expect("resident");
    pages.parse::<usize>().expect("a number") * rustix::param::page_size()
}

#[tokio::test]
async fn a_thousand_connections_that_have_been_busy_fit_in_a_hundred_megabytes() {
    if !may_open_enough() {
        return eprintln!("not tested: this machine allows fewer than {FILES} open files");
    }
    let site = Site::start().await;
    let messages = |method| {
        let one = unit(1, method, "id", &[7; 4096], 4096).concat();
        one.repeat(SAID_BY_EACH.div_ceil(one.len()))
    };
    let published = messages(publish("e", "k"));
    let delivered = messages(deliver("consumer", 1, "e", "k"));
    let before = resident();
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let (mut client, mut broker) = site.open_whole().await;
        say(&mut client, &published).await;
        assert!(hear(&mut broker, published.len()).await == published);
        say(&mut broker, &delivered).await;
        assert!(hear(&mut client, delivered.len()).await == delivered);
        connections.push((client, broker));
    }
    let took = resident().saturating_sub(before);
    println!("{CONNECTIONS} connections took {took} octets");
    assert!(took < RESIDENT_MAX, "{took} octets");
}
