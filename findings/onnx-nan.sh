#!/bin/bash
# onnxruntime 1.30.0: ArgMax passes over NaN unless it stands first, and ReduceMax passes over it or not depending on where the row stands
# among others: the same row has one maximum alone and another as the second of a batch. A classifier that ends in ArgMax names
# a class for a row whose probabilities are NaN.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
HERE=$here node - <<'END' >seen
const ort = require('onnxruntime-node'), {graph} = require(process.env.HERE + '/onnx_graph.js');
const rows = {
  'ReduceMax': [[[1, NaN, 3, 4]], [[1, NaN, 3]], [[1, 2, 3], [1, NaN, 3]]],
  'ArgMax': [[[1, NaN, 3]], [[NaN, 1, 3]], [[NaN, NaN, NaN]]],
};
(async () => {
  for (const [op, cases] of Object.entries(rows))
    for (const batch of cases) {
      const width = batch[0].length, attributes = op === 'ArgMax' ? {axis: 1, keepdims: 0} : {axes: [1], keepdims: 0};
      const session = await ort.InferenceSession.create(
        graph(op, attributes, ['double', width], [op === 'ArgMax' ? 'int64' : 'double', 0]), {logSeverityLevel: 4});
      const {y} = await session.run({x: new ort.Tensor('float64', Float64Array.from(batch.flat()), [batch.length, width])});
      console.log(`${op} of [${batch.at(-1)}]${batch.length > 1 ? ', the second of two rows' : ''}: ${y.data.at(-1)}`);
    }
})();
END
cat seen
diff - seen <<'END'
ReduceMax of [1,NaN,3,4]: 3
ReduceMax of [1,NaN,3]: 3
ReduceMax of [1,NaN,3], the second of two rows: NaN
ArgMax of [1,NaN,3]: 2
ArgMax of [NaN,1,3]: 0
ArgMax of [NaN,NaN,NaN]: 0
END
