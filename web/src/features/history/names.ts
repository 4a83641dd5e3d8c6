import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useOperations, usePresets, useStyles } from '@/lib/data/offers'
import { operationTitle, presetTitle, styleTitle } from '@/lib/i18n/service'

export interface Names {
  preset: (name: string) => string
  operation: (id: string) => string
  style: (id: string) => string
}

/** What people call presets, operations and styles; one that is no longer there keeps its name. */
export function useNames(): Names {
  const { t, i18n } = useTranslation('history')
  const { data: presets } = usePresets()
  const { data: operations } = useOperations()
  const { data: styles } = useStyles()
  return useMemo(() => {
    void i18n.language
    const preset = new Map(presets?.map(one => [one.name, presetTitle(one)]))
    const operation = new Map(operations?.map(one => [one.id, operationTitle(one)]))
    // What no operation is, and is in the history as well.
    operation.set('dataset', t('dataset'))
    const style = new Map(styles?.map(one => [one.id, styleTitle(one)]))
    return {
      preset: name => preset.get(name) ?? name,
      operation: id => operation.get(id) ?? id,
      style: id => style.get(id) ?? id,
    }
  }, [presets, operations, styles, t, i18n.language])
}
