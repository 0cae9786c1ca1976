import type { PasskeyCeremony } from '../api/crm';

interface PasskeyStatics {
  parseCreationOptionsFromJSON?: (options: Record<string, unknown>) => PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON?: (options: Record<string, unknown>) => PublicKeyCredentialRequestOptions;
}

const statics = (): PasskeyStatics | undefined =>
  typeof PublicKeyCredential === 'undefined' ? undefined : (PublicKeyCredential as unknown as PasskeyStatics);

/** Whether this browser can make and use passkeys at this address. */
export const hasPasskeys = (): boolean =>
  statics()?.parseCreationOptionsFromJSON !== undefined && statics()?.parseRequestOptionsFromJSON !== undefined;

/** Asks the device for a new passkey; undefined when the person thought better of it. */
export async function makePasskey({ options }: PasskeyCeremony): Promise<unknown> {
  const publicKey = statics()?.parseCreationOptionsFromJSON?.(options);
  if (!publicKey) return undefined;
  return answer(() => navigator.credentials.create({ publicKey }));
}

/** Asks the device for a passkey of this address; undefined when there is none, or the person thought better of it. */
export async function askPasskey({ options }: PasskeyCeremony): Promise<unknown> {
  const publicKey = statics()?.parseRequestOptionsFromJSON?.(options);
  if (!publicKey) return undefined;
  return answer(() => navigator.credentials.get({ publicKey }));
}

async function answer(ask: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await ask();
    return credential instanceof PublicKeyCredential ? credential.toJSON() : undefined;
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
