export function ContactRecordPage() {
  return null;
}
