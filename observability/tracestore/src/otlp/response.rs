//! What an exporter is answered, encoded by hand: two messages of two fields each.

use super::varint_into;

/// `ExportTraceServiceResponse`: empty when all is well, else how many spans were not taken and why.
pub fn export_response(refused: u64) -> Vec<u8> {
    if refused == 0 {
        return Vec::new();
    }
    let mut partial_success = vec![1 << 3];
    varint_into(&mut partial_success, refused);
    bytes_field(
        &mut partial_success,
        2,
        b"a span needs a 16-byte trace id, an 8-byte span id, at most 64 KiB and a trace of at most 10,000 spans",
    );
    let mut response = Vec::new();
    bytes_field(&mut response, 1, &partial_success);
    response
}

/// `google.rpc.Status`, the body of every refusal over HTTP.
pub fn status(code: tonic::Code, message: &str) -> Vec<u8> {
    let mut status = vec![1 << 3];
    varint_into(&mut status, code as u64);
    bytes_field(&mut status, 2, message.as_bytes());
    status
}

fn bytes_field(out: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    out.push(number << 3 | 2);
    varint_into(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
    use prost::Message;

    #[test]
    fn an_exporter_reads_how_many_spans_were_refused() {
        let read = |refused| {
            let response = super::export_response(refused);
            ExportTraceServiceResponse::decode(response.as_slice())
                .expect("a response")
                .partial_success
        };
        assert_eq!(read(0), None);
        let partial = read(300).expect("not all were taken");
        assert_eq!(partial.rejected_spans, 300);
        assert!(partial.error_message.contains("trace id"));
    }
}
