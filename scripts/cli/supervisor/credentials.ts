import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RefrainError } from '@refrain/errors';
import { inboxPrefixOf } from '@refrain/jetstream';
import { z } from 'zod';

const credentials = z.object({
  user: z.string().min(1),
  password: z.string().min(1),
  /** Replies to this user go below it, so that no other user can listen to them. */
  inboxPrefix: z.string().min(1),
});

/** How one broker user logs in; the content of its `secrets/<user>.json`. */
export type Credentials = z.infer<typeof credentials>;

export const credentialsPath = (folder: string, user: string): string => join(folder, `${user}.json`);

/** @throws RF_CONFIG when it is not there or not whole. */
export function readCredentials(folder: string, user: string): Credentials {
  const path = credentialsPath(folder, user);
  try {
    return credentials.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new RefrainError(
      'RF_CONFIG',
      { problems: `${path} does not hold the credentials of "${user}"` },
      { cause },
    );
  }
}

/** Draws a password for every user that has none yet. Only the owner may read them. */
export function ownCredentials(folder: string, users: readonly string[]): ReadonlyMap<string, Credentials> {
  return new Map(
    users.map((user) => [
      user,
      known(folder, user) ??
        write(folder, user, {
          user,
          password: drawnPassword(),
          inboxPrefix: inboxPrefixOf(user),
        }),
    ]),
  );
}

function known(folder: string, user: string): Credentials | undefined {
  try {
    const found = readCredentials(folder, user);
    return found.user === user ? write(folder, user, found) : undefined;
  } catch {
    return undefined;
  }
}

/** What everybody logs in with at a broker that is not ours. */
interface SharedCredentials {
  readonly url: string;
  readonly users: readonly string[];
  /** A JSON file `{"<user>": {"user": …, "password": …}}`, where each has its own. */
  readonly usersFile?: string | undefined;
}

const usersFileSchema = z.record(
  z.string(),
  z.object({ user: z.string().min(1), password: z.string().min(1) }),
);

/**
 * Writes what each user logs in with, and says whether there is anything to log in with.
 * @throws RF_CONFIG when the file of users lacks one, or is none.
 */
export function foreignCredentials(folder: string, { url, users, usersFile }: SharedCredentials): boolean {
  const own = usersFile === undefined ? undefined : readUsersFile(usersFile, users);
  const shared = credentialsIn(url);
  for (const user of users) {
    // A broker of others may know only the usual prefix, `_INBOX.`.
    if (shared) write(folder, user, { ...shared, inboxPrefix: `_INBOX.${user}` });
    if (own?.[user]) write(folder, user, { ...own[user], inboxPrefix: inboxPrefixOf(user) });
  }
  return own !== undefined || shared !== undefined;
}

/**
 * Draws a password for every user that the file lacks, and keeps those that stand in it.
 * @throws RF_CONFIG when there is a file that is no file of users; it is left as it is.
 */
export function fillUsersFile(path: string, users: readonly string[]): ReadonlyMap<string, string> {
  const there = existsSync(path) ? readUsersFile(path, []) : {};
  const all = users.map((user) => [user, there[user] ?? { user, password: drawnPassword() }] as const);
  replaceFile(path, `${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`);
  return new Map(all.map(([user, { password }]) => [user, password]));
}

const drawnPassword = (): string => randomBytes(24).toString('base64url');

/** Only the owner may read it, and nobody reads a half. */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.next`, text, { mode: 0o600 });
  chmodSync(`${path}.next`, 0o600);
  renameSync(`${path}.next`, path);
}

function readUsersFile(path: string, users: readonly string[]): z.infer<typeof usersFileSchema> {
  const read = usersFileSchema.safeParse(parseOrNothing(path));
  const missing = users.filter((user) => read.data?.[user] === undefined);
  if (read.success && missing.length === 0) return read.data;
  const problem = read.success
    ? `lacks ${missing.join(', ')}`
    : 'is not {"<user>": {"user": …, "password": …}}';
  throw new RefrainError('RF_CONFIG', { problems: `NATS_USERS: ${path} ${problem}` });
}

function parseOrNothing(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The user and the password that stand in a url. */
function credentialsIn(urls: string): Pick<Credentials, 'user' | 'password'> | undefined {
  const { username, password } = firstUrl(urls);
  if (username === '') return undefined;
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

const asUrl = (url: string): URL => new URL(url.includes('://') ? url.trim() : `nats://${url.trim()}`);
const firstUrl = (urls: string): URL => asUrl(urls.split(',')[0] ?? '');

/** The urls without what is secret in them: processes get their credentials as files. */
export const withoutCredentials = (urls: string): string =>
  urls
    .split(',')
    .map((url) => `${asUrl(url).protocol}//${asUrl(url).host}`)
    .join(',');

function write(folder: string, user: string, content: Credentials): Credentials {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  replaceFile(credentialsPath(folder, user), `${JSON.stringify(content)}\n`);
  return content;
}
