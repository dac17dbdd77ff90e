/** Sends a feed over a response: no faster than the caller reads, and until the feed, the caller or the server ends. */
import type { ServerResponse } from 'node:http';
import type { Feed } from '../pipeline/index.js';

/** In milliseconds. Proxies close connections on which nothing is sent for a minute. */
const SIGN_OF_LIFE = 15_000;
/** A caller that has read nothing through so many of them is gone. */
const MOST_UNREAD = 4;

/** The head must have been written. Answers how to end it early. */
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
  const life = setInterval(() => {
    if (!response.writableNeedDrain && !response.writableEnded) {
      unread = 0;
      response.write(feed.signOfLife);
      return;
    }
    unread += 1;
    if (unread > MOST_UNREAD) response.destroy();
  }, SIGN_OF_LIFE);
  life.unref();
  response.on('drain', pump).on('close', () => {
    clearInterval(life);
    stop();
  });
  pump();
  return () => response.end();
}
