interface SegmentsProps<T extends string> {
  label: string;
  options: readonly { readonly value: T; readonly says: string }[];
  value: T;
  onChange: (value: T) => void;
}

/** One of a few. */
export function Segments<T extends string>({ label, options, value, onChange }: SegmentsProps<T>) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.says}
        </button>
      ))}
    </div>
  );
}
