//! The control API: what a cluster's API is to pods. On loopback, for holders of the token.
//!
//! | call | answer |
//! |---|---|
//! | `GET /processes` | every process with its state |
//! | `POST /processes/{name}/kill` (`terminate`, `pause`, `resume`, `restart`, `fill-disk`, `free-disk`) | the receipt: name, pid, signal, time |
//! | `POST /services/{service}/scale` `{"instances": n}` | the names there are now |

mod problem;
mod routes;
mod token;

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::fleet::Fleet;
use crate::ports::Port;
use crate::run_dir::RunDir;

pub(crate) use routes::Shared;

/// Answers until dropped.
pub struct Control {
    pub url: String,
    serving: JoinHandle<()>,
    _port: Port,
}

impl Control {
    pub async fn serve(fleet: Arc<Fleet>, run_dir: RunDir, token: String) -> io::Result<Control> {
        let port = Port::claim()?;
        let listener = TcpListener::bind(port.addr()).await?;
        let router = routes::router(Shared {
            fleet,
            run_dir,
            token: token.into(),
        });
        let serving = tokio::spawn(async move {
            // It ends with an error never: see axum::serve.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Control {
            url: port.url(),
            serving,
            _port: port,
        })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
