/**
 * Reads the headers of a mail: folded lines are joined, encoded words decoded, names put in lower case. Of a
 * name that stands there several times the last one counts.
 */
export function readHeaders(message: string): Record<string, string> {
  const [head = ''] = message.split(/\r?\n\r?\n/, 1);
  const headers: Record<string, string> = {};
  for (const line of head.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/)) {
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers[name.toLowerCase()] = decodeWords(value.trim());
  }
  return headers;
}

/**
 * `=?utf-8?Q?Caf=C3=A9?=` is `Café` (RFC 2047); blanks between two encoded words are not part of the text.
 */
function decodeWords(value: string): string {
  const word = /=\?([\w-]+)\?([bq])\?([^?]*)\?=/gi;
  return value
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(word, (all, charset: string, kind: string, text: string) => {
      const bytes = kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : decodeQuoted(text);
      return /^(utf-8|us-ascii)$/i.test(charset) ? bytes.toString('utf8') : all;
    });
}

function decodeQuoted(text: string): Buffer {
  const latin = text
    .replaceAll('_', ' ')
    .replace(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(latin, 'latin1');
}
