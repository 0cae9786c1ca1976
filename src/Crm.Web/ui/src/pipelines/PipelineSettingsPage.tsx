export function PipelineSettingsPage() {
  return null;
}
