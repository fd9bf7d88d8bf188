// One round: load records into a local PouchDB, push them, pull them into another.
// node client.js FOLDER URL RECORDS BATCH -> {"load_s":..,"push_s":..,"pull_s":..,"pulled":..}
const fs = require("fs");
const path = require("path");
const PouchDB = require("pouchdb");

const [folder, url, file, size] = process.argv.slice(2);
const options = { batch_size: Number(size) };
const seconds = (from) => Number(process.hrtime.bigint() - from) / 1e9;

async function replicate(source, target) {
  const from = process.hrtime.bigint();
  const result = await PouchDB.replicate(source, target, options);
  const took = seconds(from);
  const { doc_count } = await target.info();
  if (!result.ok || result.doc_write_failures) throw new Error(JSON.stringify(result));
  return [took, doc_count];
}

async function main() {
  const docs = fs
    .readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line)
    .map((line) => JSON.parse(line));
  const first = new PouchDB(path.join(folder, "first"));
  const second = new PouchDB(path.join(folder, "second"));
  const remote = new PouchDB(url);
  await remote.info(); // It exists, and its connection is open.
  const from = process.hrtime.bigint();
  for (let n = 0; n < docs.length; n += 1000) {
    await first.bulkDocs(docs.slice(n, n + 1000));
  }
  const load_s = seconds(from);
  const [push_s, pushed] = await replicate(first, remote);
  const [pull_s, pulled] = await replicate(remote, second);
  if (pushed !== docs.length || pulled !== docs.length)
    throw new Error(`${pushed} pushed and ${pulled} pulled of ${docs.length}`);
  process.stdout.write(JSON.stringify({ load_s, push_s, pull_s, pulled }) + "\n");
  process.exit(0); // Connections that are kept open would keep it alive.
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
