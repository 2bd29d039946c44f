import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests run on the sources: no build needed.
  ssr: { resolve: { conditions: ['@wirelike/source', 'node', 'import', 'module', 'default'], externalConditions: ['@wirelike/source'] } },
  resolve: { conditions: ['@wirelike/source', 'node', 'import', 'module', 'default'] },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
