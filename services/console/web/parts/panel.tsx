import { type ReactNode, useId } from 'react';

interface PanelProps {
  title: string;
  /** What stands at the right of the title. */
  aside?: ReactNode;
  foot?: ReactNode;
  /** A table or a graph reaches to the edges. */
  flush?: boolean;
  children: ReactNode;
}

export function Panel({ title, aside, foot, flush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside === undefined ? null : <div className="row">{aside}</div>}
      </div>
      <div className={flush ? 'panel-body flush' : 'panel-body'}>{children}</div>
      {foot === undefined ? null : <div className="panel-foot">{foot}</div>}
    </section>
  );
}

/** What a page begins with: its name, what it is for, and what one does there. */
export function PageHead({
  title,
  text,
  children,
}: {
  title: ReactNode;
  text?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="head">
      <div>
        <h1>{title}</h1>
        {text === undefined ? null : <p>{text}</p>}
      </div>
      {children === undefined ? null : <div className="head-actions">{children}</div>}
    </div>
  );
}

interface TileProps {
  label: string;
  value: ReactNode;
  unit?: string;
  hint?: string;
  tone?: 'bad' | 'warn' | 'held' | undefined;
}

export function Tile({ label, value, unit, hint, tone }: TileProps) {
  return (
    <div className={tone ? `tile is-${tone}` : 'tile'}>
      <dt>{label}</dt>
      <dd>
        {value}
        {unit === undefined ? null : <small>{unit}</small>}
      </dd>
      {hint === undefined ? null : <dd className="tile-hint">{hint}</dd>}
    </div>
  );
}
