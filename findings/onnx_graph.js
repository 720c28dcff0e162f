// The bytes of an ONNX graph of one node, of onnx.proto's messages as few as that takes.
'use strict';

function varint(value) {
  const bytes = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

/** A field: a number as a varint, text or bytes with their length. */
function field(number, value) {
  if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}
const all = (number, values) => Buffer.concat(values.map((value) => field(number, value)));
const of = (...fields) => Buffer.concat(fields);

const kType = {float: 1, int64: 7, string: 8, double: 11};

/** The rows are as many as come. */
function valueInfo(name, [type, width]) {
  const dimensions = [field(2, 'N'), ...(width ? [field(1, width)] : [])].map((dimension) => field(1, dimension));
  return of(field(1, name), field(2, field(1, of(field(1, kType[type]), field(2, of(...dimensions))))));
}

function attribute(name, value) {
  const list = Array.isArray(value) ? value : [value], texts = typeof list[0] === 'string';
  if (!Array.isArray(value))
    return of(field(1, name), field(texts ? 4 : 3, value), field(20, texts ? 3 : 2));
  return of(field(1, name), all(texts ? 9 : 8, list), field(20, texts ? 8 : 7));
}

/** op(x) -> y; input and output: [type, columns], no columns for a vector. */
function graph(op, attributes, input, output, domain = '') {
  const node = of(field(1, 'x'), field(2, 'y'), field(4, op), ...(domain ? [field(7, domain)] : []),
    all(5, Object.entries(attributes).map(([name, value]) => attribute(name, value))));
  const body = of(field(1, node), field(2, op), field(11, valueInfo('x', input)), field(12, valueInfo('y', output)));
  const opsets = [of(field(1, ''), field(2, 13)), of(field(1, 'ai.onnx.ml'), field(2, 2))];
  return of(field(1, 7), field(7, body), all(8, opsets));
}

module.exports = {graph};
