//! The server that acknowledges before the commit, for the kill -9 harness to find out.

use std::process::ExitCode;

mod twin;

#[tokio::main]
async fn main() -> ExitCode {
    medchat::acts::post_box::hasty::turn_on();
    match twin::serve(medchat::app::sources()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %error, "not served");
            ExitCode::FAILURE
        }
    }
}
