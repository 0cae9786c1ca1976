import { Component, type ReactNode } from 'react';
import { ErrorState } from '../ui/States';

/** Keeps a page's bug inside the page: the navigation stays usable. */
export class AppBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <ErrorState error={this.state.error} retry={() => this.setState({ error: undefined })} full />;
  }
}
