import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { type Line, useLine, useLive } from '../data/live.ts';
import { Icon } from '../parts/icon.tsx';
import { Pill } from '../parts/pill.tsx';
import { places } from './places.ts';
import { Search } from './search.tsx';
import { useSession } from './session.ts';
import { ShortcutList } from './shortcut-list.tsx';
import { useShortcuts } from './shortcuts.ts';
import { storedTheme, storeTheme, type Theme, themes } from './theme.ts';

export function Shell() {
  const search = useRef<HTMLInputElement>(null);
  const [theme, setTheme] = useState(storedTheme);
  const [listOpen, setListOpen] = useState(false);
  const navigate = useNavigate();
  const nextTheme = (): void => {
    const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
    storeTheme(next);
    setTheme(next);
  };
  useShortcuts({
    go: (to) => void navigate({ to }),
    search: () => search.current?.focus(),
    theme: nextTheme,
    list: () => setListOpen(true),
  });
  const content = useFocusOnNewPage();
  return (
    <div className="shell">
      <a className="skip" href="#content" onClick={() => content.current?.focus()}>
        Skip to the content
      </a>
      <Navigation />
      <div className="main">
        <header className="bar">
          <Search ref={search} />
          <div className="bar-end">
            <LineState />
            <ThemeButton theme={theme} onClick={nextTheme} />
            <button
              type="button"
              className="button bare keyboard"
              aria-label="Keyboard"
              onClick={() => setListOpen(true)}
            >
              <Icon name="keyboard" />
            </button>
          </div>
        </header>
        <main id="content" className="content" tabIndex={-1} ref={content}>
          <Outlet />
        </main>
      </div>
      {listOpen ? <ShortcutList onClose={() => setListOpen(false)} /> : null}
    </div>
  );
}

/** A new page begins at its top, and its first focus is its content: a screen reader says where one is. */
function useFocusOnNewPage() {
  const content = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    content.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [path]);
  return content;
}

function Navigation() {
  const { sandboxes, readOnly } = useSession();
  const { services } = useLive();
  const letters = services.reduce((sum, { deadLetters }) => sum + deadLetters, 0);
  const shown = places.filter(({ to }) => to !== '/faults' || sandboxes.length > 0);
  return (
    <nav className="nav" aria-label="Pages">
      <Link to="/" className="brand" aria-label="Refrain">
        <img src="/icon.svg" alt="" width="22" height="22" />
        <span>Refrain</span>
      </Link>
      <ul className="nav-list">
        {shown.map(({ to, name, icon }) => (
          <li key={to}>
            <Link to={to} className="nav-link" activeOptions={{ exact: to === '/', includeSearch: false }}>
              <Icon name={icon} />
              {name}
              {to === '/dead-letters' && letters > 0 ? <span className="nav-count">{letters}</span> : null}
            </Link>
          </li>
        ))}
      </ul>
      <div className="nav-foot">
        {readOnly ? <Pill tone="quiet">read-only</Pill> : null}
        <Processes />
      </div>
    </nav>
  );
}

function Processes() {
  const { processes } = useLive();
  if (processes.length === 0) return <span className="quiet">no process is known yet</span>;
  const down = processes.filter(({ status }) => status !== 'ready');
  if (down.length === 0) return <Pill tone="good">{processes.length} processes ready</Pill>;
  return (
    <>
      {down.map(({ name, status }) => (
        <Pill key={name} tone="bad">
          {name} {status}
        </Pill>
      ))}
    </>
  );
}

const lines: Record<Line, { tone: 'good' | 'quiet' | 'bad'; says: string }> = {
  connecting: { tone: 'quiet', says: 'connecting' },
  open: { tone: 'good', says: 'live' },
  lost: { tone: 'bad', says: 'not live' },
};

function LineState() {
  const { tone, says } = lines[useLine()];
  return (
    <span role="status" title="Whether this page hears of what happens as it happens">
      <Pill tone={tone}>{says}</Pill>
    </span>
  );
}

function ThemeButton({ theme, onClick }: { theme: Theme; onClick: () => void }) {
  return (
    <button type="button" className="button bare" aria-label={`Theme: ${theme}`} onClick={onClick}>
      <Icon name={theme === 'dark' ? 'dark' : 'light'} />
      <span className="small">{theme}</span>
    </button>
  );
}
