import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { environment: 'node', include: ['{kit,register,console}/src/**/*.test.ts', '*.test.ts'] },
})
