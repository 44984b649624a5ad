import type { Answer, Desks } from './desks.ts';
import type { Said } from './options.ts';
import { type OperationSeen, operationView, spoken, type Spoken } from './views.ts';

/** Where an operation stands, if a service knows it. */
export const operationAt = async (desks: Desks, id: string): Promise<Answer<OperationSeen> | undefined> =>
  await desks.firstOf((service) => desks.get(service, `operations/${id}`, operationView));

/** A word about one attempt: a repeat of it never means the next one. */
export const sayOf = async (
  desks: Desks,
  { service, id }: { readonly service: string; readonly id: string },
  action: 'retry' | 'cancel',
  word: Said & { readonly attempt: number },
): Promise<Answer<Spoken>> => await desks.post(service, `operations/${id}/${action}`, spoken, word);

/** What came of an attempt. */
export const sayVerdict = async (
  desks: Desks,
  { service, id }: { readonly service: string; readonly id: string },
  word: Said & { readonly attempt: number; readonly happened: boolean },
): Promise<Answer<Spoken>> => await desks.post(service, `operations/${id}/verdict`, spoken, word);

/** A person has seen to a dead letter otherwise; `undefined`: no service knows it. */
export const sayResolved = async (
  desks: Desks,
  id: string,
  said: Said,
): Promise<Answer<Spoken> | undefined> =>
  await desks.firstOf((service) => desks.post(service, `dead-letters/${id}/resolve`, spoken, said));
