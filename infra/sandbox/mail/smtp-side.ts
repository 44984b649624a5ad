import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Decide, Verdict } from './decision.ts';
import { PromptConnection } from './prompt-connection.ts';

/** Largest message, in bytes. A larger one is answered 552 and not kept. */
const MESSAGE_BYTES_MAX = 1_048_576;

/**
 * The SMTP server. It listens on a listener of ours, since the library's neither cuts a connection on arrival
 * nor comes back once it has closed.
 */
export function createSmtpSide(decide: Decide): Server {
  const sockets = new Map<string, Socket>();

  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MESSAGE_BYTES_MAX,
    logger: false,
    onMailFrom(_, { id }, accept) {
      const { status, text } = decide.mail(id);
      accept(status === 250 ? null : refusal(status, text));
    },
    onData(stream, session, accept) {
      const answer = ({ status, text, cut, delayMs }: Verdict) => {
        if (cut) return sockets.get(session.id)?.resetAndDestroy();
        const say = () => (status === 250 ? accept(null, text) : accept(refusal(status, text)));
        return delayMs > 0 ? setTimeout(say, delayMs).unref() : say();
      };
      // A client that leaves in the middle of its message has sent none: nothing is decided.
      read(stream, session).then((message) => answer(decide.data(session.id, message)), accept);
    },
  });
  return createServer((socket) => {
    const id = randomUUID();
    if (decide.connect(id).cut) {
      socket.resetAndDestroy();
      return;
    }
    sockets.set(id, socket);
    socket.once('close', () => {
      sockets.delete(id);
      decide.leave(id);
    });
    const connection = new PromptConnection(smtp, socket, { id });
    smtp.connections.add(connection);
    connection.on('error', () => undefined); // it broke, often because it was cut here; its call says so
    connection.init();
  });
}

/** A refusal in SMTP's words; the code is what the client acts on. */
const refusal = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });

async function read(stream: SMTPServerDataStream, { envelope }: SMTPServerSession) {
  const text = (await buffer(stream)).toString('utf8');
  const to = envelope.rcptTo.map(({ address }) => address).join(', ');
  return { text, to, isTooLarge: stream.sizeExceeded };
}
