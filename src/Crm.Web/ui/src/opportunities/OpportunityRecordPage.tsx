export function OpportunityRecordPage() {
  return null;
}
