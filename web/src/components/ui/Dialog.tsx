import { type ReactNode, useState } from 'react'
import { late } from '@/lib/late'

export interface DialogProps {
  open: boolean
  onClose: () => void
  title: string
  /** What it is about, in a sentence. */
  about?: string
  children: ReactNode
  /** The buttons, the one that does it last. */
  actions?: ReactNode
  wide?: boolean
}

const DialogBox = late(() => import('@/components/ui/DialogBox').then(code => code.DialogBox))

/** Something to be answered before anything else. Its code is fetched when the first one opens. */
export function Dialog(props: DialogProps) {
  // Once it was open it stays, so that the focus goes back to where it was.
  const [wanted, setWanted] = useState(props.open)
  if (props.open && !wanted) setWanted(true)
  return wanted ? <DialogBox {...props} /> : null
}
