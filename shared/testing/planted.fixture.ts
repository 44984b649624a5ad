import { defineContract, type DomainEvent, event, rejected, transient, unsafe } from '@refrain/contract-kit';
import { type AnyDecider, defineDecider } from '@refrain/decider';
import { z } from 'zod';
import type { LawSubject } from './law-subject.ts';

const id = z.string();

/** A till that takes money once and gives it back: small, and every law has something to say about it. */
export const till = defineContract({
  service: 'till',
  entities: {
    sale: {
      id: 'id',
      events: {
        SaleAsked: event(1, { id }),
        SaleRecalled: event(1, { id }),
        SaleTaken: event(1, { id, ref: z.string() }),
        SaleRefused: event(1, { id }),
        SaleUnclear: event(1, { id }),
        SaleReturned: event(1, { id }),
      },
    },
  },
  undoneBy: { SaleTaken: 'SaleReturned' },
  waits: ['SaleUnclear'],
  effects: {
    take: {
      after: 'SaleAsked',
      dependency: 'world',
      steps: ['take'],
      timeoutMs: 1_000,
      repeat: unsafe(),
      retry: { attempts: 1, firstDelayMs: 1, maxDelayMs: 1 },
      failures: {
        refused: rejected({ records: 'SaleRefused' }),
        unclear: transient({ happened: 'unknown', givingUp: 'SaleUnclear' }),
      },
    },
  },
});

export interface Sale {
  status: 'none' | 'asked' | 'refused' | 'unclear' | 'taken' | 'returned';
  recalled: boolean;
}

const initialState: Sale = { status: 'none', recalled: false };

export const sale = defineDecider(
  till,
  'sale',
  initialState,
)({
  evolve: {
    SaleAsked: (state) => {
      state.status = 'asked';
    },
    SaleRecalled: (state) => {
      state.recalled = true;
    },
    SaleTaken: (state) => {
      state.status = 'taken';
    },
    SaleRefused: (state) => {
      if (state.status !== 'taken' && state.status !== 'returned') state.status = 'refused';
    },
    SaleUnclear: (state) => {
      if (state.status !== 'taken' && state.status !== 'returned') state.status = 'unclear';
    },
    SaleReturned: (state) => {
      state.status = 'returned';
    },
  },
  decide: {
    ask: (state, { id: sold }: { id: string }) =>
      state.status === 'none' && !state.recalled ? [till.SaleAsked({ id: sold })] : [],
    recall: (state, { id: sold }: { id: string }) => {
      if (state.status === 'taken') return [till.SaleReturned({ id: sold })];
      return state.recalled || state.status === 'returned' ? [] : [till.SaleRecalled({ id: sold })];
    },
    recordTaken: (state, { id: sold }: { id: string }) => {
      if (state.status === 'taken' || state.status === 'returned') return [];
      const taken = till.SaleTaken({ id: sold, ref: 'r' });
      const wanted = state.status === 'asked' && !state.recalled;
      return wanted ? [taken] : [taken, till.SaleReturned({ id: sold })];
    },
  },
});

const its = { id: 's1' };
const ask = sale.ask(its);
const recall = sale.recall(its);
const recordTaken = sale.recordTaken(its);

/** All that the laws need to judge the till, with parts of its decider replaced. */
export function tillWith(planted: Partial<AnyDecider>, other: Partial<LawSubject> = {}): LawSubject {
  return {
    decider: { $decider: { ...sale.$decider, ...planted } },
    stories: [
      { name: 'taken', arrivals: [ask], answers: { SaleAsked: () => [recordTaken] } },
      { name: 'recalled', arrivals: [ask, recall], answers: { SaleAsked: () => [recordTaken] } },
      { name: 'refused', arrivals: [ask], answers: { SaleAsked: () => [till.SaleRefused(its)] } },
      {
        name: 'taken after all',
        arrivals: [ask, recall],
        answers: { SaleAsked: () => [till.SaleUnclear(its), recordTaken] },
      },
    ],
    samples: {
      'SaleAsked.1': its,
      'SaleRecalled.1': its,
      'SaleTaken.1': { id: 's1', ref: 'r' },
      'SaleRefused.1': its,
      'SaleUnclear.1': its,
      'SaleReturned.1': its,
    },
    outcome: ({ status }: Sale) => status === 'taken',
    holds: ({ status }: Sale) => status === 'taken',
    successes: [{ command: recordTaken, isRecordedBy: ({ type }: DomainEvent) => type === 'SaleTaken' }],
    ...other,
  };
}
