export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/jest-transform.cjs' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: [
    '<rootDir>/dist',
    '<rootDir>/out',
    '<rootDir>/.cache/extension',
    '<rootDir>/.*cdk\\.out',
  ],
  maxWorkers: 2,
  // Whole commands and syntheses run in some tests; on a busy machine they take their time.
  testTimeout: 60_000,
};
