#!/bin/bash
# onnxruntime 1.30.0: TfIdfVectorizer refuses a batch of no rows, which LabelEncoder and OneHotEncoder take. A service that scores
# what a filter has left over fails on the day when it leaves nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
HERE=$here node - <<'END' >seen
const ort = require('onnxruntime-node'), {graph} = require(process.env.HERE + '/onnx_graph.js');
const words = ['a', 'b'];
const models = {
  TfIdfVectorizer: graph('TfIdfVectorizer', {max_gram_length: 1, max_skip_count: 0, min_gram_length: 1, mode: 'TF', ngram_counts: [0],
    ngram_indexes: [0, 1], pool_strings: words}, ['string', 1], ['float', 2]),
  LabelEncoder: graph('LabelEncoder', {keys_strings: words, values_int64s: [0, 1], default_int64: 2}, ['string', 1], ['int64', 1], 'ai.onnx.ml'),
  OneHotEncoder: graph('OneHotEncoder', {cats_strings: words, zeros: 1}, ['string', 0], ['float', 2], 'ai.onnx.ml'),
};
(async () => {
  for (const [op, bytes] of Object.entries(models)) {
    const session = await ort.InferenceSession.create(bytes, {logSeverityLevel: 4});
    for (const rows of [['b', 'a'], []]) {
      const shape = op === 'OneHotEncoder' ? [rows.length] : [rows.length, 1];
      const said = await session.run({x: new ort.Tensor('string', rows, shape)}).then(
        ({y}) => `[${y.dims}] ${y.data.join(' ')}`.trim(), (error) => /Input shape must[^\n]*/.exec(error.message)[0]);
      console.log(`${op}, ${rows.length} rows: ${said}`);
    }
  }
})();
END
cat seen
diff - seen <<'END'
TfIdfVectorizer, 2 rows: [2,2] 0 1 1 0
TfIdfVectorizer, 0 rows: Input shape must have either [C] or [B,C] dimensions with B > 0.
LabelEncoder, 2 rows: [2,1] 1 0
LabelEncoder, 0 rows: [0,1]
OneHotEncoder, 2 rows: [2,2] 0 1 1 0
OneHotEncoder, 0 rows: [0,2]
END
