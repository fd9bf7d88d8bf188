// A PouchDB server on loopback: LevelDB files in a folder, nothing else switched on.
// node server.js FOLDER PORT
const path = require("path");
const express = require("express");
const PouchDB = require("pouchdb");
const served = require("express-pouchdb");

const [folder, port] = process.argv.slice(2);
process.chdir(folder); // It writes a log and its settings where it stands.
const app = express();
app.use(
  served(PouchDB.defaults({ prefix: folder + path.sep }), {
    mode: "minimumForPouchDB",
    inMemoryConfig: true,
  }),
);
app.listen(Number(port), "127.0.0.1");
