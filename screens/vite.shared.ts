// How both programs are built: static files that work under any path, in the folder OUT_DIR names.

import react from '@vitejs/plugin-react'
import type { UserConfig } from 'vite'

export function screenConfig(): UserConfig {
  return {
    plugins: [react()],
    base: './',
    build: {
      outDir: process.env.OUT_DIR ?? 'dist',
      emptyOutDir: true,
      // antd alone is above Vite's default of 500 kB; the budget is checked where both are known.
      chunkSizeWarningLimit: 800,
    },
  }
}
