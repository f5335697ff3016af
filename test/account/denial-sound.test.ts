import { describe, it } from '@jest/globals';
import { accounts, expectNothingInvented } from './denial-matrix.ts';

describe('what is not answered', () => {
  it(
    'invents nothing in an account that is built soundly',
    () => expectNothingInvented(accounts.sound),
    1_800_000,
  );
});
