//! OTLP's two ways in: HTTP with protobuf bodies, and gRPC.

pub mod grpc;
pub mod http;
