//! What the odd twins of the server have in common: each serves a demo with the parts of the real one, and differs from
//! it in what its `main` says and nothing else.

use medchat::app::{self, Ground, Server};
use medchat::auth::secrets::Secrets;
use medchat::config;
use medchat::observe::trace;

use domain::source::Sources;

/// Serves a demo until it is killed.
#[expect(clippy::print_stdout, reason = "it says where it listens as the real one does")]
pub async fn serve(sources: Sources) -> anyhow::Result<()> {
    let config = config::read(None, true)?;
    trace::install(&config.log);
    let secrets = Secrets::open(&config.secrets_dir, &sources)?;
    let (store, keys) = app::open_stores(&config).await?;
    let listener = medchat::serve::listen(config.listen, config.share_port)?;
    let address = listener.local_addr()?;
    let server =
        Server::build(&config, Ground { store, keys, secrets, sources, clock_is_real: false, address })
            .await?;
    println!("listening on http://{address}");
    server.run(listener, std::future::pending()).await;
    Ok(())
}
