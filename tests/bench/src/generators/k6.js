// The same two requests as ours: an order is placed, and watched to its end.
import http from 'k6/http';

export const options = {
  scenarios: {
    orders: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE),
      timeUnit: '1s',
      duration: `${__ENV.SECONDS}s`,
      preAllocatedVUs: Number(__ENV.CUSTOMERS),
      gracefulStop: '10s',
    },
  },
  summaryTrendStats: ['p(50)', 'p(99)'],
};

const headers = {
  'content-type': 'application/json',
  'deadline-ms': '5000',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};

export default function () {
  const nth = `${__VU}-${__ITER}`;
  const order = JSON.stringify({
    customer: 'bench-customer-7',
    lines: [{ sku: 'bench-sku-1', quantity: 1 }, { sku: 'bench-sku-2', quantity: 2 }],
    ship_to: { country: 'NO', postcode: nth },
    coordination: 'choreography',
  });
  const key = { 'idempotency-key': `bench-${nth}` };
  const placed = http.post(`${__ENV.URL}/orders`, order, { headers: { ...headers, ...key } });
  const id = placed.json('order_id');
  http.get(`${__ENV.URL}/orders/${id}?wait=terminal&wait_ms=10000`, {
    headers: { ...headers, 'consistency-token': '1' },
    tags: { name: 'watch' },
  });
}

export function handleSummary(data) {
  return { stdout: JSON.stringify(data.metrics) };
}
