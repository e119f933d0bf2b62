// A short sound for what a cashier must not miss while looking at the goods.

import type { Notice } from 'kit/api-types.ts'

type Tone = { hertz: number; atS: number }

const TONE_S = 0.12
const TONES: Record<Notice['level'], Tone[]> = {
  error: [
    { hertz: 330, atS: 0 },
    { hertz: 220, atS: 0.16 },
  ],
  warning: [{ hertz: 440, atS: 0 }],
}

let audio: AudioContext | null = null

function playTone(context: AudioContext, tone: Tone): void {
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  const startsAt = context.currentTime + tone.atS
  oscillator.type = 'square'
  oscillator.frequency.value = tone.hertz
  gain.gain.setValueAtTime(0.15, startsAt)
  gain.gain.exponentialRampToValueAtTime(0.001, startsAt + TONE_S)
  oscillator.connect(gain).connect(context.destination)
  oscillator.start(startsAt)
  oscillator.stop(startsAt + TONE_S)
}

/** Silent until someone has touched the page once: browsers allow no sound before. */
export function beep(level: Notice['level']): void {
  audio ??= new AudioContext()
  if (audio.state === 'suspended') {
    void audio.resume()
    return
  }
  for (const tone of TONES[level]) playTone(audio, tone)
}
