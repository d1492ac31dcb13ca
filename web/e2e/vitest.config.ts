import { defineConfig } from 'vitest/config';

// One journey after the other: each has a server and two browsers of its own, and the machine is small.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['journeys/*.test.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    retry: 0,
  },
});
