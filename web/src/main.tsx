import '@/lib/nonce'
import '@/styles/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from '@/app/App'
import { startWords } from '@/lib/i18n'
import { followSystemTheme, showTheme } from '@/lib/theme'

showTheme()
followSystemTheme()
await startWords()

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
