/** Sends server-sent events, no faster than the client reads, until the stream, the client or the server ends. */
import type { ServerResponse } from 'node:http';
import type { Feed } from '../pipeline/index.js';

/** In milliseconds. Proxies close connections on which nothing is sent for a minute. */
const KEEP_ALIVE_INTERVAL = 15_000;
/** A client that reads nothing for so many intervals is gone. */
const MAX_UNREAD_INTERVALS = 4;

/** The head must have been written. Returns how to end the stream early. */
export function sendFeed(response: ServerResponse, feed: Feed): () => void {
  let unread = 0;
  const pump = (): void => {
    while (!response.writableNeedDrain && !response.writableEnded && !response.destroyed) {
      const text = feed.next();
      if (text === undefined) return;
      if (text === null) response.end();
      else response.write(text);
    }
  };
  const stop = feed.onMore(pump);
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain && !response.writableEnded) {
      unread = 0;
      response.write(feed.signOfLife);
      return;
    }
    unread += 1;
    if (unread > MAX_UNREAD_INTERVALS) response.destroy();
  }, KEEP_ALIVE_INTERVAL);
  keepAlive.unref();
  response.on('drain', pump).on('close', () => {
    clearInterval(keepAlive);
    stop();
  });
  pump();
  return () => response.end();
}
