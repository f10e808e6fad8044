// Where marks stand in a text. Python counts code points, JavaScript UTF-16 units: an emoji is one there, two here.

// Code point offset -> UTF-16 offset, for this text.
export function unitsOf(text) {
  if (!/[\ud800-\udbff]/.test(text)) return (offset) => offset;
  const starts = [];
  let unit = 0;
  for (const c of text) {
    starts.push(unit);
    unit += c.length;
  }
  return (offset) => (offset < starts.length ? starts[offset] : unit);
}

// Marks of the text `before`, moved to where their words stand in `after`. Those whose words were changed go: they
// are about words that are no longer there, and the new ones are a moment away.
export function moved(pieces, before, after) {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const end = before.length - tail;
  const shift = after.length - before.length;
  return pieces.flatMap((piece) => {
    if (piece.end <= head) return [piece];
    if (piece.start >= end) return [{ ...piece, start: piece.start + shift, end: piece.end + shift }];
    return [];
  });
}

// `text` as nodes, its pieces as <mark>. A zero-width space at the end gives the last line its height.
export function paintedText(text, pieces) {
  const nodes = [];
  let done = 0;
  for (const { start, end, line, state } of pieces) {
    const mark = document.createElement("mark");
    mark.className = `cs-mark cs-${state}`;
    mark.dataset.line = line;
    mark.append(text.slice(start, end));
    nodes.push(text.slice(done, start), mark);
    done = end;
  }
  nodes.push(`${text.slice(done)}\u200b`);
  return nodes;
}

// Python's pieces [start, end, line] for the screen.
export function piecesOf(text, marks) {
  const unit = unitsOf(text);
  return marks.pieces.map(([start, end, line]) => {
    return { start: unit(start), end: unit(end), line, state: marks.lines[line].state };
  });
}
