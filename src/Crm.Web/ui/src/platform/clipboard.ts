/** Puts text on the clipboard; where the browser has none (plain http on another host) it fails quietly. */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard?.writeText(text);
}
