import { useSyncExternalStore } from 'react';

const phone = '(max-width: 767px)';
const still = '(prefers-reduced-motion: reduce)';

function useMedia(media: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(media);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => matchMedia(media).matches,
  );
}

/** True on a screen of phone width. */
export const usePhone = (): boolean => useMedia(phone);

/** True for somebody who asked their machine not to move things about. */
export const useStill = (): boolean => useMedia(still);
