import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { usePerson } from '../people/people';

const hues = [222, 262, 196, 152, 32, 342, 12, 282, 174, 84];

function hueOf(id: string): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) >>> 0;
  return hues[sum % hues.length] ?? 222;
}

/** One or two letters that stand for a name: the last two characters of a Chinese one, initials of another. */
export function initials(name: string): string {
  // what stands in brackets behind a name is not the name
  const trimmed =
    name
      .replace(/[(（].*$/u, '')
      .replace(/[^\p{L}\p{N}\s]/gu, '')
      .trim() || name.trim();
  if (/[\u3400-\u9fff]/.test(trimmed)) return trimmed.slice(-2);
  return trimmed
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
}

export function Avatar({ id, name, size = 22 }: { id: string; name: string; size?: number }) {
  const short = initials(name);
  return (
    <span
      className="avatar"
      style={{
        width: size,
        height: size,
        fontSize: Math.round(size * (short.length > 1 ? 0.38 : 0.46)),
        ['--hue' as string]: hueOf(id),
      }}
      data-initials={short}
      aria-hidden="true"
    />
  );
}

/** A person by id: face and name, or "unassigned". `other` names who is not among the people, such as a key. */
export function Person({ id, face = false, other }: { id: string | null; face?: boolean; other?: string }) {
  const { t } = useTranslation();
  const person = usePerson(id);
  if (id === null) return face ? null : <span className="faint">{t('people.nobody')}</span>;
  const name = person?.name ?? other ?? t('people.unknown');
  const avatar = <Avatar id={id} name={name} />;
  if (face) return <Tooltip title={name}>{avatar}</Tooltip>;
  return (
    <span className="person">
      {avatar}
      <span className="clip">{name}</span>
    </span>
  );
}
