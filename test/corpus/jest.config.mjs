// What runs on the files beside the checkout; scripts/check.mjs runs it where they are there.
import base from '../../jest.config.mjs';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/corpus/**/*.corpus.ts'],
  testTimeout: 300_000,
};
