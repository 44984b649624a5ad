import { expect, test } from 'vitest';
import { refrain } from '../refrain.fixture.ts';

test.each(['10:00', '5', 'soon', '2026-02-30', '2999-01-01'])(
  'recover: --since %s is refused by a message that names only what it takes',
  async (typed) => {
    const { code, err } = await refrain(['recover', '--since', typed], { REFRAIN_DATA: '/nowhere' });
    expect(err).toBe(
      `refrain recover: --since: expected a time that is over, such as 2030-01-31T12:00:00Z, found "${typed}". Nothing was done.\n`,
    );
    expect(code).toBe(2);
  },
);
