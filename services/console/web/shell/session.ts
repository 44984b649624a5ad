import { createContext, use } from 'react';
import type { Session } from '@refrain/console/api';

/** What the server said about this shop before anything else was shown. */
export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('The page asks for the session outside of its door.');
  return session;
}
