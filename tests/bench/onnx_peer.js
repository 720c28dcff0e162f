#!/usr/bin/env node
// onnx_peer.js MODEL ROWS THREADS: milliseconds (median of 5) in which ONNX Runtime scores ROWS rows of normal numbers by an exported
// model in 32 bits; a column each, as the graph takes them.
'use strict';
const path = require('path');
const ort = require(path.join(__dirname, '../../build/consumers/node_modules/onnxruntime-node'));

function normal(n) {
  const values = new Float32Array(n);
  for (let i = 0; i < n; ++i) values[i] = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return values;
}

const now = () =>
  process.env.BENCH_CLOCK === 'cpu' ? process.cpuUsage().user / 1e3 : Number(process.hrtime.bigint()) / 1e6;

async function main(model, rows, threads) {
  const session = await ort.InferenceSession.create(model, {intraOpNumThreads: Number(threads), logSeverityLevel: 3});
  const feeds = {};
  for (const name of session.inputNames) feeds[name] = new ort.Tensor('float32', normal(Number(rows)), [Number(rows), 1]);
  await session.run(feeds, ['mean']);
  const times = [];
  for (let i = 0; i < 5; ++i) {
    const begin = now();
    await session.run(feeds, ['mean']);
    times.push(now() - begin);
  }
  console.log(times.sort((a, b) => a - b)[2].toFixed(3), 'ms');
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(String(error));
  process.exit(1);
});
