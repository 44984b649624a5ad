const irregular: Readonly<Record<string, string>> = {
  buy: 'bought',
  get: 'got',
  hold: 'held',
  make: 'made',
  pay: 'paid',
  put: 'put',
  sell: 'sold',
  send: 'sent',
  set: 'set',
  take: 'taken',
  tell: 'told',
  write: 'written',
};

/** What is said of a thing that was done: `book` is `booked`. A guess: nothing is stored under it yet. */
export function pastOf(verb: string): string {
  const known = irregular[verb];
  if (known !== undefined) return known;
  if (verb.endsWith('e')) return `${verb}d`;
  if (/[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ied`;
  if (/^[^aeiou]*[aeiou][bdgmnprt]$/.test(verb) || verb.endsWith('cel')) return `${verb}${verb.at(-1)}ed`;
  return `${verb}ed`;
}
