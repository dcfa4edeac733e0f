const MAX_CHARACTERS = 50;
/** Windows keeps these for devices, whatever follows after a point. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** Names of files for these names, on every system: short, without paths, and none twice, whatever the case of letters. */
export function toFileNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const safe = toSafe(name);
    let unique = safe;
    for (let number = 2; taken.has(unique.toUpperCase()); number += 1) {
      unique = `${safe} (${number})`;
    }
    taken.add(unique.toUpperCase());
    return unique;
  });
}

function toSafe(name: string): string {
  const plain = name.normalize('NFC').replaceAll(/[\p{C}\p{Zl}\p{Zp}/\\<>:"|?*]+/gu, '_');
  const short = Array.from(plain).slice(0, MAX_CHARACTERS).join('');
  return short.replaceAll(/^[\s.]+|[\s.]+$/g, '').replace(DEVICE, '_$&') || '_';
}
