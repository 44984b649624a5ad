import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { z } from 'zod';
import { routes } from '@refrain/console/api';
import { send } from '../data/ask.ts';
import { sessionQuery } from '../data/queries.ts';
import { Awaited } from '../parts/state.tsx';
import { SessionContext } from './session.ts';

/** Nothing is shown before the server said who may see it. */
export function Door({ children }: { children: ReactNode }) {
  const asked = useQuery(sessionQuery);
  const { data } = asked;
  if (data?.needsToken === true) return <Login onDone={() => void asked.refetch()} />;
  if (data) return <SessionContext value={data}>{children}</SessionContext>;
  return (
    <main className="content">
      <Awaited
        asked={asked}
        what="the console"
        failed="The console is not reached"
        command="npx refrain ps"
      />
    </main>
  );
}

function Login({ onDone }: { onDone: () => void }) {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState('');
  const queries = useQueryClient();
  const open = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      await send(routes.login, z.unknown(), { token });
      await queries.invalidateQueries();
      onDone();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <main className="content">
      <form className="panel panel-body stack" onSubmit={(event) => void open(event)}>
        <h1>Refrain console</h1>
        <p>This console asks for the token that it was started with (CONSOLE_TOKEN).</p>
        <label className="field">
          <span>Token</span>
          <input
            className="input"
            type="password"
            autoComplete="current-password"
            required
            value={token}
            onChange={({ target }) => setToken(target.value)}
          />
        </label>
        {problem === '' ? null : (
          <p className="notice tone-bad" role="alert">
            {problem}
          </p>
        )}
        <div>
          <button type="submit" className="button primary">
            Open
          </button>
        </div>
      </form>
    </main>
  );
}
