/** `1 order`, `2 orders`; `many` where it is not `one` with an s: `1 order is`, `2 orders are`. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
