import type { DomainEvent } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import { expect, test } from 'vitest';
import { lawsOf } from './laws.ts';
import { type Sale, sale, till, tillWith } from './planted.fixture.ts';

const sound = sale.$decider;
const its = { id: 's1' };
type State = Sale;

/** The decider with another answer to one command. */
const answering = (name: string, decide: (state: State) => readonly DomainEvent[]) =>
  tillWith({
    decide: (state, command: Command) =>
      command.name === name ? decide(state as State) : sound.decide(state, command),
  });

/** The decider with another fold of one event. */
const folding = (type: string, evolve: (state: State) => State) =>
  tillWith({
    evolve: (state, event) => (event.type === type ? evolve(state as State) : sound.evolve(state, event)),
  });

const contractWith = (change: object) =>
  tillWith({ contract: { ...till, $contract: { ...till.$contract, ...change } } });

const lawOf = (subject: Parameters<typeof lawsOf>[0], name: string) =>
  new Map(lawsOf(subject)).get(name) ?? expect.fail(`there is no law "${name}"`);

test.each(lawsOf(tillWith({})))('a sound decider keeps: %s', (_, law) => {
  law();
});

test.each([
  [
    'a decision follows from state and command alone',
    'decides by chance',
    answering('ask', ({ status }) =>
      status === 'none' ? [till.SaleAsked({ id: `s${String(Math.random())}` })] : [],
    ),
  ],
  [
    'a decision follows from state and command alone',
    'remembers in the state what it has decided',
    tillWith({
      initialState: { ...(sound.initialState as State) },
      decide: (state, command: Command) => {
        // Folded states are frozen; the first one, and those of other makers, are not.
        const counting = state as { asked?: number };
        if (!Object.isFrozen(state)) counting.asked = (counting.asked ?? 0) + 1;
        return sound.decide(state, command);
      },
    }),
  ],
  ['twice is once', 'asks for the money again', answering('ask', () => [till.SaleAsked(its)])],
  [
    'any order of arrival ends the same',
    'forgets a cancellation that came while the money was on its way',
    answering('recall', ({ status }) => (status === 'taken' ? [till.SaleReturned(its)] : [])),
  ],
  [
    'any order of arrival ends the same',
    'keeps money that came after it was recalled',
    answering('recordTaken', ({ status }) =>
      status === 'taken' || status === 'returned' ? [] : [till.SaleTaken({ ...its, ref: 'r' })],
    ),
  ],
  [
    'replay never throws',
    'refuses to fold what it did not expect',
    folding('SaleReturned', (state) => {
      if (state.status !== 'taken') throw new Error('not taken');
      return { ...state, status: 'returned' };
    }),
  ],
  [
    'replay never throws',
    'folds by chance',
    folding('SaleRefused', (state) => ({ ...state, ref: Math.random() })),
  ],
  [
    'every stored sample still parses',
    'has lost the sample of a version',
    tillWith({}, { samples: { 'SaleAsked.1': its } }),
  ],
  [
    'every stored sample still parses',
    'no longer reads what is stored',
    tillWith({}, { samples: { ...tillWith({}).samples, 'SaleTaken.1': { id: 's1', cents: 5 } } }),
  ],
  [
    'a success of the outside world is recorded',
    'passes over money that came after giving up',
    answering('recordTaken', ({ status }) =>
      status === 'asked' ? [till.SaleTaken({ ...its, ref: 'r' })] : [],
    ),
  ],
  [
    'a success of the outside world is recorded',
    'does not say what its effect brings',
    tillWith({}, { successes: [] }),
  ],
  [
    'an unknown outcome leads to an undo or to a person',
    'gives up with an event that nobody looks at',
    contractWith({ waits: [] }),
  ],
  [
    'an unknown outcome leads to an undo or to a person',
    'does not remember that it waits',
    folding('SaleUnclear', (state) => state),
  ],
  [
    'each undo really cancels',
    'still holds what was given back',
    folding('SaleReturned', (state) => ({ ...state })),
  ],
  [
    'each undo really cancels',
    'has an undo that no story reaches',
    tillWith({}, { stories: tillWith({}).stories.slice(0, 1) }),
  ],
  ['each undo really cancels', 'does not say what it holds', tillWith({}, { holds: () => 0 })],
])('"%s" is broken by a decider that %s', (name, _, subject) => {
  expect(lawOf(subject, name)).toThrow(`The law "${name}" is broken`);
});

test('a hot entity that leaves a request without an answer is found', () => {
  const entities = { sale: { fixedId: 'main' } };
  const subject = contractWith({ entities });
  const law = lawOf(subject, 'every request is answered');
  expect(law).toThrow('The law "every request is answered" is broken');
});
