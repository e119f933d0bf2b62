// The sign of Liushui: three lines that flow into one.

export function Mark({ sizePx }: { sizePx: number }) {
  return (
    <svg width={sizePx} height={sizePx} viewBox="0 0 32 32" fill="none" aria-hidden>
      <rect width="32" height="32" rx="9" fill="#0f6fff" />
      <path
        d="M6 9c7 0 7 7 13 7h7M6 16h20M6 23c7 0 7-7 13-7"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </svg>
  )
}
