//! Cargo tells only build scripts how it compiles, and a figure without that is none.

fn main() {
    let told = |name: &str| std::env::var(name).unwrap_or_default();
    let (profile, level) = (told("PROFILE"), told("OPT_LEVEL"));
    println!("cargo:rustc-env=BENCH_PROFILE={profile}, opt-level {level}");
    println!("cargo:rerun-if-changed=build.rs");
}
