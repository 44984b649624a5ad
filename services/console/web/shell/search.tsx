import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type Ref, useState } from 'react';
import { Icon } from '../parts/icon.tsx';

/** Finds an order by its id, or by the id of one of its operations. */
export function Search({ ref }: { ref: Ref<HTMLInputElement> }) {
  const [text, setText] = useState('');
  const navigate = useNavigate();
  const find = (event: FormEvent): void => {
    event.preventDefault();
    const query = text.trim();
    if (query === '') return;
    setText('');
    void navigate({ to: '/orders', search: { query } });
  };
  return (
    <search className="search">
      <form className="search-form" onSubmit={find}>
        <Icon name="search" />
        <input
          ref={ref}
          className="input"
          type="search"
          aria-label="Order or operation id"
          placeholder="Order or operation id"
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        {text === '' ? <kbd aria-hidden="true">/</kbd> : null}
      </form>
    </search>
  );
}
