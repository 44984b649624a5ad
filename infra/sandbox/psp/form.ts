import { invalidRequest } from './stripe-fault.ts';

export type FormValue = string | FormValue[] | { [name: string]: FormValue };
export type Form = { [name: string]: FormValue };

/**
 * Reads Stripe's form encoding: `a=1&metadata[orderId]=x&expand[0]=y&types[]=card` becomes objects and lists,
 * all leaves strings. A name that is given twice, or once as a value and once as a list, is refused.
 */
export function readForm(text: string): Form {
  const form = emptyForm();
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.match(/[^[\]]+|\[\]/g) ?? [];
    let place = form;
    for (const part of path.slice(0, -1)) place = step(place, part, name);
    // `[]` has no number of its own: it is the next one.
    const last = path.at(-1) === '[]' ? String(Object.keys(place).length) : path.at(-1);
    if (last === undefined || last in place)
      throw invalidRequest(`Invalid parameter: ${name}`, { param: name });
    place[last] = value;
  }
  return listsOf(form) as Form;
}

function step(place: Form, part: string, name: string): Form {
  const next = (place[part] ??= emptyForm());
  if (typeof next === 'string') throw invalidRequest(`Invalid parameter: ${name}`, { param: name });
  return next as Form;
}

/** Without a prototype, so that a parameter may be called anything. */
const emptyForm = (): Form => Object.create(null) as Form;

/** Turns `{0: a, 1: b}` into `[a, b]`. */
function listsOf(value: FormValue): FormValue {
  if (typeof value === 'string') return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, listsOf(inner)] as const);
  const isList = entries.length > 0 && entries.every(([name], index) => name === String(index));
  return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
