import type { ReactNode } from 'react'

interface TableProps {
  title: string
  rows: readonly { name: string; value: ReactNode }[]
}

/** A table of a report: names at the left, values at the right. */
export function Table({ title, rows }: TableProps) {
  const shown = rows.filter(one => one.value !== null && one.value !== undefined && one.value !== '')
  if (shown.length === 0) return null
  return (
    <table className="w-full table-fixed self-start border-collapse break-inside-avoid text-[13px]">
      <caption className="pb-1.5 text-left font-semibold text-ink-2">{title}</caption>
      <tbody>
        {shown.map(one => (
          <tr key={one.name} className="border-t border-line-soft align-top">
            <th scope="row" className="w-[42%] py-1.5 pr-3 text-left font-normal text-ink-3">
              {one.name}
            </th>
            <td className="py-1.5 break-words">{one.value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
