//! `teeth`: careless variants of our own code, and whether each is caught.

#![forbid(unsafe_code)]

use clap::{Args, Parser, Subcommand};
use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};
use teeth::{
    campaign::{Campaign, Caught},
    catalogue,
    document::{Document, DocumentError, SHARE, TABLE},
    level::Level,
    progress::Progress,
    table,
    variant::Variant,
    workshop::Workshop,
};

/// Plants mistakes that real systems make into a copy of our own code, and sees each caught.
///
/// Exit codes: 0 every variant was caught by the claim it names; 1 one was not, was caught by
/// others, does not compile or no longer applies; 2 it could not be run.
#[derive(Parser)]
#[command(name = "teeth", version)]
struct CommandLine {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Name the variants: level, claim, mistake
    List,
    /// See that every patch is complete and applies; nothing is built
    Check,
    /// Build each variant and see it caught (the default)
    Run(Run),
}

#[derive(Args, Default)]
struct Run {
    /// Variants, by the names of their files; all if none is named
    names: Vec<String>,
    /// Only those that are caught at this level
    #[arg(long, value_enum)]
    level: Option<Level>,
    /// Leave the last variant in the copy, target/teeth/tree
    #[arg(long)]
    keep: bool,
    /// Put the figures into tests/teeth/README.md, and the share into README.md
    #[arg(long)]
    write: bool,
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let done =
        root.canonicalize()
            .map_err(Into::into)
            .and_then(|root| match CommandLine::parse().verb {
                Some(Verb::List) => list(&root),
                Some(Verb::Check) => check(&root),
                Some(Verb::Run(asked)) => run(root, &asked),
                None => run(root, &Run::default()),
            });
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("teeth: {error}");
            ExitCode::from(2)
        }
    }
}

fn list(root: &Path) -> Result<bool, Box<dyn Error>> {
    for one in catalogue::read(root)? {
        let Variant {
            slug,
            level,
            claim,
            mistake,
            ..
        } = &one;
        println!("{slug}\n    {level}, {claim}\n    {mistake}");
    }
    Ok(true)
}

fn check(root: &Path) -> Result<bool, Box<dyn Error>> {
    let variants = catalogue::read(root)?;
    let mut all_apply = true;
    for one in &variants {
        if let Err(error) = one.overlay(root) {
            all_apply = false;
            println!("{}: {error}", one.slug);
        }
    }
    println!("{} variants", variants.len());
    Ok(all_apply)
}

fn run(root: PathBuf, asked: &Run) -> Result<bool, Box<dyn Error>> {
    let all = catalogue::read(&root)?;
    // Opened first: an hour of judging must not end at a document that takes no table.
    let open =
        || Ok::<_, DocumentError>((Document::open(&root, TABLE)?, Document::open(&root, SHARE)?));
    let documents = asked.write.then(open).transpose()?;
    let mut chosen = catalogue::chosen(all.clone(), &asked.names)?;
    chosen.retain(|one| asked.level.is_none_or(|level| level == one.level));
    // By level, so that what a level builds is built one after another.
    chosen.sort_by_key(|one| one.level);
    let campaign = Campaign {
        workshop: Workshop::new(&root),
        progress: Progress::on_stderr(chosen.iter().map(|one| one.slug.len())),
        root: &root,
        keep: asked.keep,
    };
    let caught = campaign.run(&chosen)?;
    let right = caught.iter().filter(|one| one.is_right()).count();
    let is_whole = right == chosen.len();
    println!("{right} of {} variants are caught as named", chosen.len());
    if let Some((rows, front)) = documents {
        let slugs = chosen.into_iter().map(|one| one.slug);
        let caught: BTreeMap<String, Caught> = slugs.zip(caught).collect();
        let table = table::table(&all, &caught, &rows.text);
        rows.write(&table)?;
        front.write(&table::share(&table))?;
    }
    Ok(is_whole)
}
