-- The same two requests as ours, in turns on each connection.
local requests, nth = {}, 0

function init(args)
  local headers = {
    ["content-type"] = "application/json",
    ["deadline-ms"] = "5000",
    ["idempotency-key"] = "bench-1",
    ["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  }
  local order = '{"customer":"bench-customer-7","lines":[{"sku":"bench-sku-1","quantity":1},{"sku":"bench-sku-2","quantity":2}],'
    .. '"ship_to":{"country":"NO","postcode":"1"},"coordination":"choreography"}'
  local watch = "/orders/" .. args[1] .. "?wait=terminal&wait_ms=10000"
  requests[0] = wrk.format("POST", "/orders", headers, order)
  requests[1] = wrk.format("GET", watch, headers)
end

function request()
  nth = nth + 1
  return requests[nth % 2]
end

function done(summary, latency, _)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"requests":%d,"duration_us":%d,"errors":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)
  ))
end
