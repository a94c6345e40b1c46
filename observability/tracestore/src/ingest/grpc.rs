//! OTLP over gRPC: `TraceService/Export`, with the message left as it came.
//!
//! The generated service would decode a request into objects many times its size before anything could be
//! refused; here the bytes go where those of HTTP go.

use std::future::{Ready, ready};

use axum::Router;
use axum::extract::{Request as HttpRequest, State};
use axum::response::{IntoResponse, Response as HttpResponse};
use axum::routing::post;
use bytes::{Buf, BufMut, Bytes};
use tokio::net::TcpListener;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, UnaryService};
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::otlp;
use crate::shared::{BODY_BYTES_MAX, BODY_WAIT, SharedStore};

const EXPORT: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// Requests one connection may have under way. Exporters have one.
const STREAMS_MAX: u32 = 8;

/// Serves until `shutdown` resolves and the requests under way are answered.
pub async fn serve(
    listener: TcpListener,
    store: SharedStore,
    shutdown: impl Future<Output = ()>,
) -> Result<(), tonic::transport::Error> {
    tonic::transport::Server::builder()
        .max_concurrent_streams(STREAMS_MAX)
        .timeout(BODY_WAIT)
        .add_routes(Routes::from(router(store)))
        .serve_with_incoming_shutdown(TcpIncoming::from(listener), shutdown)
        .await
}

fn router(store: SharedStore) -> Router {
    Router::new()
        .route(EXPORT, post(export))
        .fallback(unimplemented)
        .with_state(store)
}

async fn export(State(store): State<SharedStore>, request: HttpRequest) -> HttpResponse {
    let Some(turn) = store.turn().await else {
        return Status::unavailable("too many requests are being read: send it again in a second")
            .into_http::<axum::body::Body>()
            .into_response();
    };
    let mut grpc = Grpc::new(RawCodec).max_decoding_message_size(BODY_BYTES_MAX);
    let response = grpc.unary(Export(store), request).await;
    drop(turn);
    response.into_response()
}

async fn unimplemented() -> HttpResponse {
    Status::unimplemented("only TraceService/Export is served here")
        .into_http::<axum::body::Body>()
        .into_response()
}

struct Export(SharedStore);

impl UnaryService<Bytes> for Export {
    type Response = Vec<u8>;
    type Future = Ready<Result<Response<Vec<u8>>, Status>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let appended = self.0.append(request.get_ref());
        ready(match appended {
            Ok(appended) => Ok(Response::new(otlp::export_response(appended.refused))),
            Err(mistake) => Err(Status::invalid_argument(mistake.to_string())),
        })
    }
}

/// Messages as the bytes they are.
#[derive(Clone, Copy, Debug, Default)]
struct RawCodec;

impl Codec for RawCodec {
    type Encode = Vec<u8>;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for RawCodec {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put_slice(&item);
        Ok(())
    }
}

impl Decoder for RawCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
