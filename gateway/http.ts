import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';
import { SUBPROTOCOL_NEEDED } from './handshake.js';

export interface HttpOptions {
  readonly metrics: Metrics;
  readonly readiness: () => Promise<Readiness>;
  /** Paths on which a WebSocket opens. */
  readonly webSocketPaths: ReadonlySet<string>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** `/healthz`, `/readyz`, `/metrics`, to be read by GET or HEAD; everything else is 404. */
export function httpHandler(options: HttpOptions): Handler {
  const routes: Readonly<Record<string, (response: ServerResponse) => void | Promise<void>>> = {
    '/healthz': (response) => {
      sendJson(response, 200, { alive: true });
    },
    '/readyz': async (response) => {
      const readiness = await options.readiness();
      sendJson(response, readiness.ready ? 200 : 503, readiness);
    },
    '/metrics': async (response) => {
      const text = await options.metrics.text();
      response.writeHead(200, { 'content-type': options.metrics.contentType }).end(text);
    },
  };
  return (request, response) => {
    const path = pathOf(request);
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route !== undefined) {
      if (request.method === 'GET' || request.method === 'HEAD') void answer(route, response);
      else sendJson(response.setHeader('allow', 'GET, HEAD'), 405, { error: `${path} is read by GET` });
    } else if (options.webSocketPaths.has(path)) {
      // Both headers: RFC 9110, 15.5.22 and 7.8.
      response.setHeader('upgrade', 'websocket').setHeader('connection', 'upgrade, close');
      const read = Object.keys(routes).join(', ');
      sendJson(response, 426, {
        error: `this is a gateway of emoney: terminals and operators connect here by WebSocket (${SUBPROTOCOL_NEEDED}); ${read} are read by GET`,
      });
    } else sendJson(response, 404, { error: `nothing at ${path}; try ${Object.keys(routes).join(', ')}` });
  };
}

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').replace(/\?.*$/s, '');
}

async function answer(
  route: (response: ServerResponse) => void | Promise<void>,
  response: ServerResponse,
): Promise<void> {
  try {
    await route(response);
  } catch (error) {
    sendJson(response, 500, { error: error instanceof Error ? error.message : String(error) });
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  response.writeHead(status, headers).end(`${JSON.stringify(body)}\n`);
}
