import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect } from 'react'
import { preloadPages, router } from '@/app/router'
import { Toasts } from '@/components/ui/Toasts'
import { queries } from '@/lib/api/queries'

export function App() {
  useEffect(() => {
    // What is dropped beside the studio must not make the browser leave the page for it.
    const keep = (event: DragEvent) => event.preventDefault()
    document.addEventListener('dragover', keep)
    document.addEventListener('drop', keep)
    whenIdle(preloadPages)
    return () => {
      document.removeEventListener('dragover', keep)
      document.removeEventListener('drop', keep)
    }
  }, [])
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  )
}

const FIRST_MS = 4000

/** Once the page that was opened has what it asks for itself. */
function whenIdle(act: () => void): void {
  setTimeout(() => ('requestIdleCallback' in window ? requestIdleCallback(act, { timeout: 10_000 }) : act()), FIRST_MS)
}
