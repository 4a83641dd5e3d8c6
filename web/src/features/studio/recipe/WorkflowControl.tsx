import { Select } from '@/components/ui/Select'
import { useWorkflows } from '@/lib/data/offers'

interface WorkflowControlProps {
  title: string
  help: string | undefined
  value: string
  onChange: (value: unknown) => void
}

/** One of the workflows that there are; one that is gone is shown as long as nothing else is chosen. */
export function WorkflowControl({ title, help, value, onChange }: WorkflowControlProps) {
  const known = (useWorkflows().data ?? []).filter(one => one.error === null).map(one => one.name)
  const names = known.includes(value) ? known : [value, ...known]
  return (
    <Select
      label={title}
      help={help}
      value={value}
      choices={names.map(name => ({ value: name, label: name }))}
      onChange={onChange}
    />
  )
}
