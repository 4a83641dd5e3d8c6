import clsx from 'clsx'

type Look = 'primary' | 'plain' | 'ghost'

const LOOKS: Record<Look, string> = {
  primary: 'bg-light border-transparent text-on-light hover:bg-light-hover',
  plain: 'bg-raised border-line text-ink hover:border-ink-3',
  ghost: 'bg-transparent border-transparent text-ink-2 hover:text-ink hover:bg-raised',
}

/** How a link looks that stands among buttons: `<Link className={buttonLook('plain')}>`. */
export function buttonLook(look: Look = 'plain', more = ''): string {
  return clsx(
    'inline-flex h-9 shrink-0 items-center justify-center gap-2 rounded-sm border px-3.5 font-[550] whitespace-nowrap transition-colors select-none',
    LOOKS[look],
    more,
  )
}
