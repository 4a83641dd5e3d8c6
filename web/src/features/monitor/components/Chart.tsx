import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import UPlot from 'uplot'
import { clock } from '@/features/monitor/clock'
import { LOOKS, valueWords } from '@/features/monitor/lineLooks'
import type { Line } from '@/features/monitor/series'
import { number } from '@/lib/format'

interface ChartProps {
  /** In seconds since 1970. */
  times: number[]
  lines: readonly Line[]
  percent: boolean
}

const HEIGHT = 224
const LEAST_TOP = 4

/** Lines over time, in the colours of the theme. What it shows is told in words beside it. */
export function Chart({ times, lines, percent }: ChartProps) {
  const { t } = useTranslation('monitor')
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | null>(null)
  const data = [times, ...lines.map(line => line.values)] as UPlot.AlignedData
  const newest = useRef(data)
  newest.current = data
  const names = lines.map(line => line.name).join(' ')

  useEffect(() => {
    const box = place.current
    if (!box) return
    const draw = () => {
      plot.current?.destroy()
      plot.current = new UPlot(
        options(box, names.split(' ') as Line['name'][], percent, name => t(`load.${name}`)),
        newest.current,
        box,
      )
    }
    draw()
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: box.clientWidth, height: HEIGHT }))
    resized.observe(box)
    // A canvas knows no variables: in other colours it is drawn anew.
    const themed = new MutationObserver(draw)
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      resized.disconnect()
      themed.disconnect()
      plot.current?.destroy()
      plot.current = null
    }
  }, [names, percent, t])

  useEffect(() => {
    plot.current?.setData(newest.current)
  })

  return <div ref={place} aria-hidden className="h-56 min-w-0 overflow-hidden" />
}

function options(
  box: HTMLElement,
  names: readonly Line['name'][],
  percent: boolean,
  title: (name: Line['name']) => string,
): UPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const colour = (variable: string) => style.getPropertyValue(variable).trim()
  const font = `12px ${style.getPropertyValue('--sans').trim()}`
  const axis: UPlot.Axis = {
    stroke: colour('--ink-3'),
    font,
    grid: { stroke: colour('--line-soft'), width: 1 },
    ticks: { show: false },
  }
  return {
    width: box.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 12, 0, 0],
    scales: { y: { range: (_plot, _least, most) => [0, percent ? 100 : Math.max(LEAST_TOP, Math.ceil(most * 1.1))] } },
    axes: [
      {
        ...axis,
        size: 28,
        space: 80,
        incrs: [60, 120, 300, 600],
        values: (_plot, at) => at.map(second => clock(second * 1000)),
      },
      {
        ...axis,
        size: percent ? 48 : 44,
        space: 36,
        values: (_plot, values) => values.map(value => (percent ? valueWords(value, true) : number(value, 1))),
      },
    ],
    series: [
      {},
      ...names.map(name => ({
        label: title(name),
        stroke: colour(LOOKS[name].colour),
        dash: LOOKS[name].dash,
        width: 2,
        points: { show: false },
      })),
    ],
  }
}
