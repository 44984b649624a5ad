import { AsyncLocalStorage } from 'node:async_hooks';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Stripe } from 'stripe';

type HttpClient = NonNullable<Stripe.StripeConfig['httpClient']>;
type Answer = Awaited<ReturnType<HttpClient['makeRequest']>>;

const answerOf = (response: IncomingMessage, text: string): Answer => ({
  getStatusCode: () => response.statusCode ?? 0,
  getHeaders: () => response.headers as ReturnType<Answer['getHeaders']>,
  getRawResponse: () => ({}),
  toStream: () => response,
  toJSON: async () => JSON.parse(text) as unknown,
});

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * An HTTP client for Stripe's client that sends exactly one request per call, and ends it when the attempt's
 * signal is aborted. Stripe's own repeats a request whose connection closed, whatever `maxNetworkRetries`
 * says; it knows one by the error's `code`, so here an error carries its code one level deeper, in `cause`.
 */
export function oneRequestPerCall() {
  const current = new AsyncLocalStorage<AbortSignal>();
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  const client: HttpClient = {
    getClientName: () => 'refrain',
    makeRequest: async (host, port, path, method, headers, body, protocol) => {
      const secure = protocol !== 'http';
      const agent = agents[secure ? 'https:' : 'http:'];
      const signal = current.getStore();
      try {
        const response = await new Promise<IncomingMessage>((resolve, reject) => {
          const options = { host, port, path, method, headers: headers as http.OutgoingHttpHeaders, agent };
          const request = (secure ? https : http).request({ ...options, ...(signal && { signal }) }, resolve);
          request.once('error', reject);
          request.end(body);
        });
        return answerOf(response, await textOf(response));
      } catch (error) {
        throw new Error(`the request ended without an answer`, { cause: error });
      }
    },
  };
  return {
    client,
    /** Makes the calls of `work` end with the signal. */
    within: <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => current.run(signal, work),
    close: (): void => Object.values(agents).forEach((agent) => agent.destroy()),
  };
}
