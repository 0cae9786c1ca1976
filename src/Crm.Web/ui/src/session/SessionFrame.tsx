import type { ReactNode } from 'react';
import { Brand } from '../app/AppBrand';
import { LanguageSwitch, LookSwitch } from '../app/AppSwitches';

/** The page around everything that is done before somebody is signed in. */
export function SessionFrame(props: { title: string; lead: string; foot?: ReactNode; children: ReactNode }) {
  return (
    <main className="sign-in">
      <div className="sign-in-top">
        <Brand />
        <span className="grow" />
        <LookSwitch />
        <LanguageSwitch />
      </div>
      <div className="sign-in-card">
        <h1>{props.title}</h1>
        <p>{props.lead}</p>
        {props.children}
      </div>
      {props.foot ? <p className="sign-in-foot">{props.foot}</p> : null}
    </main>
  );
}

export function SessionRefusal({ text }: { text: string | undefined }) {
  return text ? (
    <div className="notice notice-bad" role="alert" data-testid="sign-in-error">
      {text}
    </div>
  ) : null;
}
