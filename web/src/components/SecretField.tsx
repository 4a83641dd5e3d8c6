import { Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, useState } from 'react'
import { Field } from '@/components/ui/Field'
import { IconButton } from '@/components/ui/IconButton'

interface SecretFieldProps extends Omit<ComponentProps<typeof Field>, 'type'> {
  /** What the button says that shows what was typed, and the one that hides it. */
  show: string
  hide: string
}

/** A line that nobody should read over a shoulder, unless one wants to see what one typed. */
export function SecretField({ show, hide, ...rest }: SecretFieldProps) {
  const [shown, setShown] = useState(false)
  return (
    <div className="relative" aria-live="polite">
      <Field
        type={shown ? 'text' : 'password'}
        autoCapitalize="off"
        spellCheck={false}
        className="[&_input]:pr-11"
        {...rest}
      />
      <IconButton
        small
        label={shown ? hide : show}
        aria-pressed={shown}
        icon={shown ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
        onClick={() => setShown(!shown)}
        className="absolute! top-[26px] right-0.5"
      />
    </div>
  )
}
