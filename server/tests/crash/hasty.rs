//! The server that acknowledges before the commit, for the kill -9 harness to find out. It serves a demo with
//! the parts of the real one and differs in one switch.

use std::process::ExitCode;

use medchat::app::{self, Ground, Server};
use medchat::auth::secrets::Secrets;
use medchat::config;
use medchat::observe::trace;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    medchat::acts::post_box::hasty::turn_on();
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %error, "not served");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "it says where it listens as the real one does")]
async fn serve() -> anyhow::Result<()> {
    let config = config::read(None, true)?;
    trace::install(&config.log);
    let sources = app::sources();
    let secrets = Secrets::open(&config.secrets_dir, &sources)?;
    let (store, keys) = app::open_stores(&config).await?;
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    let server = Server::build(&config, Ground { store, keys, secrets, sources, address }).await?;
    println!("listening on http://{address}");
    server.run(listener, std::future::pending()).await;
    Ok(())
}
