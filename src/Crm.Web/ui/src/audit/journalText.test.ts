import { describe, expect, it } from 'vitest';
import { i18next } from '../i18n/i18n';
import { eventText, itemText, kindText } from './journalText';

describe('words of the journal', () => {
  it('tell an event in the reader’s language, whatever its version', async () => {
    await i18next.changeLanguage('en');
    expect(eventText('user-amended-v1')).toBe('changed a person');
    expect(eventText('apikey-issued-v2')).toBe('made an API key');
    expect(eventText('lead-ruled-out-v1')).toBe('ruled the lead out');
    await i18next.changeLanguage('zh-CN');
    expect(eventText('user-amended-v1')).toBe('修改成员');
    expect(kindText('tenant')).toBe('公司设置');
  });

  it('name a line of the report by what was noted, or by its event', async () => {
    await i18next.changeLanguage('en');
    expect(itemText('search')).toBe('Searched');
    expect(itemText('session-started-v1')).toBe('signed in');
  });

  it('spell out what has no words yet', () => {
    expect(eventText('moon-turned-full-v1')).toBe('turned full');
    expect(kindText('moon')).toBe('moon');
  });
});
