export function PeopleSettingsPage() {
  return null;
}
