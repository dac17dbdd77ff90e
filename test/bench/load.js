/** A load of HTTP requests over kept-alive connections, lean enough to saturate a server on the other core. */
import { createConnection } from 'node:net';

const END_OF_HEADERS = Buffer.from('\r\n\r\n');

/**
 * Sends the requests in turn over every connection, one at a time on each, for so many seconds.
 * Answers how many were answered a second; throws where one was not answered with the status.
 */
export async function load({ url, path, bodies, status, connections, seconds }) {
  const { hostname, port, host } = new URL(url);
  const requests = bodies.map((body) =>
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\naccept: */*\r\ncontent-type: application/json\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
    ),
  );
  const expected = `HTTP/1.1 ${String(status)} `;
  const started = performance.now();
  const until = started + seconds * 1000;
  stayAwake(until);
  const counts = await Promise.all(
    Array.from({ length: connections }, () => talk({ hostname, port, requests, expected, until })),
  );
  return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - started) / 1000);
}

/** A load that sleeps must be woken for every answer, and the server's core pays for that: more than for the answer itself. */
function stayAwake(until) {
  if (performance.now() < until) setImmediate(stayAwake, until);
}

function talk({ hostname, port, requests, expected, until }) {
  return new Promise((resolve, reject) => {
    let count = 0;
    let missing = 0;
    let pending = Buffer.alloc(0);
    const socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
    const send = () => socket.write(requests[count % requests.length]);
    const answered = () => {
      count += 1;
      if (performance.now() < until) send();
      else socket.end(() => resolve(count));
    };
    socket.on('connect', send).on('error', reject);
    socket.on('data', (chunk) => {
      if (missing > 0) {
        missing -= chunk.length;
        if (missing === 0) answered();
        return;
      }
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const end = pending.indexOf(END_OF_HEADERS);
      if (end === -1) return;
      const head = pending.latin1Slice(0, end);
      if (!head.startsWith(expected)) {
        reject(new Error(`expected ${expected}, got ${head.slice(0, 40)}`));
        socket.destroy();
        return;
      }
      missing = Number(/content-length: (\d+)/i.exec(head)[1]) - (pending.length - end - END_OF_HEADERS.length);
      pending = Buffer.alloc(0);
      if (missing === 0) answered();
    });
  });
}
