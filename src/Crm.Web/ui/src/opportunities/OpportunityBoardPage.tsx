export function OpportunityBoardPage() {
  return null;
}
