export function CustomerRecordPage() {
  return null;
}
