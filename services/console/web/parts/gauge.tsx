import { number } from './words.ts';

/** How much of what is allowed is used. */
export function Gauge({ label, used, allowed }: { label: string; used: number; allowed: number }) {
  const share = allowed === 0 ? (used > 0 ? 1 : 0) : Math.min(1, used / allowed);
  const tone = share >= 1 ? ' is-bad' : share > 0.8 ? ' is-warn' : '';
  return (
    <div className="gauge">
      <div className="gauge-text">
        <span>{label}</span>
        <span>
          {number(Math.round(used))} of {number(Math.floor(allowed))}
        </span>
      </div>
      <div
        className="gauge-track"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={Math.floor(allowed)}
        aria-valuenow={Math.min(Math.round(used), Math.floor(allowed))}
      >
        <div className={`gauge-fill${tone}`} style={{ transform: `scaleX(${share})` }} />
      </div>
    </div>
  );
}
