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
  // Modules of finished suites stay in a worker's memory; collecting that garbage made late suites many times slower.
  workerIdleMemoryLimit: '1GB',
  // Whole commands and syntheses run in some tests; on a busy machine they take their time.
  testTimeout: 60_000,
};
