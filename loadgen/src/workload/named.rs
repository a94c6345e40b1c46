//! The workloads that ship: in the program, so that an installed one has them.

use super::Workload;

pub struct Named {
    pub name: &'static str,
    /// Its file.
    pub text: &'static str,
}

macro_rules! named {
    ($($name:literal),* $(,)?) => {
        &[$(Named {
            name: $name,
            text: include_str!(concat!("../../workloads/", $name, ".yaml")),
        }),*]
    };
}

pub const NAMED: &[Named] = named! {
    "smoke",
    "baseline",
    "contention",
    "refusals",
    "spike",
    "soak",
};

impl Named {
    /// `None` of a file that is wrong, which a test rules out.
    pub fn workload(&self) -> Option<Workload> {
        strict_yaml::parse(self.text).ok()
    }
}

pub fn find(name: &str) -> Option<Workload> {
    let named = NAMED.iter().find(|named| named.name == name)?;
    named.workload()
}

/// As `loadgen/workloads/README.md` has them.
pub fn table() -> String {
    let mut table =
        String::from("| workload | what it is | what it is for | length |\n|---|---|---|---|\n");
    for named in NAMED {
        if let Some(workload) = named.workload() {
            let length = strict_yaml::Span(workload.length());
            table += &format!(
                "| [{name}]({name}.yaml) | {} | {} | {length} |\n",
                workload.title,
                workload.description,
                name = named.name,
            );
        }
    }
    table
}
