/** The `console` format of `--log-format`: zap's columns, separated by tabs. */

/** Start of every line of the JSON format; `rest` is the text of the other fields. */
const JSON_LINE =
  /^\{"level":"(?<level>\w+)","ts":"(?<ts>[^"]*)","caller":"(?<caller>[^"]*)","msg":(?<msg>"(?:[^"\\]|\\.)*")(?:,(?<rest>.*))?\}\n$/s;

/** A line of the JSON format as `time`, `level`, `caller`, message and fields. */
export function consoleLine(jsonLine: string): string {
  const parts = JSON_LINE.exec(jsonLine)?.groups;
  if (parts === undefined) return jsonLine;
  const { level = '', ts = '', caller = '', msg = '""', rest } = parts;
  const columns = [ts, level, caller, JSON.parse(msg) as string];
  if (rest !== undefined) columns.push(spaced(`{${rest}}`));
  return `${columns.join('\t')}\n`;
}

/** JSON text with zap's spaces behind `:` and `,`; strings stay as they are. */
function spaced(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[:,]/g, (token) =>
    token.length === 1 ? `${token} ` : token,
  );
}
