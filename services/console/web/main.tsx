import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueries } from './data/queries.ts';
import { createPages } from './router.tsx';
import { Door } from './shell/door.tsx';
import { applyTheme, storedTheme } from './shell/theme.ts';

applyTheme(storedTheme());
const queries = createQueries();
const root = document.querySelector('#root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Door>
          <RouterProvider router={createPages()} />
        </Door>
      </QueryClientProvider>
    </StrictMode>,
  );
