//! See the library: `platform::cli`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    platform::cli::main().await
}
