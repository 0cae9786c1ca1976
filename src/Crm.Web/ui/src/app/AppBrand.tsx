export function Brand({ small = false }: { small?: boolean }) {
  return (
    <span className="brand">
      <img src="/icon.svg" alt="" width={small ? 22 : 26} height={small ? 22 : 26} />
      {small ? null : <span className="brand-name">{brandName}</span>}
    </span>
  );
}

const brandName = 'Crm';
