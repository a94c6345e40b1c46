//! Who may depend on whom. The manifests are the diagram; this reads it.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// The crates that do no IO, read no clock, draw no random number and never await.
fn is_pure(folder: &str) -> bool {
    folder == "crates/decider"
        || folder == "loadgen/checkers"
        || folder == "services/topology"
        || folder.ends_with("/contract")
        || folder.ends_with("/core")
}

/// A contract, or the table of who hears what, which is made of contracts alone.
fn is_contract(folder: &str) -> bool {
    folder.ends_with("/contract") || folder == "services/topology"
}

struct Workspace {
    metadata: Metadata,
}

impl Workspace {
    fn read() -> Self {
        let metadata = MetadataCommand::new()
            .manifest_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml"))
            // What is locked and here is enough; other platforms' crates never are.
            .other_options([
                "--offline".to_owned(),
                "--filter-platform".to_owned(),
                format!("{}-unknown-linux-gnu", std::env::consts::ARCH),
            ])
            .exec()
            .expect("cargo metadata reads the workspace");
        Self { metadata }
    }

    fn packages(&self) -> impl Iterator<Item = &Package> {
        self.metadata.workspace_packages().into_iter()
    }

    /// `services/orders/core`, from the root of the workspace.
    fn folder(&self, package: &Package) -> String {
        package
            .manifest_path
            .parent()
            .and_then(|folder| folder.strip_prefix(&self.metadata.workspace_root).ok())
            .map(|folder| folder.to_string())
            .expect("a member lies in the workspace")
    }

    /// Folders of the members that `package` depends on, tests' needs left out.
    fn members_used_by(&self, package: &Package) -> Vec<String> {
        let used: BTreeSet<&str> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development)
            .map(|dependency| dependency.name.as_str())
            .collect();
        self.packages()
            .filter(|member| used.contains(member.name.as_str()))
            .map(|member| self.folder(member))
            .collect()
    }

    /// Every package that `package` reaches, by name, through normal dependencies.
    fn reach_of(&self, package: &Package) -> BTreeSet<String> {
        let resolve = self.metadata.resolve.as_ref().expect("a resolved graph");
        let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|n| (&n.id, n)).collect();
        let names: BTreeMap<_, _> = (self.metadata.packages.iter())
            .map(|p| (&p.id, p.name.to_string()))
            .collect();
        let mut reached = BTreeSet::new();
        let mut left = vec![&package.id];
        while let Some(id) = left.pop() {
            for dependency in &nodes[id].deps {
                let normal = |k: &cargo_metadata::DepKindInfo| k.kind == DependencyKind::Normal;
                if dependency.dep_kinds.iter().any(normal)
                    && reached.insert(names[&dependency.pkg].clone())
                {
                    left.push(&dependency.pkg);
                }
            }
        }
        reached
    }
}

#[test]
fn a_pure_crate_reaches_no_runtime_database_broker_or_network() {
    const IMPURE: [&str; 8] = [
        "tokio",
        "sqlx",
        "lapin",
        "axum",
        "reqwest",
        "opentelemetry",
        "rand",
        "hyper",
    ];
    let workspace = Workspace::read();
    let mut seen = 0;
    for package in workspace.packages() {
        let folder = workspace.folder(package);
        if is_pure(&folder) {
            seen += 1;
            let reach = workspace.reach_of(package);
            let impure: Vec<_> = IMPURE
                .iter()
                .filter(|name| reach.contains(**name))
                .collect();
            assert!(impure.is_empty(), "{folder} reaches {impure:?}");
        }
    }
    assert!(
        seen >= 12,
        "only {seen} pure crates found: is the rule still read?"
    );
}

#[test]
fn a_service_depends_on_another_services_contract_at_most() {
    let workspace = Workspace::read();
    for package in workspace.packages() {
        let folder = workspace.folder(package);
        let Some(service) = service_of(&folder) else {
            continue;
        };
        for used in workspace.members_used_by(package) {
            if let Some(other) = service_of(&used) {
                assert!(
                    other == service || is_contract(&used),
                    "{folder} depends on {used}"
                );
            }
        }
    }
}

fn service_of(folder: &str) -> Option<&str> {
    folder.strip_prefix("services/")?.split('/').next()
}

#[test]
fn mechanisms_know_no_service() {
    let workspace = Workspace::read();
    for package in workspace.packages() {
        let folder = workspace.folder(package);
        if folder.starts_with("crates/") && folder != "crates/platform" {
            for used in workspace.members_used_by(package) {
                assert!(used.starts_with("crates/"), "{folder} depends on {used}");
            }
        }
    }
}

#[test]
fn judges_and_the_platform_share_no_code_with_what_they_judge() {
    let workspace = Workspace::read();
    for package in workspace.packages() {
        let folder = workspace.folder(package);
        let judge = folder.starts_with("chaos")
            || folder.starts_with("loadgen")
            || folder == "crates/platform";
        if judge {
            for used in workspace.members_used_by(package) {
                assert!(
                    !used.starts_with("services/") || is_contract(&used),
                    "{folder} depends on {used}"
                );
            }
        }
    }
}

#[test]
fn nothing_but_a_test_depends_on_a_service_shell() {
    let workspace = Workspace::read();
    for package in workspace.packages() {
        if workspace.folder(package).starts_with("tests/") {
            continue;
        }
        for used in workspace.members_used_by(package) {
            let shell = service_of(&used)
                .is_some_and(|service| used == format!("services/{service}"))
                && used != "services/topology";
            assert!(!shell, "{} depends on {used}", workspace.folder(package));
        }
    }
}

#[test]
fn the_table_of_contracts_in_the_architecture_document_is_true() {
    let workspace = Workspace::read();
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in workspace.packages() {
        let user = workspace.folder(package);
        for used in workspace.members_used_by(package) {
            if used.ends_with("/contract") {
                users.entry(used).or_default().insert(user.clone());
            }
        }
    }
    let mut table = String::from("| contract | used by |\n|---|---|\n");
    for (contract, users) in users {
        let users: Vec<_> = users.iter().map(|user| format!("`{user}`")).collect();
        table += &format!("| `{contract}` | {} |\n", users.join(", "));
    }
    let document = workspace.metadata.workspace_root.join("ARCHITECTURE.md");
    let text = std::fs::read_to_string(&document).unwrap_or_default();
    assert!(
        text.contains(&table),
        "ARCHITECTURE.md does not hold this table; put it there:\n\n{table}"
    );
}
