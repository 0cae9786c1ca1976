export function OpportunityListPage() {
  return null;
}
