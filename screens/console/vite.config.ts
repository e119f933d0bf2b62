import { defineConfig } from 'vite'
import { screenConfig } from '../vite.shared.ts'

export default defineConfig(screenConfig())
